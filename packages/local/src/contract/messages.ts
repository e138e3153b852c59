import type { DebugTarget } from "./debugTarget.ts";
import type { LocalAddress, ResumedEvent } from "./service.ts";
import type { LocalState } from "./state.ts";
import type { FunctionCredentials, LocalWorkspace } from "./workspace.ts";

/** What a person may set. */
export interface Tuning {
  /** Waits before the second, third … attempt of an asynchronous invocation whose function failed, in ms. */
  asyncRetryDelaysMs: readonly number[];
  /** Waits between tries to start an attempt where there is no room for it: doubled each time, up to the longest, in ms. */
  asyncThrottleDelaysMs: { first: number; longest: number };
  /** How many sandboxes may exist at a time, over all functions. */
  maxSandboxes: number;
  /** An idle sandbox ends after this long, in ms. */
  idleMs: number;
  /** The port on 127.0.0.1 to answer at; 0 for any that is free. */
  port: number;
  /** How long a client may take to send a request's headers, and the whole request, in ms. */
  requestTimeouts: { headersMs: number; requestMs: number };
}

/** From the extension host to the service, over the IPC channel. */
export type ToService =
  | {
      kind: "start";
      workspace: LocalWorkspace;
      tuning: Partial<Tuning>;
      stateDir?: string;
      /** Whether to ask for credentials for functions. */
      givesCredentials: boolean;
    }
  | { kind: "workspace"; workspace: LocalWorkspace }
  /** Asks for a sandbox that waits for a debugger, for the next invocation of the function. */
  | { kind: "debug"; id: string; functionName: string }
  /** Ends what was asked for under this id. */
  | { kind: "endDebug"; id: string }
  /** Answers `wantCredentials`: with some, or none, or why there are none. */
  | { kind: "credentials"; id: string; credentials?: FunctionCredentials; failure?: string };

/** From the service to the extension host. */
export type FromService =
  | { kind: "ready"; address: LocalAddress }
  | { kind: "state"; state: LocalState }
  | { kind: "resumed"; events: readonly ResumedEvent[] }
  | { kind: "failed"; message: string }
  | { kind: "debugging"; id: string; target: DebugTarget }
  /** With the shell command that mends it, where there is one. */
  | { kind: "notDebugging"; id: string; message: string; command?: string }
  /** Asks for credentials for a function that is about to start. */
  | { kind: "wantCredentials"; id: string };
