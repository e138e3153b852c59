import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import type { DebugTarget } from "./contract/debugTarget.ts";
import type { LocalAddress, LocalService, ResumedEvent } from "./contract/service.ts";
import type { FoundFunctions } from "./contract/found.ts";
import type { LocalState } from "./contract/state.ts";
import type { FunctionCredentials, LocalWorkspace } from "./contract/workspace.ts";
import { LocalServiceError } from "./contract/serviceError.ts";
import type { LauncherMethods, ServiceMethods, ServiceConfig } from "./contract/messages.ts";
import { ConnectionClosed, Rpc } from "./rpc.ts";

export interface LaunchOptions {
  /** A Node.js, or an Electron that can run as one: `process.execPath` of the extension host. */
  executable: string;
  /** The extension host's environment. */
  env: Readonly<Record<string, string | undefined>>;
  /** `dist/local/main.cjs`, or `src/main.ts` if the executable runs TypeScript. */
  script: string;
  /** The current workspace; there's none before `setWorkspace` otherwise. */
  workspace?: LocalWorkspace;
  /** Returns a folder with debugpy, if there is one; called whenever the workspace is sent to the service. */
  debugpyPath?: () => string | undefined;
  /** Returns the settings; called at each start. */
  config?: () => Partial<ServiceConfig>;
  /** The folder for accepted events, such as the workspace's storage; without it, they're lost when the service ends. */
  stateDir?: string;
  /**
   * Returns the credentials that functions get; called before each start of a sandbox. Without it, or where it resolves to
   * undefined, functions have none.
   */
  functionCredentials?: () => Promise<FunctionCredentials | undefined>;
  onState: (state: LocalState) => void;
  /** Called with the functions found so far, before the first state with functions. */
  onFound?: (found: FoundFunctions) => void;
  /** Called with accepted events of an earlier run, which run now. */
  onResumed?: (events: readonly ResumedEvent[]) => void;
  onLog: (line: string) => void;
  /** Called when the service's process has ended. */
  onEnd?: () => void;
}

type ServiceRpc = Rpc<ServiceMethods, LauncherMethods>;

interface Run {
  child: ChildProcess;
  rpc: ServiceRpc;
  address: Promise<LocalAddress>;
}

/** The local Lambda service in its own process, started by the first `address`, and by the next one after it has ended. */
export function createLocalService(options: LaunchOptions): LocalService {
  let { workspace = { folders: [], trusted: false } } = options;
  let run: Run | undefined;
  let disposed = false;
  const start = (): Run => {
    const started = startProcess(options, complete(workspace, options));
    started.child.once("exit", () => {
      if (run === started) run = undefined;
      options.onEnd?.();
    });
    started.address.catch(() => {
      if (run === started) run = undefined;
    });
    return started;
  };
  const current = async (signal: AbortSignal): Promise<Run> => {
    if (disposed) throw new LocalServiceError("The local Lambda service has ended with this window.");
    run ??= start();
    const asked = run;
    await unlessAborted(asked.address, signal);
    return asked;
  };
  return {
    address: async (signal) => (await current(signal)).address,
    debug: async (functionName, signal) => startDebugging((await current(signal)).rpc, functionName, signal),
    hasPendingEvents: async (signal) => !run && findPendingEvents(options.stateDir, signal),
    setWorkspace(next) {
      workspace = next;
      run?.rpc.notify("setWorkspace", complete(workspace, options));
    },
    checkRuntimes: () => run?.rpc.notify("checkRuntimes", {}),
    dispose() {
      disposed = true;
      // The end of the channel is the end of the service.
      if (run?.child.connected) run.child.disconnect();
      run = undefined;
    },
  };
}

async function findPendingEvents(stateDir: string | undefined, signal: AbortSignal): Promise<boolean> {
  if (stateDir === undefined) return false;
  const { hasPendingEvents } = await import("./events/eventStore.ts");
  return hasPendingEvents(stateDir, signal);
}

/** Adds what is looked up only for a running service. */
function complete(workspace: LocalWorkspace, { debugpyPath }: LaunchOptions): LocalWorkspace {
  const found = debugpyPath?.();
  return found === undefined ? workspace : { ...workspace, debugpyPath: found };
}

/**
 * The service stays small beside an editor. With the defaults of V8, the space of young objects grows to three times 16 MB
 * under load, and memory that's free is kept. Neither changes how long an invocation takes, as far as that can be measured.
 */
const MEMORY_OPTIONS = ["--max-semi-space-size=4", "--optimize-for-size"];

function startProcess(options: LaunchOptions, workspace: LocalWorkspace): Run {
  const child = spawn(options.executable, [...MEMORY_OPTIONS, options.script], {
    // NODE_OPTIONS, for example of a debugger, are meant for the extension host only.
    env: { ...options.env, ELECTRON_RUN_AS_NODE: "1", NODE_OPTIONS: undefined },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    windowsHide: true,
  });
  const rpc: ServiceRpc = new Rpc(child);
  rpc.handle("onState", options.onState);
  rpc.handle("onFound", (found) => options.onFound?.(found));
  rpc.handle("onResumed", (events) => options.onResumed?.(events));
  rpc.handle("credentials", async () => options.functionCredentials?.());
  let crash: string | undefined;
  rpc.handle("onCrash", (reason) => void (crash = reason));
  logOutput(child, options.onLog);
  child.once("error", ({ message }) => rpc.close(message));
  child.once("close", (code, signal) => rpc.close(crash ?? `it ended with ${signal ?? `code ${code}`}`));
  const { functionCredentials, stateDir, config = () => ({}) } = options;
  const givesCredentials = functionCredentials !== undefined;
  const address = rpc
    .request("start", { workspace, config: config(), givesCredentials, stateDir })
    .catch((error: unknown) => {
      // The end of the channel is the end of the service.
      if (child.connected) child.disconnect();
      throw cannotStart(error instanceof Error ? error.message : String(error));
    });
  return { child, rpc, address };
}

/** Passes on the lines that the process writes. */
function logOutput(child: ChildProcess, onLog: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on("line", onLog);
}

async function startDebugging(
  rpc: ServiceRpc,
  functionName: string,
  signal: AbortSignal,
): Promise<DebugTarget> {
  const session = randomUUID();
  const target = await rpc.request("debug", { session, functionName }, signal).catch((error: unknown) => {
    if (!(error instanceof ConnectionClosed)) throw error;
    throw new LocalServiceError(
      `The local Lambda service ended before ${functionName} could start. Try again.`,
    );
  });
  const end = () => rpc.notify("endDebug", { session });
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  return target;
}

function cannotStart(why: string): LocalServiceError {
  const reason = why.replace(/\.$/, "");
  return new LocalServiceError(
    `The local Lambda service couldn't be started: ${reason}. Refresh to try again; the log has the details.`,
    { reason },
  );
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
