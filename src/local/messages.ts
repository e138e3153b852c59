import type { LocalAddress, LocalState } from "../core/ports.ts";

/** What a workspace gives the service to work on. */
export interface Workspace {
  /** Absolute paths. */
  folders: readonly string[];
  /** Where false, nothing is looked for and nothing runs. */
  trusted: boolean;
}

/** What a person may set. */
export interface Tuning {
  /** Waits before the second, third … attempt of an asynchronous invocation whose function failed, in ms. */
  asyncRetryDelaysMs: readonly number[];
  /** How many sandboxes may exist at a time, over all functions. */
  maxSandboxes: number;
  /** An idle sandbox ends after this long, in ms. */
  idleMs: number;
}

/** From the extension host to the service, over the IPC channel. */
export type ToService =
  | { kind: "start"; workspace: Workspace; tuning: Partial<Tuning> }
  | { kind: "workspace"; workspace: Workspace };

/** From the service to the extension host. */
export type FromService =
  | { kind: "ready"; address: LocalAddress }
  | { kind: "state"; state: LocalState }
  | { kind: "failed"; message: string };
