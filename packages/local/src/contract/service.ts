import type { DebugTarget } from "./debugTarget.ts";
import type { LocalWorkspace } from "./workspace.ts";

/** The endpoint of the running service, and the key pair that it accepts. */
export interface LocalAddress {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** The local Lambda service for the extension: a process that's started on first use. */
export interface LocalService {
  /** Starts the service if it isn't running. Rejects with a `LocalServiceError` if it can't be started. */
  address(signal: AbortSignal): Promise<LocalAddress>;
  /** Replaces the workspace. */
  setWorkspace(workspace: LocalWorkspace): void;
  /** Checks again what keeps functions from running: something was installed. */
  checkRuntimes(): void;
  /**
   * Starts a process that waits for a debugger and runs the function's next invocation, without a timeout. It ends after
   * that, or at the signal, which counts after this has resolved too. Rejects with a `LocalServiceError`.
   */
  debug(functionName: string, signal: AbortSignal): Promise<DebugTarget>;
  /** Whether accepted events of an earlier run wait for the service. Doesn't start it. */
  hasPendingEvents(signal: AbortSignal): Promise<boolean>;
  dispose(): void;
}

/** An accepted event of an earlier run of the service, which runs now. */
export interface ResumedEvent {
  requestId: string;
  functionName: string;
  logGroup: string;
  /** Milliseconds since the epoch. */
  acceptedAtMs: number;
  /** How many attempts have failed. */
  failures: number;
}
