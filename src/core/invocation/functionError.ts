import type { InvocationError } from "./record.ts";

/**
 * A function's own error, from the JSON object that Lambda's runtimes return (`errorMessage`, `errorType`, `stackTrace`);
 * `name` is the header `X-Amz-Function-Error`.
 */
export function parseFunctionError(name: string, response: string): InvocationError {
  const { errorMessage, errorType, stackTrace, trace } = parseObject(response);
  const stack = stackTrace ?? trace;
  const error: InvocationError = {
    name,
    message: typeof errorMessage === "string" ? errorMessage : "The function gave no message.",
  };
  if (typeof errorType === "string") error.errorType = errorType;
  if (Array.isArray(stack)) error.stackTrace = stack.map(toLine);
  return error;
}

/** Old Python runtimes return a list of file, line, function and code. */
function toLine(frame: unknown): string {
  return Array.isArray(frame) ? frame.join(" ") : String(frame);
}

interface ErrorObject {
  errorMessage?: unknown;
  errorType?: unknown;
  stackTrace?: unknown;
  trace?: unknown;
}

function parseObject(text: string): ErrorObject {
  if (isLargeError(text.length)) return { errorMessage: LARGE_ERROR };
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Whether an error takes too long to read in one piece; its response is shown then. */
export function isLargeError(length: number): boolean {
  return length > 1024 * 1024;
}

/** The message of such an error. */
export const LARGE_ERROR = "The function's error is in its response: it's large.";
