import { adviseOnCredentialFailure } from "../credentials/credentialFailures.ts";
import { type KeyRefusal, keyRefusal } from "../credentials/refusedKeys.ts";
import type { Failure } from "./reply.ts";

/** What a failure means: whether the function can have run, whether sending again helps, what a person can do. */
export interface Meaning {
  verdict: "notRun" | "unknown";
  /** Sending the same event again soon may help, and is safe: the function certainly did not run. */
  retry: boolean;
  advice: string;
}

const UNKNOWN_ADVICE =
  "The function may have run. Look at its log before you send the event again; it was not sent twice.";

/** Says what a failed Invoke request means, from its error type, status and system error code (Lambda API: Invoke, Errors). */
export function meaningOf(failure: Pick<Failure, "sent" | "name" | "statusCode" | "credential">): Meaning {
  if (failure.credential) return notRun(adviseOnCredentialFailure(failure.credential));
  const refusal = keyRefusal(failure.name);
  if (refusal) return KEYS_REFUSED[refusal];
  if (!failure.sent)
    return find(NOT_SENT, failure.name) ?? notRun("Nothing was sent. Mend what the message names.");
  const known = find(REFUSED, failure.name);
  if (known) return known;
  const status = failure.statusCode;
  if (status !== undefined && status >= 400 && status < 500 && !AMBIGUOUS_STATUSES.has(status)) {
    return (
      BY_STATUS[status] ?? notRun("The request was refused. Mend what the message names, then invoke again.")
    );
  }
  return { verdict: "unknown", retry: false, advice: UNKNOWN_ADVICE };
}

/**
 * Whether a read that failed may succeed when it is tried again later: the network or the service was not there for a
 * while, or asks for patience. Nothing that a person has to change first.
 */
export function isTransient({
  name,
  statusCode,
}: {
  name: string;
  statusCode?: number | undefined;
}): boolean {
  if (statusCode !== undefined) return statusCode >= 500 || statusCode === 429 || THROTTLES.has(name);
  return LOST_ANSWERS.has(name) || find(NOT_SENT, name)?.retry === true;
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

/** Whether the local service's own message says what to do: of these errors, the advice here speaks of a deployment. */
export function isSaidByLocal(name: string): boolean {
  return name === "InvalidRuntimeException" || name === "CodeArtifactUserFailedException";
}

/** A name comes off the wire: `constructor` is none of ours. */
function find(table: Readonly<Record<string, Meaning>>, name: string): Meaning | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Request Timeout and Gone: Lambda answers them also when the function's own set-up may have begun. */
const AMBIGUOUS_STATUSES = new Set([408, 410]);

function notRun(advice: string): Meaning {
  return { verdict: "notRun", retry: false, advice };
}

function passing(advice: string): Meaning {
  return { verdict: "notRun", retry: true, advice };
}

const NO_ROUTE = passing("Check the network, VPN and proxy (setting http.proxy), then invoke again.");
const NO_NAME = passing("Check the network, and the connection's region and endpoint, then invoke again.");
/** Credentials that were refused are forgotten: the next call gets others where the profile can give them. */
const RENEW_KEYS = notRun(
  "Invoke again: credentials are read anew. If they are refused again, renew those of the profile, or choose another one.",
);
/** Where the services of AWS refuse the keys of a request. */
const KEYS_REFUSED: Readonly<Record<KeyRefusal, Meaning>> = {
  expired: RENEW_KEYS,
  signature: notRun("Check the secret key of the profile and this machine's clock, then invoke again."),
};
const WAIT_FOR_STATE = passing(
  "The function is being created, updated or woken. Wait a little, then invoke again.",
);
const THROTTLED = passing(
  "Lambda is throttling. Wait a little, or raise the concurrency limit, then invoke again.",
);
const MEND_KMS = notRun(
  "Check the function's KMS key: that it is enabled and that the function's role may use it.",
);
const MEND_VPC = notRun("Check the function's VPC configuration: its subnets and security groups.");
const MEND_EFS = notRun(
  "Check the function's file system: its mount targets, access point and security groups.",
);
const RUNTIME_HOOKS: Meaning = { verdict: "unknown", retry: false, advice: UNKNOWN_ADVICE };

const NOT_FOUND = notRun(
  "Check the function's name, its qualifier and the connection's region, then refresh the list.",
);
const TOO_LARGE = notRun(
  "The payload is too large for this mode: 6 MB synchronously, 1 MB asynchronously. Send a reference to it.",
);
const JSON_ONLY = notRun("Lambda takes JSON only. Check the payload.");

const BY_STATUS: Readonly<Record<number, Meaning>> = {
  401: RENEW_KEYS,
  403: notRun("Ask for the permission lambda:InvokeFunction on this function, or choose another connection."),
  404: NOT_FOUND,
  407: notRun("The proxy asks for a sign-in. Set http.proxy and its credentials, then invoke again."),
  413: TOO_LARGE,
  415: JSON_ONLY,
  429: THROTTLED,
};

/** No connection was made, or no request: by system error code, or by the name of the step that failed. */
const NOT_SENT: Readonly<Record<string, Meaning>> = {
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  ECONNREFUSED: passing("Nothing listens there. Check the connection's endpoint, then invoke again."),
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  ETIMEDOUT: NO_ROUTE,
  ConnectTimeout: NO_ROUTE,
  ECONNRESET: notRun(NO_ROUTE.advice),
  EPIPE: notRun(NO_ROUTE.advice),
  EPROTO: notRun("Check the connection's endpoint: whether it begins with http: or https:, and its port."),
  CertificateError: notRun(
    "The endpoint's certificate is not trusted. Trust your proxy's authority on this machine.",
  ),
  CancelledBeforeSending: notRun("Invoke again when you are ready."),
  DeadlineExceeded: notRun(NO_ROUTE.advice),
};

/** Answers of the Lambda API, by error type (every one that Invoke declares), and the two ends that are ours. */
const REFUSED: Readonly<Record<string, Meaning>> = {
  TooManyRequestsException: THROTTLED,
  SnapStartNotReadyException: WAIT_FOR_STATE,
  ResourceConflictException: WAIT_FOR_STATE,
  ResourceNotReadyException: WAIT_FOR_STATE,
  CodeArtifactUserPendingException: WAIT_FOR_STATE,
  ENINotReadyException: WAIT_FOR_STATE,
  EC2ThrottledException: THROTTLED,

  InvalidRequestContentException: notRun(
    "Lambda could not read the payload as JSON. Check it, then invoke again.",
  ),
  InvalidParameterValueException: notRun("Change the parameter that the message names, then invoke again."),
  NoPublishedVersionException: notRun("Publish a version of the function first, or invoke $LATEST."),
  ModeNotSupportedException: notRun("The function cannot be invoked in this mode. Choose another."),
  RecursiveInvocationException: notRun(
    "Lambda stopped a loop. Break the loop, or allow it in the function's settings.",
  ),
  ServiceQuotaExceededException: notRun("A quota of the account is used up. Raise it in Service Quotas."),
  RequestTooLargeException: TOO_LARGE,
  SerializedRequestEntityTooLargeException: TOO_LARGE,
  UnsupportedMediaTypeException: JSON_ONLY,
  ResourceNotFoundException: NOT_FOUND,
  DurableExecutionAlreadyStartedException: notRun(
    "An execution of that name was started before. Look at it, or choose another name.",
  ),
  CodeArtifactUserDeletedException: notRun("The function's code is gone. Deploy it again."),
  CodeArtifactUserFailedException: notRun("The function's code could not be prepared. Deploy it again."),
  SnapStartRegenerationFailureException: notRun(
    "The SnapStart snapshot could not be made. Publish a new version.",
  ),
  EFSMountConnectivityException: MEND_EFS,
  EFSMountFailureException: MEND_EFS,
  EFSMountTimeoutException: MEND_EFS,
  S3FilesMountConnectivityException: MEND_EFS,
  S3FilesMountFailureException: MEND_EFS,
  S3FilesMountTimeoutException: MEND_EFS,
  KMSAccessDeniedException: MEND_KMS,
  KMSDisabledException: MEND_KMS,
  KMSInvalidStateException: MEND_KMS,
  KMSNotFoundException: MEND_KMS,
  InvalidSubnetIDException: MEND_VPC,
  InvalidSecurityGroupIDException: MEND_VPC,
  ENILimitReachedException: notRun(
    "The account has no network interface left. Remove unused ones, or raise the quota.",
  ),
  SubnetIPAddressLimitReachedException: notRun("The function's subnet has no address left. Add a subnet."),
  EC2AccessDeniedException: notRun(
    "Let the function's role manage network interfaces (ec2:CreateNetworkInterface).",
  ),
  EC2UnexpectedException: MEND_VPC,
  InvalidRuntimeException: notRun(
    "The function's runtime is not supported any more. Choose another and deploy.",
  ),
  InvalidZipFileException: notRun("Lambda could not unpack the function's code. Deploy it again."),

  SnapStartException: RUNTIME_HOOKS,
  SnapStartTimeoutException: RUNTIME_HOOKS,
  EFSIOException: RUNTIME_HOOKS,
  ServiceException: RUNTIME_HOOKS,
  Cancelled: {
    verdict: "unknown",
    retry: false,
    advice: "Stopped waiting. The function may still be running.",
  },
  DeadlineExceeded: {
    verdict: "unknown",
    retry: false,
    advice: "The function may still be running. Look at its log before you send the event again.",
  },
};
