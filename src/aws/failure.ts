import { isCredentialError } from "../core/credentials/credentialFailures.ts";
import type { Failure } from "../core/invocation/reply.ts";

/** Properties that an SDK error may have. */
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
 * Reduces an error of an SDK call to a `Failure`.
 * `canHaveLeft` is false if the request was never passed to an open connection; true doesn't mean that it was sent.
 */
export function toFailure(error: unknown, canHaveLeft: boolean): Failure {
  if (isCredentialError(error)) {
    const { failure: credential, message } = error;
    return { kind: "failure", sent: false, name: capitalized(credential.reason), message, credential };
  }
  const thrown = asThrown(error);
  const statusCode = thrown.$response?.statusCode ?? thrown.$metadata?.httpStatusCode;
  const headers = thrown.$response?.headers ?? {};
  const requestId = thrown.$metadata?.requestId ?? headers["x-amzn-requestid"];
  const retryAfter = Number(thrown.retryAfterSeconds ?? headers["retry-after"]);
  const sent = canHaveLeft && !neverConnected(thrown);
  return {
    kind: "failure",
    sent,
    name: nameOf(thrown, statusCode),
    message: messageOf(thrown, statusCode, sent),
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(thrown.Reason === undefined ? {} : { reason: thrown.Reason }),
    ...(retryAfter > 0 ? { retryAfterMs: retryAfter * 1000 } : {}),
  };
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function asThrown(error: unknown): Thrown {
  return error instanceof Error ? error : { name: "Error", message: String(error) };
}

/** The request cannot have been written: no name, no route, no listener, no TLS session, no valid request. */
function neverConnected(thrown: Thrown): boolean {
  if (isConnectTimeout(thrown) || thrown.syscall === "getaddrinfo") return true;
  if (thrown.syscall === "connect" || connectsOnly(thrown)) return true;
  if (isCertificateError(thrown.code) || UNSENDABLE.has(thrown.code ?? "")) return true;
  return /before secure TLS connection was established/.test(thrown.message);
}

/** Refused by Node.js before it connects: a header, a path or a port that HTTP doesn't allow. */
const UNSENDABLE = new Set([
  "ERR_INVALID_CHAR",
  "ERR_INVALID_HTTP_TOKEN",
  "ERR_UNESCAPED_CHARACTERS",
  "ERR_SOCKET_BAD_PORT",
]);

/** The HTTP handler calls a reset `TimeoutError` too; only its own connect timeout has no code. */
function isConnectTimeout(thrown: Thrown): boolean {
  return (
    thrown.name === "TimeoutError" &&
    thrown.code === undefined &&
    /establish a connection/.test(thrown.message)
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
  if (isConnectTimeout(thrown)) return "ConnectTimeout";
  if (isCertificateError(thrown.code)) return "CertificateError";
  if (thrown.code !== undefined && /^[A-Z][A-Z_0-9]+$/.test(thrown.code)) return thrown.code;
  const untyped = ["Error", "UnknownError", "SyntaxError", "Unknown", "LambdaServiceException"].includes(
    thrown.name,
  );
  return untyped && statusCode !== undefined ? `HTTP ${statusCode}` : thrown.name;
}

function messageOf(thrown: Thrown, statusCode: number | undefined, sent: boolean): string {
  const sentence = SENTENCES[thrown.code ?? ""];
  if (sentence !== undefined) return sent ? sentence : (UNSENT_SENTENCES[thrown.code ?? ""] ?? sentence);
  if (isConnectTimeout(thrown)) return "No connection could be made in time.";
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
  EPROTO: "The endpoint does not speak TLS as this machine does.",
};

/** The same codes, while the connection was being made. */
const UNSENT_SENTENCES: Readonly<Record<string, string>> = {
  ECONNRESET: "The connection broke while it was being made.",
  EPIPE: "The connection broke while it was being made.",
};
