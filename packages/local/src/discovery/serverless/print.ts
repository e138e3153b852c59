import { spawn } from "node:child_process";
import { devNull } from "node:os";
import { dirname, join, relative, resolve as resolvePath } from "node:path";
import { text } from "node:stream/consumers";
import type { Sources } from "../template/declarations.ts";
import { isRecord, valueAt } from "../template/values.ts";

/** What running `serverless print` needs. */
export interface PrintHost {
  /** Node.js, or Electron that runs as Node.js with `env`. */
  executable: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The process is killed after this long. */
  timeoutMs: number;
}

/** The configuration as the framework resolves it; `none` where the workspace has no framework installed. */
export type Printed =
  { kind: "printed"; config: unknown } | { kind: "failed"; why: string } | { kind: "none" };

/**
 * Runs the workspace's own `osls` or `serverless` to read a service, with its plugins and programs. It gets no
 * credentials, because listing functions must not call AWS.
 * Source: the Serverless Framework's CLI reference, "print".
 */
export async function printService(
  file: string,
  workspace: string,
  host: PrintHost,
  sources: Sources,
  signal: AbortSignal,
): Promise<Printed> {
  const program = findFramework(dirname(file), workspace, sources);
  if (program === undefined) return { kind: "none" };
  const args = [program, "print", "--format", "json", "--config", relative(dirname(file), file)];
  const child = spawn(host.executable, args, {
    cwd: dirname(file),
    env: environmentFor(host.env),
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
    killSignal: "SIGKILL",
    signal: AbortSignal.any([signal, AbortSignal.timeout(host.timeoutMs)]),
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(error.name === "AbortError" ? "it timed out" : error.message));
    child.once("close", (code) => resolve(code === 0 ? undefined : `it exited with code ${code}`));
  });
  const [out, err, failure] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return failure === undefined ? parse(out) : { kind: "failed", why: reason(`${err}\n${out}`) ?? failure };
}

/** The script of the nearest framework, from the service's folder up to the workspace folder. */
function findFramework(folder: string, workspace: string, sources: Sources): string | undefined {
  for (const name of ["osls", "serverless"]) {
    const root = join(folder, "node_modules", name);
    const manifest = parseJson(sources.read(join(root, "package.json")));
    const bin = valueAt(manifest, "bin");
    const script = isRecord(bin) ? (bin[name] ?? bin["serverless"]) : bin;
    if (typeof script === "string") return resolvePath(root, script);
  }
  const up = dirname(folder);
  return folder === workspace || up === folder ? undefined : findFramework(up, workspace, sources);
}

function environmentFor(env: PrintHost["env"]): Record<string, string | undefined> {
  const own = Object.entries(env).filter(([name]) => !/^AWS_(?!REGION$|DEFAULT_REGION$)/.test(name));
  return {
    ...Object.fromEntries(own),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    SLS_INTERACTIVE_SETUP_ENABLE: "0",
    SLS_NOTIFICATIONS_MODE: "off",
    SLS_TELEMETRY_DISABLED: "1",
    NO_COLOR: "1",
  };
}

/** Plugins may print before and after the configuration. */
function parse(out: string): Printed {
  const start = out.search(/^\{/m);
  const config = start < 0 ? undefined : parseJson(out.slice(start, out.lastIndexOf("}") + 1));
  return isRecord(config)
    ? { kind: "printed", config }
    : { kind: "failed", why: "it didn't print a configuration" };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** The message after `Error:`, or else the first line. */
function reason(output: string): string | undefined {
  const lines = output.split("\n").map((line) => line.trim());
  const start = lines.findIndex((line) => /^(?:✖\s*)?(?:\w*Error)\b/.test(line));
  const found = lines
    .slice(Math.max(0, start))
    .find((line) => /\S/.test(line) && !/^(?:\w*Error):?$/.test(line));
  return found?.replace(/^\w*Error:\s*/, "").replace(/\.$/, "");
}
