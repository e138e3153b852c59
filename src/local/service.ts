import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DebugTarget, LocalAddress, LocalState, LocalWorkspace } from "../core/ports.ts";
import { answerLambda, type LambdaBackend } from "./api/lambda.ts";
import { answerLogs } from "./api/logs.ts";
import { answerError } from "./api/protocol.ts";
import { Catalog } from "./discovery/catalog.ts";
import { EventQueue } from "./events/queue.ts";
import { serveApi } from "./http/server.ts";
import { localRegion } from "./identity.ts";
import { LogStore } from "./logs/store.ts";
import type { Tuning } from "./messages.ts";
import type { RuntimeFiles } from "./runtime/plan.ts";
import { createRuntimes } from "./runtime/runtimes.ts";
import { Pool } from "./sandbox/pool.ts";
import { createReaper } from "./sandbox/reaperClient.ts";

export interface ServiceOptions {
  workspace: LocalWorkspace;
  tuning: Tuning;
  files: RuntimeFiles;
  /** The Node.js that runs functions. */
  executable: string;
  env: Readonly<Record<string, string | undefined>>;
  /** ms since 1970 */
  now: () => number;
  onState: (state: LocalState) => void;
  /** Told, in a sentence, of what a person may want to look up later. */
  onNote: (text: string) => void;
}

/** The running service. */
export interface Service {
  address: LocalAddress;
  setWorkspace(workspace: LocalWorkspace): void;
  /** Starts a sandbox for the function's next invocation that a debugger may attach to; the signal ends it. */
  debug(functionName: string, signal: AbortSignal): Promise<DebugTarget>;
}

/** What may be set, as it is where nobody did. */
export const defaultTuning: Tuning = {
  asyncRetryDelaysMs: [1000, 2000],
  maxSandboxes: 50,
  idleMs: 10 * 60 * 1000,
};

/** Starts the local Lambda service; it ends, with all of its sandboxes, at the signal. */
export async function startService(options: ServiceOptions, signal: AbortSignal): Promise<Service> {
  const home = join(tmpdir(), `lambda-invoke-${randomBytes(8).toString("hex")}`);
  const logs = new LogStore();
  const reaper = createReaper(options.executable, options.files.reaper, home);
  signal.addEventListener("abort", () => reaper.dispose());
  const catalog = new Catalog(options.onState, signal);
  const pool = createPool({ reaper, logs, home, env: options.env, now: options.now }, options, signal);
  const backend = createBackend(catalog, pool, options, signal);
  const keys = {
    accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64url"),
  };
  const port = await serveApi(
    {
      keys,
      now: options.now,
      answerError,
      handle: (request, requestSignal) =>
        request.service === "logs"
          ? answerLogs(request, { logs, entries: (asked) => backend.entries(asked) }, requestSignal)
          : answerLambda(request, backend, requestSignal),
      onError: (error) =>
        options.onNote(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    },
    signal,
  );
  catalog.setWorkspace(options.workspace);
  return {
    address: { endpoint: `http://127.0.0.1:${port}`, region: localRegion, credentials: keys },
    setWorkspace: (workspace) => catalog.setWorkspace(workspace),
    async debug(functionName, debugSignal) {
      const entry = (await catalog.entries(debugSignal)).get(functionName);
      if (!entry) throw new Error(`No template of the workspace declares ${functionName} any more.`);
      return pool.debug(entry.fn, debugSignal);
    },
  };
}

function createPool(
  host: ConstructorParameters<typeof Pool>[0]["host"],
  options: ServiceOptions,
  signal: AbortSignal,
): Pool {
  const { maxSandboxes, idleMs } = options.tuning;
  const runtimes = createRuntimes(options.files, options.executable);
  return new Pool({ host, runtimes, maxSandboxes, idleMs, signal });
}

function createBackend(
  catalog: Catalog,
  pool: Pool,
  options: ServiceOptions,
  signal: AbortSignal,
): LambdaBackend {
  const entries: LambdaBackend["entries"] = (asked) => catalog.entries(asked);
  const run: LambdaBackend["run"] = (entry, invocation) => pool.invoke(entry.fn, invocation, entry.revision);
  const queue = new EventQueue({
    run,
    find: async (name, asked) => (await entries(asked)).get(name),
    retryDelaysMs: options.tuning.asyncRetryDelaysMs,
    onGivenUp: (name, requestId, why) =>
      options.onNote(`The event ${requestId} for ${name} was given up: ${why}.`),
    signal,
  });
  return { entries, run, accept: (entry, invocation) => queue.accept(entry, invocation) };
}
