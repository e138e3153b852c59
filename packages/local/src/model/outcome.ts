/** One attempt to run a function with an event. */
export interface Invocation {
  requestId: string;
  /** JSON, as it came. */
  payload: Buffer;
  invokedArn: string;
  /** `Root=…;Parent=…;Sampled=0`, as X-Ray writes it. */
  traceId: string;
  /** JSON, decoded. */
  clientContext?: string;
  /**
   * Takes the chunks of a streamed response as they come, and resolves when it is ready for more; the outcome's payload
   * is empty then. A response that is not streamed comes as the outcome's payload all the same.
   */
  onChunk?: (chunk: Buffer) => Promise<void>;
}

/** What came of one invocation in a sandbox. */
export type Outcome =
  | { kind: "returned"; payload: Buffer }
  /** The function's own error, as AWS's runtime client posted it: `{ errorType, errorMessage, trace }`. */
  | { kind: "threw"; payload: Buffer; duringInit?: boolean }
  /** The sandbox ended, or had to be ended. */
  | { kind: "broke"; status: "timeout" | "error"; errorType: string; message: string; payload: Buffer };

/** An outcome with what the function's caller may see besides. */
export interface InvocationResult {
  outcome: Outcome;
  /** The log lines of this invocation, `START` and `REPORT` included; each ends with a line feed. */
  log: readonly string[];
}

/**
 * The outcome of a sandbox that ended or had to be ended, with the error object that Lambda answers then.
 * Source: "Troubleshoot execution issues in Lambda" of the Lambda developer guide.
 */
export function broke(
  status: "timeout" | "error",
  errorType: string,
  requestId: string,
  message: string,
): Outcome {
  const errorMessage = `RequestId: ${requestId} Error: ${message}`;
  return { kind: "broke", status, errorType, message, payload: errorPayload(errorType, errorMessage) };
}

/** The JSON that Lambda answers for an error that is not the function's own. */
function errorPayload(errorType: string, errorMessage: string): Buffer {
  return Buffer.from(JSON.stringify({ errorType, errorMessage }));
}

/** The outcome of a function whose response is over Lambda's limit of 6 MB. */
export function responseTooLarge(): Outcome {
  const message = "Response payload size exceeded maximum allowed payload size (6291556 bytes).";
  return { kind: "threw", payload: errorPayload("Function.ResponseSizeTooLarge", message) };
}
