import type { DebugTarget } from "./debugTarget.ts";
import type { LocalAddress, ResumedEvent } from "./service.ts";
import type { FoundFunctions } from "./found.ts";
import type { LocalState } from "./state.ts";
import type { FunctionCredentials, LocalWorkspace } from "./workspace.ts";

/** The settings of the service. */
export interface ServiceConfig {
  /** The waits before the second, third … attempt of an asynchronous invocation after the function failed, in ms. */
  asyncRetryDelaysMs: readonly number[];
  /** The waits before an attempt that was throttled starts again, in ms: doubled each time, up to the maximum. */
  asyncThrottleDelaysMs: { first: number; max: number };
  /** How many sandboxes may exist at a time, for all functions together. */
  maxSandboxes: number;
  /** How long an idle sandbox is kept, in ms. */
  idleMs: number;
  /** The port on 127.0.0.1; 0 for any free port. */
  port: number;
  /** How long a client may take to send a request's headers, and the whole request, in ms. */
  requestTimeouts: { headersMs: number; requestMs: number };
}

/** The parameters of `start`. */
export interface ServiceStart {
  workspace: LocalWorkspace;
  config: Partial<ServiceConfig>;
  /** The folder for accepted events; without it, they're lost when the service ends. */
  stateDir?: string;
  /** Whether the launcher can be asked for credentials for functions. */
  givesCredentials: boolean;
}

/** The methods of the service, called by the launcher over the IPC channel. */
export interface ServiceMethods {
  start(options: ServiceStart): LocalAddress;
  setWorkspace(workspace: LocalWorkspace): void;
  /** Checks again what keeps functions from running. */
  checkRuntimes(request: Record<string, never>): void;
  /** Starts a process that waits for a debugger, for the function's next invocation. */
  debug(request: { session: string; functionName: string }): DebugTarget;
  /** Ends the process of a debug session. */
  endDebug(request: { session: string }): void;
}

/** The methods of the launcher, called by the service. */
export interface LauncherMethods {
  /** Reports an error that ends the service, as a clause. */
  onCrash(reason: string): void;
  onState(state: LocalState): void;
  onFound(found: FoundFunctions): void;
  onResumed(events: readonly ResumedEvent[]): void;
  /** Returns the credentials for a function that's about to start. */
  credentials(request: Record<string, never>): FunctionCredentials | undefined;
}
