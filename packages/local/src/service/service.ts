import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { RETRY_DELAYS_MS } from "../contract/retryDelays.ts";
import type { DebugTarget } from "../contract/debugTarget.ts";
import type { LocalAddress, ResumedEvent } from "../contract/service.ts";
import type { FoundFunctions } from "../contract/found.ts";
import type { LocalState } from "../contract/state.ts";
import type { FunctionCredentials, LocalWorkspace } from "../contract/workspace.ts";
import { handleLambda, type LambdaBackend } from "../api/lambda.ts";
import { handleLogs } from "../api/logs.ts";
import { errorResponse } from "../api/errorResponse.ts";
import { createEventQueue } from "../events/createEventQueue.ts";
import { eventsIn } from "../events/eventStore.ts";
import { toEvent } from "../events/queuedEvent.ts";
import { clearLeftovers } from "../process/leftovers.ts";
import { serveApi, type ApiServerOptions } from "../http/server.ts";
import type { KeyPair } from "../http/signature.ts";
import { LOCAL_REGION } from "../model/identity.ts";
import type { ServiceConfig } from "../contract/messages.ts";
import type { RuntimeFiles } from "../runtime/shared/runtime.ts";
import { createFunctions, type WorkspaceFunctions } from "./workspaceFunctions.ts";

export interface ServiceOptions {
  workspace: LocalWorkspace;
  config: ServiceConfig;
  /** The folder for accepted events; without it, they're lost when the service ends. */
  stateDir?: string;
  files: RuntimeFiles;
  /** The service's own Node.js, or Electron that runs as one. */
  executable: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Returns the credentials that functions get; called before each start of a sandbox. */
  credentials?: () => Promise<FunctionCredentials | undefined>;
  /** ms since 1970 */
  now: () => number;
  onState: (state: LocalState) => void;
  /** Called with the functions found so far, before the first state with functions. */
  onFound: (found: FoundFunctions) => void;
  /** Called with accepted events of an earlier run, which run now. */
  onResumed: (events: readonly ResumedEvent[]) => void;
  /** Called with messages for the log. */
  onNote: (message: string) => void;
}

/** The running service. */
export interface Service {
  address: LocalAddress;
  setWorkspace(workspace: LocalWorkspace): void;
  checkRuntimes(): void;
  /** Starts a sandbox for the function's next invocation under a debugger. It ends at the signal. */
  debug(functionName: string, signal: AbortSignal): Promise<DebugTarget>;
}

/** The defaults of the settings. */
export const defaultConfig: ServiceConfig = {
  asyncRetryDelaysMs: RETRY_DELAYS_MS.local,
  asyncThrottleDelaysMs: { first: 100, max: 5000 },
  maxSandboxes: 50,
  idleMs: 10 * 60 * 1000,
  port: 0,
  requestTimeouts: { headersMs: 10_000, requestMs: 60_000 },
};

/** The largest total payload of queued events. */
const MAX_QUEUED_BYTES = 256 * 1024 * 1024;

/** Starts the local Lambda service, which ends with its sandboxes at the signal. */
export async function startService(options: ServiceOptions, signal: AbortSignal): Promise<Service> {
  const functions = createFunctions(options, signal);
  const keys = {
    accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64url"),
  };
  const port = await serve(functions, keys, options, signal);
  functions.setWorkspace(options.workspace);
  void clearLeftovers(dirname(functions.home), process.platform);
  return {
    address: { endpoint: `http://127.0.0.1:${port}`, region: LOCAL_REGION, credentials: keys },
    setWorkspace: functions.setWorkspace,
    checkRuntimes: functions.checkRuntimes,
    debug: functions.debug,
  };
}

/** Serves both APIs and runs accepted events. Returns the port. */
async function serve(
  { logs, entries, check, run, home }: WorkspaceFunctions,
  keys: KeyPair,
  options: ServiceOptions,
  signal: AbortSignal,
): Promise<number> {
  const { now, onNote, onResumed, config } = options;
  const timing = { retryDelaysMs: config.asyncRetryDelaysMs, throttleDelaysMs: config.asyncThrottleDelaysMs };
  const folder = eventsIn(options.stateDir ?? home);
  const queue = createEventQueue(
    { folder, timing, maxQueuedBytes: MAX_QUEUED_BYTES, logs, entries, run, now, onNote, onResumed },
    signal,
  );
  const accept: LambdaBackend["accept"] = async (target, invocation) => {
    await check(target.entry);
    await queue.accept(toEvent(target, invocation, now()));
  };
  const lambda: LambdaBackend = { entries, run, accept, concurrency: config.maxSandboxes };
  const handle: ApiServerOptions["handle"] = (request, asked) =>
    request.service === "logs"
      ? handleLogs(request, { logs, entries, now }, asked)
      : handleLambda(request, lambda, asked);
  const onError = (error: unknown) =>
    onNote(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const server = { keys, now, port: config.port, timeouts: config.requestTimeouts };
  const port = await serveApi({ ...server, errorResponse, handle, onError }, signal);
  queue.adopt().catch((error: unknown) => {
    if (!signal.aborted) onNote(`Events of an earlier run can't be read: ${String(error)}`);
  });
  return port;
}
