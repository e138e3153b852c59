import { type KeyRefusal, keyRefusal } from "../credentials/refusedKeys.ts";
import type { FailureReason } from "./failureReason.ts";
import type { Failure } from "./reply.ts";

/** What a failed Invoke request means. */
export interface FailureClass {
  /** `notRun` if the function certainly didn't run. */
  verdict: "notRun" | "unknown";
  reason: FailureReason;
  /** Sending the same event again soon may help, and is safe. */
  retryable: boolean;
}

/** What a failure is classified by: never its message. */
export type FailureFacts = Pick<Failure, "sent" | "begun" | "name" | "statusCode" | "credential">;

/** Classifies a failure by its error type, status and system error code (Lambda API: Invoke, Errors). */
export function classifyFailure(failure: FailureFacts): FailureClass {
  const reason = reasonOf(failure);
  return {
    verdict: MAY_HAVE_RUN.has(reason) ? "unknown" : "notRun",
    reason,
    retryable: RETRYABLE.has(reason),
  };
}

/**
 * Whether a read that failed may succeed when it is tried again later: the network or the service was not there for a
 * while, or asks for patience. Nothing that a user has to change first.
 */
export function isTransient({
  name,
  statusCode,
}: {
  name: string;
  statusCode?: number | undefined;
}): boolean {
  if (statusCode !== undefined) return statusCode >= 500 || statusCode === 429 || THROTTLES.has(name);
  const reason = find(NOT_SENT, name);
  return LOST_ANSWERS.has(name) || (reason !== undefined && RETRYABLE.has(reason));
}

/** AWS services throttle with the status 400 too. */
const THROTTLES = new Set([
  "ThrottlingException",
  "Throttling",
  "ThrottledException",
  "RequestLimitExceeded",
]);
/** The connection stood, and broke. */
const LOST_ANSWERS = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "TimeoutError"]);

const MAY_HAVE_RUN: ReadonlySet<FailureReason> = new Set(["answerLost", "canceled", "deadlineExceeded"]);
const RETRYABLE: ReadonlySet<FailureReason> = new Set([
  "nameNotFound",
  "connectionRefused",
  "noRoute",
  "throttled",
  "functionNotReady",
]);

function reasonOf({ sent, begun, name, statusCode, credential }: FailureFacts): FailureReason {
  // An error in the middle of a stream may have the type of one that stands for a refusal.
  if (begun) return find(STOPPED, name) ?? "answerLost";
  if (credential) return "noCredentials";
  const refusal = keyRefusal(name);
  if (refusal) return KEYS_REFUSED[refusal];
  if (!sent) return find(NOT_SENT, name) ?? "notSent";
  return find(REFUSED, name) ?? (isRefusal(statusCode) ? (BY_STATUS[statusCode] ?? "refused") : "answerLost");
}

/** Request Timeout and Gone: Lambda answers them also when the function's own set-up may have begun. */
const AMBIGUOUS_STATUSES = new Set([408, 410]);

function isRefusal(status: number | undefined): status is number {
  return status !== undefined && status >= 400 && status < 500 && !AMBIGUOUS_STATUSES.has(status);
}

/** A name comes off the wire: `constructor` isn't in the table. */
function find(table: Readonly<Record<string, FailureReason>>, name: string): FailureReason | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

const KEYS_REFUSED: Readonly<Record<KeyRefusal, FailureReason>> = {
  expired: "keysRefused",
  signature: "signatureRefused",
};

const BY_STATUS: Readonly<Record<number, FailureReason>> = {
  401: "keysRefused",
  403: "accessDenied",
  404: "functionNotFound",
  407: "proxySignIn",
  413: "payloadTooLarge",
  415: "mediaTypeRefused",
  429: "throttled",
};

/** No connection was made, or no request: by system error code, or by the name of the step that failed. */
const NOT_SENT: Readonly<Record<string, FailureReason>> = {
  ENOTFOUND: "nameNotFound",
  EAI_AGAIN: "nameNotFound",
  ECONNREFUSED: "connectionRefused",
  EHOSTUNREACH: "noRoute",
  ENETUNREACH: "noRoute",
  ETIMEDOUT: "noRoute",
  ConnectTimeout: "noRoute",
  ECONNRESET: "connectionBroken",
  EPIPE: "connectionBroken",
  DeadlineExceeded: "connectionBroken",
  EPROTO: "protocolMismatch",
  CertificateError: "certificateUntrusted",
  CancelledBeforeSending: "canceledBeforeSending",
};

/** The ends that are ours. */
const STOPPED: Readonly<Record<string, FailureReason>> = {
  Cancelled: "canceled",
  DeadlineExceeded: "deadlineExceeded",
};

/** Answers of the Lambda API, by error type (every one that Invoke declares), and the two ends that are ours. */
const REFUSED: Readonly<Record<string, FailureReason>> = {
  TooManyRequestsException: "throttled",
  EC2ThrottledException: "throttled",
  SnapStartNotReadyException: "functionNotReady",
  ResourceConflictException: "functionNotReady",
  ResourceNotReadyException: "functionNotReady",
  CodeArtifactUserPendingException: "functionNotReady",
  ENINotReadyException: "functionNotReady",

  InvalidRequestContentException: "payloadNotJson",
  InvalidParameterValueException: "parameterInvalid",
  NoPublishedVersionException: "noPublishedVersion",
  ModeNotSupportedException: "modeNotSupported",
  RecursiveInvocationException: "recursiveLoop",
  ServiceQuotaExceededException: "quotaExceeded",
  RequestTooLargeException: "payloadTooLarge",
  SerializedRequestEntityTooLargeException: "payloadTooLarge",
  UnsupportedMediaTypeException: "mediaTypeRefused",
  ResourceNotFoundException: "functionNotFound",
  DurableExecutionAlreadyStartedException: "executionExists",
  CodeArtifactUserDeletedException: "codeDeleted",
  CodeArtifactUserFailedException: "codeNotPrepared",
  SnapStartRegenerationFailureException: "snapshotFailed",
  EFSMountConnectivityException: "fileSystem",
  EFSMountFailureException: "fileSystem",
  EFSMountTimeoutException: "fileSystem",
  S3FilesMountConnectivityException: "fileSystem",
  S3FilesMountFailureException: "fileSystem",
  S3FilesMountTimeoutException: "fileSystem",
  KMSAccessDeniedException: "kmsKey",
  KMSDisabledException: "kmsKey",
  KMSInvalidStateException: "kmsKey",
  KMSNotFoundException: "kmsKey",
  InvalidSubnetIDException: "vpcConfiguration",
  InvalidSecurityGroupIDException: "vpcConfiguration",
  EC2UnexpectedException: "vpcConfiguration",
  ENILimitReachedException: "noNetworkInterface",
  SubnetIPAddressLimitReachedException: "noSubnetAddress",
  EC2AccessDeniedException: "noInterfacePermission",
  InvalidRuntimeException: "runtimeUnsupported",
  InvalidZipFileException: "codeUnreadable",

  SnapStartException: "answerLost",
  SnapStartTimeoutException: "answerLost",
  EFSIOException: "answerLost",
  ServiceException: "answerLost",
  ...STOPPED,
};
