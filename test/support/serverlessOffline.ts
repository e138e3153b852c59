import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { installOnce, npmInstall } from "../../tools/host/npm.ts";
import { cache } from "../../tools/host/paths.ts";

const VERSIONS = { serverless: "3.40.0", "serverless-offline": "13.10.1" };
const SERVICE = "peer";
const STARTS_WITHIN_MS = 60_000;

/** A running serverless-offline: the neighbor that answers the SDK's own client. */
export interface ServerlessOffline extends AsyncDisposable {
  endpoint: string;
  /** The name by which it knows a function. */
  name(fn: string): string;
}

/** Starts serverless-offline on ES modules, each with a `handler`, by name; it is installed on first need. */
export async function startServerlessOffline(sources: Record<string, string>): Promise<ServerlessOffline> {
  const installed = await installOnce(
    join(cache, `serverless-offline-${VERSIONS["serverless-offline"]}`),
    "serverless-offline, the neighbor we compare with",
    (folder) =>
      npmInstall(folder, ...Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`)),
  );
  const folder = await mkdtemp(join(tmpdir(), "lambda-invoke-peer-"));
  await writeService(folder, sources);
  await symlink(join(installed, "node_modules"), join(folder, "node_modules"), "junction");
  const [lambda, http, alb] = await Promise.all([freePort(), freePort(), freePort()]);
  const child = startProcess(folder, { lambdaPort: lambda, httpPort: http, albPort: alb });
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.kill("SIGKILL")) await once(child, "exit");
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await listening(child);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    endpoint: `http://127.0.0.1:${lambda}`,
    name: (fn) => `${SERVICE}-dev-${fn}`,
    [Symbol.asyncDispose]: close,
  };
}

async function writeService(folder: string, sources: Record<string, string>): Promise<void> {
  for (const [name, source] of Object.entries(sources)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "index.mjs"), source);
  }
  const service = {
    service: SERVICE,
    frameworkVersion: "3",
    provider: { name: "aws", runtime: "nodejs20.x", stage: "dev", region: "us-east-1" },
    plugins: ["serverless-offline"],
    functions: Object.fromEntries(
      Object.keys(sources).map((name) => [
        name,
        { handler: `${name}/index.handler`, timeout: 20, memorySize: 512 },
      ]),
    ),
  };
  await writeFile(join(folder, "serverless.json"), JSON.stringify(service));
}

function startProcess(folder: string, ports: Record<string, number>): ChildProcess {
  const cli = join(folder, "node_modules", "serverless", "bin", "serverless.js");
  const options = Object.entries(ports).map(([name, port]) => `--${name}=${port}`);
  return spawn(process.execPath, [cli, "offline", "--host=127.0.0.1", ...options], {
    cwd: folder,
    // It would ask, look for updates, and report.
    env: {
      ...process.env,
      SLS_INTERACTIVE_SETUP_ENABLE: "0",
      SLS_NOTIFICATIONS_MODE: "off",
      SLS_TELEMETRY_DISABLED: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Resolves when the service says that it exposes its functions; rejects with its last words when it ends before. */
async function listening(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const said: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input }).on("line", (line) => {
      said.push(line);
      if (/Function names exposed/.test(line)) resolve();
    });
  }
  const late = setTimeout(() => reject(new Error(`It did not start:\n${said.join("\n")}`)), STARTS_WITHIN_MS);
  child.once("exit", () => reject(new Error(`It ended:\n${said.join("\n")}`)));
  await promise.finally(() => clearTimeout(late));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || !address) throw new Error("There is no free port.");
  return address.port;
}
