import type { DebugTarget } from "./debugTarget.ts";
import type { LocalWorkspace } from "./workspace.ts";

/** Where the local Lambda service listens, and the key pair it accepts for as long as it runs. */
export interface LocalAddress {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** The local Lambda service as the rest of the extension sees it: a process started on first use. */
export interface LocalService {
  /** Starts the service where it does not run yet. Rejects with a `UserError` where it cannot start. */
  address(signal: AbortSignal): Promise<LocalAddress>;
  /** Tells the service what the workspace is now. */
  setWorkspace(workspace: LocalWorkspace): void;
  /**
   * Starts a process that waits for a debugger, and runs the function's next invocation in it, whatever time that
   * takes. It ends after that, or at the signal, also after this has resolved. Rejects with a `UserError`.
   */
  debug(functionName: string, signal: AbortSignal): Promise<DebugTarget>;
  /** Whether accepted events of an earlier run wait for the service to start; it is not started for the look. */
  hasPendingEvents(signal: AbortSignal): Promise<boolean>;
  dispose(): void;
}

/** An event that the local service had accepted before it ended, and that it runs now. */
export interface ResumedEvent {
  requestId: string;
  functionName: string;
  logGroup: string;
  /** Milliseconds since the epoch. */
  acceptedAtMs: number;
  /** How often the function has failed with it. */
  failures: number;
}
