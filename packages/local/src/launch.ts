import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import type { DebugTarget } from "./contract/debugTarget.ts";
import type { LocalAddress, LocalService, ResumedEvent } from "./contract/service.ts";
import type { LocalState } from "./contract/state.ts";
import type { FunctionCredentials, LocalWorkspace } from "./contract/workspace.ts";
import { LocalServiceError } from "./contract/serviceError.ts";
import type { FromService, ToService, Tuning } from "./contract/messages.ts";

export interface LaunchOptions {
  /** A Node.js, or an Electron that can run as one: `process.execPath` of the extension host. */
  executable: string;
  /** The extension host's environment. */
  env: Readonly<Record<string, string | undefined>>;
  /** `dist/local/main.cjs`, or `src/main.ts` where Node.js runs it as it is. */
  script: string;
  /** The workspace as it is now; without it there is none until `setWorkspace`. */
  workspace?: LocalWorkspace;
  /** A folder that holds debugpy, where there is one; asked at each start, and whenever the workspace is told. */
  debugpyPath?: () => string | undefined;
  /** What a person may set; asked at each start. */
  tuning?: () => Partial<Tuning>;
  /** Where accepted events outlive the service, e.g. the workspace's own storage; without it they end with it. */
  stateDir?: string;
  /**
   * Gives what functions sign their own calls with; asked before each start of a sandbox. Without it, or where it
   * resolves to undefined, a function has no credentials of the person's.
   */
  functionCredentials?: () => Promise<FunctionCredentials | undefined>;
  onState: (state: LocalState) => void;
  /** Told of events that an earlier run had accepted, and that run now. */
  onResumed?: (events: readonly ResumedEvent[]) => void;
  onLog: (line: string) => void;
}

interface Run {
  child: ChildProcess;
  address: Promise<LocalAddress>;
}

/** The local Lambda service in a process of its own: started by the first `address`, and by the next one after it has died. */
export function createLocalService(options: LaunchOptions): LocalService {
  let { workspace = { folders: [], trusted: false } } = options;
  let run: Run | undefined;
  let disposed = false;
  const start = (): Run => {
    const started = startProcess(options, complete(workspace, options));
    started.child.once("exit", () => {
      if (run === started) run = undefined;
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
    debug: async (functionName, signal) => askToDebug((await current(signal)).child, functionName, signal),
    hasPendingEvents: async (signal) => !run && findPendingEvents(options.stateDir, signal),
    setWorkspace(next) {
      workspace = next;
      if (run) post(run.child, { kind: "workspace", workspace: complete(workspace, options) });
    },
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
  const { hasPendingEvents } = await import("./events/store.ts");
  return hasPendingEvents(stateDir, signal);
}

/** The workspace, with what is looked up only once a service runs. */
function complete(workspace: LocalWorkspace, { debugpyPath }: LaunchOptions): LocalWorkspace {
  const found = debugpyPath?.();
  return found === undefined ? workspace : { ...workspace, debugpyPath: found };
}

function startProcess(options: LaunchOptions, workspace: LocalWorkspace): Run {
  const child = spawn(options.executable, [options.script], {
    // What debuggers and others put into NODE_OPTIONS is meant for the extension host, not for this.
    env: { ...options.env, ELECTRON_RUN_AS_NODE: "1", NODE_OPTIONS: undefined },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    windowsHide: true,
  });
  let error: string | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      if (/^\w*Error\b/.test(line)) error ??= line.trim();
      options.onLog(line);
    });
  }
  const { functionCredentials, stateDir, tuning = () => ({}) } = options;
  const address = new Promise<LocalAddress>((resolve, reject) => {
    child.on("message", (message: FromService) => {
      switch (message.kind) {
        case "ready":
          return resolve(message.address);
        case "state":
          return options.onState(message.state);
        case "resumed":
          return options.onResumed?.(message.events);
        case "failed":
          return reject(cannotStart(message.message));
        case "wantCredentials":
          return void giveCredentials(child, message.id, functionCredentials);
        case "debugging":
        case "notDebugging":
          return; // Read by who asked.
      }
    });
    child.once("error", ({ message }) => reject(cannotStart(message)));
    child.once("close", (code, signal) => {
      reject(cannotStart(error ?? `it ended with ${signal ?? `code ${code}`}`));
    });
  });
  const givesCredentials = functionCredentials !== undefined;
  const state = stateDir === undefined ? {} : { stateDir };
  post(child, { kind: "start", workspace, tuning: tuning(), givesCredentials, ...state });
  return { child, address };
}

async function giveCredentials(
  child: ChildProcess,
  id: string,
  give: LaunchOptions["functionCredentials"],
): Promise<void> {
  try {
    const credentials = await give?.();
    post(child, { kind: "credentials", id, ...(credentials && { credentials }) });
  } catch (error) {
    post(child, { kind: "credentials", id, failure: error instanceof Error ? error.message : String(error) });
  }
}

function askToDebug(child: ChildProcess, functionName: string, signal: AbortSignal): Promise<DebugTarget> {
  const id = randomUUID();
  let answered = (): unknown => undefined;
  const answer = new Promise<DebugTarget>((resolve, reject) => {
    const read = (message: FromService) => {
      if (message.kind === "debugging" && message.id === id) resolve(message.target);
      if (message.kind === "notDebugging" && message.id === id)
        reject(new LocalServiceError(message.message, { command: message.command }));
    };
    child.on("message", read);
    const ended = () =>
      reject(
        new LocalServiceError(
          `The local Lambda service ended before ${functionName} could start. Try again.`,
        ),
      );
    child.once("exit", ended);
    answered = () => child.off("message", read).off("exit", ended);
  });
  post(child, { kind: "debug", id, functionName });
  signal.addEventListener("abort", () => post(child, { kind: "endDebug", id }), { once: true });
  return unlessAborted(answer, signal).finally(answered);
}

function post(child: ChildProcess, message: ToService): void {
  // A process that is gone is started again by the next `address`, with the workspace as it is then.
  if (child.connected) child.send(message, () => {});
}

function cannotStart(why: string): LocalServiceError {
  return new LocalServiceError(
    `The local Lambda service could not be started: ${why.replace(/\.$/, "")}. Refresh to try again; the log has the details.`,
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
