import type { DebugTarget } from "./debugTarget.ts";
import type { LocalAddress, ResumedEvent } from "./service.ts";
import type { LocalState } from "./state.ts";
import type { FunctionCredentials, LocalWorkspace } from "./workspace.ts";

/** What a person may set. */
export interface ServiceConfig {
  /** Waits before the second, third … attempt of an asynchronous invocation whose function failed, in ms. */
  asyncRetryDelaysMs: readonly number[];
  /** Waits between tries to start an attempt where there is no room for it: doubled each time, up to the maximum, in ms. */
  asyncThrottleDelaysMs: { first: number; max: number };
  /** How many sandboxes may exist at a time, over all functions. */
  maxSandboxes: number;
  /** An idle sandbox ends after this long, in ms. */
  idleMs: number;
  /** The port on 127.0.0.1 to answer at; 0 for any that is free. */
  port: number;
  /** How long a client may take to send a request's headers, and the whole request, in ms. */
  requestTimeouts: { headersMs: number; requestMs: number };
}

/** What the service is started with. */
export interface ServiceStart {
  workspace: LocalWorkspace;
  config: Partial<ServiceConfig>;
  /** Where accepted events outlive the service. */
  stateDir?: string;
  /** Whether the launcher can be asked for credentials for functions. */
  givesCredentials: boolean;
}

/** What the launcher calls in the service, over the IPC channel. */
export interface ServiceMethods {
  start(options: ServiceStart): LocalAddress;
  setWorkspace(workspace: LocalWorkspace): void;
  /** Starts a process that waits for a debugger, for the function's next invocation. */
  debug(request: { session: string; functionName: string }): DebugTarget;
  /** Ends the process of a debug session. */
  endDebug(request: { session: string }): void;
}

/** What the service calls in its launcher. */
export interface LauncherMethods {
  onState(state: LocalState): void;
  onResumed(events: readonly ResumedEvent[]): void;
  /** Gives credentials for a function that is about to start. */
  credentials(request: Record<string, never>): FunctionCredentials | undefined;
}
