/** One attempt to run a function with an event. */
export interface Invocation {
  requestId: string;
  /** JSON, as received. */
  payload: Buffer;
  invokedArn: string;
  /** `Root=…;Parent=…;Sampled=0`, as X-Ray writes it. */
  traceId: string;
  /** JSON, decoded. */
  clientContext?: string;
  /**
   * Receives the chunks of a streamed response, and resolves when ready for more; the outcome's payload is empty then. A
   * response that isn't streamed is still returned as the outcome's payload.
   */
  onChunk?: (chunk: Buffer) => Promise<void>;
}

/** The result of one invocation in a sandbox. */
export type InvocationOutcome =
  | { kind: "returned"; payload: Buffer }
  /** The function's own error, as AWS's runtime client posted it: `{ errorType, errorMessage, trace }`. */
  | { kind: "threw"; payload: Buffer; duringInit?: boolean }
  /** The sandbox exited, or was stopped. */
  | { kind: "broke"; status: "timeout" | "error"; errorType: string; message: string; payload: Buffer };

/** An outcome and its log. */
export interface InvocationResult {
  outcome: InvocationOutcome;
  /** The log lines of this invocation, `START` and `REPORT` included; each ends with a line feed. */
  log: readonly string[];
}

/**
 * The outcome of a sandbox that exited or was stopped, with the error object that Lambda returns.
 * Source: "Troubleshoot execution issues in Lambda" of the Lambda developer guide.
 */
export function broke(
  status: "timeout" | "error",
  errorType: string,
  requestId: string,
  message: string,
): InvocationOutcome {
  const errorMessage = `RequestId: ${requestId} Error: ${message}`;
  return { kind: "broke", status, errorType, message, payload: errorPayload(errorType, errorMessage) };
}

function errorPayload(errorType: string, errorMessage: string): Buffer {
  return Buffer.from(JSON.stringify({ errorType, errorMessage }));
}

/** The outcome of a function whose response exceeds Lambda's limit of 6 MB. */
export function responseTooLarge(): InvocationOutcome {
  const message = "Response payload size exceeded maximum allowed payload size (6291556 bytes).";
  return { kind: "threw", payload: errorPayload("Function.ResponseSizeTooLarge", message) };
}
