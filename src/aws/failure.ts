import type { Failure } from "../core/reply.ts";

/** What an SDK error may carry beside its message; nothing of it is certain. */
interface Thrown {
  name: string;
  message: string;
  code?: string;
  syscall?: string;
  Reason?: string;
  retryAfterSeconds?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string };
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

/**
 * Reduces what an SDK call threw to a `Failure`.
 * `handed` says whether the request reached the HTTP handler; before that, nothing can have left this machine.
 */
export function toFailure(error: unknown, handed: boolean): Failure {
  const thrown = asThrown(error);
  const statusCode = thrown.$response?.statusCode ?? thrown.$metadata?.httpStatusCode;
  const headers = thrown.$response?.headers ?? {};
  const requestId = thrown.$metadata?.requestId ?? headers["x-amzn-requestid"];
  const retryAfter = Number(thrown.retryAfterSeconds ?? headers["retry-after"]);
  const connected = handed && !neverConnected(thrown);
  return {
    kind: "failure",
    sent: connected,
    name: nameOf(thrown, statusCode),
    message: messageOf(thrown, statusCode),
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(thrown.Reason === undefined ? {} : { reason: thrown.Reason }),
    ...(retryAfter > 0 ? { retryAfterMs: retryAfter * 1000 } : {}),
  };
}

function asThrown(error: unknown): Thrown {
  return error instanceof Error ? error : { name: "Error", message: String(error) };
}

/** The request cannot have been written: no name, no route, no listener, no TLS session. */
function neverConnected(thrown: Thrown): boolean {
  if (thrown.name === "TimeoutError" || thrown.syscall === "getaddrinfo") return true;
  if (thrown.syscall === "connect" || connectsOnly(thrown)) return true;
  return (
    isCertificateError(thrown.code) || /before secure TLS connection was established/.test(thrown.message)
  );
}

/** Several addresses tried one after the other fail as one `AggregateError`. */
function connectsOnly(thrown: Thrown): boolean {
  return (
    thrown instanceof AggregateError && thrown.errors.every((each) => asThrown(each).syscall === "connect")
  );
}

function isCertificateError(code = ""): boolean {
  return /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(code);
}

function nameOf(thrown: Thrown, statusCode: number | undefined): string {
  if (thrown.name === "TimeoutError" && thrown.code === undefined) return "ConnectTimeout";
  if (isCertificateError(thrown.code)) return "CertificateError";
  if (thrown.code !== undefined && /^[A-Z][A-Z_0-9]+$/.test(thrown.code)) return thrown.code;
  const untyped = ["Error", "UnknownError", "SyntaxError", "Unknown", "LambdaServiceException"].includes(
    thrown.name,
  );
  return untyped && statusCode !== undefined ? `HTTP ${statusCode}` : thrown.name;
}

function messageOf(thrown: Thrown, statusCode: number | undefined): string {
  const sentence = thrown.code === undefined ? undefined : SENTENCES[thrown.code];
  if (sentence !== undefined) return sentence;
  if (thrown.name === "TimeoutError") return "No connection could be made in time.";
  if (thrown.name === "SyntaxError")
    return `The answer (status ${statusCode ?? "none"}) is not one of Lambda's.`;
  const empty = thrown.message === "" || thrown.message === "UnknownError" || thrown.message === "Unknown";
  if (!empty) return thrown.message;
  return statusCode === undefined
    ? "The call failed without a message."
    : `The answer had status ${statusCode} and no message.`;
}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOTFOUND: "The endpoint's name cannot be found.",
  EAI_AGAIN: "The endpoint's name cannot be looked up just now.",
  ECONNREFUSED: "The connection was refused.",
  EHOSTUNREACH: "The endpoint cannot be reached.",
  ENETUNREACH: "There is no network to the endpoint.",
  ECONNRESET: "The connection broke before the whole answer had come.",
  EPIPE: "The connection broke while the request was being sent.",
  ETIMEDOUT: "The connection timed out.",
};
