import { build } from "esbuild";
import { createServer, type Server as HttpServer } from "node:http";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { launchChromium } from "../tools/host/chromium.ts";
import { root } from "../tools/host/paths.ts";
import { installServer } from "../tools/host/install.ts";
import { startServer } from "../tools/host/server.ts";
import { workbenchUrl } from "../tools/host/workbenchUrl.ts";
import type { ShippedFile } from "../tools/package.ts";

const out = join(root, "out", "bench");

/** What runs in an extension host. */
export interface HostOptions {
  /** The name of a file in bench/drivers, without its ending. */
  driver: string;
  /** Absolute paths of the extensions that are installed. */
  installed: readonly string[];
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
  /** Answers the driver's questions to the window. */
  ask?: (page: Page, question: unknown) => Promise<unknown>;
}

/** Copies the VSIX's files to a folder of their own, which a build doesn't change. */
export async function stage(files: readonly ShippedFile[]): Promise<string> {
  const folder = join(out, "lambda-invoke");
  await rm(folder, { recursive: true, force: true });
  for (const { path } of files) await cp(join(root, path), join(folder, path));
  return folder;
}

/** Writes an extension with this code; it is in no way different from the empty one the tests have, but for the code. */
export async function writeExtension(name: string, code: string): Promise<string> {
  const folder = join(out, name);
  await mkdir(folder, { recursive: true });
  const manifest = JSON.parse(
    await readFile(join(root, "test", "host", "empty-extension", "package.json"), "utf8"),
  ) as Record<string, unknown>;
  await writeFile(join(folder, "package.json"), JSON.stringify({ ...manifest, name }));
  await writeFile(join(folder, "extension.cjs"), code);
  return folder;
}

/** Runs a driver in a fresh extension host of VS Code's server build, with a workbench in a browser; returns its result. */
export async function runInHost<Result>(options: HostOptions): Promise<Result> {
  await using hosts = await openHosts<Result>(options);
  return await hosts.run();
}

/** Fresh extension hosts, one after the other. */
export interface Hosts<Result> extends AsyncDisposable {
  /** Opens a window with a host of its own, runs the driver in it, and closes it. */
  run(): Promise<Result>;
}

/** Starts the server and the browser for one run, or for several that are measured in turn. */
export async function openHosts<Result>(options: HostOptions): Promise<Hosts<Result>> {
  const tests = await bundleDriver(options.driver);
  const extension = await writeExtension("driver", "exports.activate = () => {};\n");
  await using opening = new AsyncDisposableStack();
  const scratch = await mkdtemp(join(tmpdir(), "lambda-invoke-bench-"));
  opening.defer(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }));
  const [results, folder] = [join(scratch, "results.json"), join(scratch, "workspace")];
  await mkdir(folder);
  const browser = await launchChromium();
  opening.defer(() => browser.close());
  let page: Page | undefined;
  const asked = await serveQuestions(async (question) => page && options.ask?.(page, question));
  opening.defer(() => void asked.server.close());
  const server = opening.use(
    await startServer({
      dataDir: join(scratch, "server"),
      forTests: true,
      installed: options.installed,
      settings: options.settings ?? {},
      env: { ...environment(scratch), ...options.env, BENCH_RESULTS: results, BENCH_ASK: asked.url },
    }),
  );
  const url = workbenchUrl({ port: server.port, folder, test: { extension, tests } });
  const run = async (): Promise<Result> => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const { code, said } = await runTests(page, url, server.exited);
    await page.close();
    if (code !== 0) throw new Error(`bench/drivers/${options.driver}.ts failed:\n${said.join("\n")}`);
    return JSON.parse(await readFile(results, "utf8")) as Result;
  };
  const opened = opening.move();
  return { run, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Opens a window and waits for the end of the driver, which VS Code takes for a run of tests. */
async function runTests(
  page: Page,
  url: string,
  serverExited: Promise<void>,
): Promise<{ code: number; said: string[] }> {
  const said: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  await page.exposeFunction("codeAutomationLog", (_type: string, args: unknown[]) =>
    said.push(args.join(" ")),
  );
  await page.exposeFunction("codeAutomationExit", resolve);
  serverExited.then(() => reject(new Error("VS Code's server ended before the driver did.")), reject);
  await page.goto(url);
  return { code: await promise, said };
}

/** No credentials but the ones of the bench, and a home of its own. */
function environment(home: string): Record<string, string | undefined> {
  const ours = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
  return {
    ...Object.fromEntries(ours.map((name) => [name, undefined])),
    HOME: home,
    USERPROFILE: home,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
  };
}

/** Bundles a driver, and the SDK it compares with, as the product is bundled. */
async function bundleDriver(name: string): Promise<string> {
  const outfile = join(out, "drivers", `${name}.cjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [`bench/drivers/${name}.ts`],
    outfile,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    external: ["vscode"],
    minify: true,
  });
  return outfile;
}

/** Answers the driver's questions over HTTP. */
async function serveQuestions(
  answer: (question: unknown) => Promise<unknown>,
): Promise<{ url: string; server: HttpServer }> {
  const server = createServer((request, response) => {
    json(request)
      .then(answer)
      .then(
        (value) => response.end(JSON.stringify(value ?? null)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, server };
}

/** Copies the chunk that loads the SDK, and what it needs, into an extension that loads it at once. */
export async function writeEagerExtension(staged: string, files: readonly ShippedFile[]): Promise<string> {
  const gateway = files.find(({ path }) => /(^|\/)gateway-\w+\.cjs$/.test(path));
  if (!gateway) throw new Error("There is no chunk of src/aws/gateway.ts in dist/.");
  const chunks = dirname(gateway.path);
  const code = `exports.gateway = require("./chunks/${basename(gateway.path)}");\nexports.activate = () => {};\n`;
  const folder = await writeExtension("eager", code);
  await rm(join(folder, "chunks"), { recursive: true, force: true });
  await cp(join(staged, chunks), join(folder, "chunks"), { recursive: true });
  return folder;
}

/** The path of the TypeScript in the server build. */
export async function typescriptOfVsCode(): Promise<string> {
  const extensions = join(dirname(await installServer()), "..", "extensions");
  return join(extensions, "node_modules", "typescript", "lib", "typescript.js");
}

/** The version of VS Code in the server build. */
export async function vscodeVersion(): Promise<string> {
  const product = join(dirname(await installServer()), "..", "package.json");
  return (JSON.parse(await readFile(product, "utf8")) as { version: string }).version;
}
