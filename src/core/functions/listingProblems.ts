import { adviseOnCredentialFailure, type CredentialFailure } from "../credentials/credentialFailures.ts";
import { type KeyRefusal, keyRefusal } from "../credentials/refusedKeys.ts";
import { labelFor, type ListingProblem } from "./listing.ts";
import type { Failure } from "../invocation/reply.ts";
import { signInFor } from "../credentials/signIn.ts";

/** Says why functions can't be listed, and what to do; `marker` is where a throttled list goes on. */
export function toListingProblem(failure: Failure, marker?: string): ListingProblem {
  const what = /[.!?]$/.test(failure.message) ? failure.message : `${failure.message}.`;
  if (failure.credential) {
    const { reason } = failure.credential;
    return {
      label: credentialLabel(failure.credential),
      message: `${what} ${adviseOnCredentialFailure(failure.credential)}`,
      signIn: signInFor(failure.credential),
      asksAgain: reason === "mfaCanceled" || reason === "mfaRefused",
    };
  }
  if (isThrottled(failure)) {
    return { ...THROTTLED, throttled: { marker, retryAfterMs: failure.retryAfterMs } };
  }
  const { label, advice, canInvoke } = adviceOn(failure);
  return { label, message: `${what} ${advice}`, canInvoke };
}

/** What to do about a list, as a row's label and as a sentence. */
interface Advice {
  label: string;
  advice: string;
  canInvoke?: boolean;
}

const THROTTLED: Pick<ListingProblem, "label" | "message"> = {
  label: "Wait: AWS is throttling",
  message:
    "AWS is throttling requests of this account. What has arrived is listed; the rest is asked for again by itself, after a growing wait.",
};

/** The names that AWS services and emulators give to a request that came too soon (SDK: THROTTLING_ERROR_CODES). */
const THROTTLING_NAMES = new Set([
  "TooManyRequestsException",
  "ThrottlingException",
  "ThrottledException",
  "Throttling",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
]);

function isThrottled({ name, statusCode }: Failure): boolean {
  return statusCode === 429 || THROTTLING_NAMES.has(name);
}

const NO_ROUTE: Advice = {
  label: "Check network or VPN: no connection",
  advice: "Check the network, VPN and proxy (setting http.proxy), then refresh.",
};
const NO_ANSWER: Advice = { ...NO_ROUTE, label: "Check network or VPN: no answer" };
const NO_NAME: Advice = {
  label: "Check region and endpoint: not found",
  advice: "Check the network, and the connection's region and endpoint, then refresh.",
};
const RENEW: Advice = {
  label: "Renew the credentials: they were refused",
  advice: "Renew the credentials of the profile, or choose another one, then refresh.",
};
const KEYS_REFUSED: Readonly<Record<KeyRefusal, Advice>> = {
  expired: RENEW,
  signature: {
    label: "Check the secret key and the clock",
    advice: "Check the secret key of the profile and this machine's clock, then refresh.",
  },
};
const NOT_LAMBDA: Advice = {
  label: "Check the endpoint: not the Lambda API",
  advice: "Check the connection's endpoint, then refresh.",
};
const FAILED: Advice = {
  label: "Refresh: AWS had an error",
  advice: "Refresh to try again.",
};
const DENIED: Advice = {
  label: "Ask for lambda:ListFunctions",
  advice:
    "Ask for the permission lambda:ListFunctions. To invoke a function without it, run Invoke Function and select Enter a Name or ARN….",
  canInvoke: true,
};

/** By a failure's name: an error type of AWS, a system error code, or the step that failed. */
const BY_NAME: Readonly<Record<string, Advice>> = {
  AccessDeniedException: DENIED,
  AccessDenied: DENIED,
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  ECONNREFUSED: {
    label: "Check the endpoint: nothing listens",
    advice: "Nothing listens there. Check the connection's endpoint, then refresh.",
  },
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  ConnectTimeout: NO_ROUTE,
  ECONNRESET: NO_ROUTE,
  EPIPE: NO_ROUTE,
  ETIMEDOUT: NO_ANSWER,
  TimeoutError: NO_ANSWER,
  EPROTO: {
    label: "Check the endpoint: http or https?",
    advice: "Check whether the connection's endpoint begins with http: or https:, and its port.",
  },
  CertificateError: {
    label: "Trust the endpoint's certificate",
    advice: "Trust the certificate authority of the endpoint or of your proxy on this machine, then refresh.",
  },
};

const BY_STATUS: Readonly<Record<number, Advice>> = {
  401: RENEW,
  403: DENIED,
  407: {
    label: "Set http.proxy: it asks for a sign-in",
    advice: "The proxy asks for a sign-in. Set http.proxy with its user name and password, then refresh.",
  },
};

function adviceOn({ name, statusCode }: Failure): Advice {
  const refusal = keyRefusal(name);
  if (refusal) return KEYS_REFUSED[refusal];
  const named = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (named || statusCode === undefined) return named ?? NO_ANSWER_AT_ALL;
  return BY_STATUS[statusCode] ?? (statusCode >= 500 ? FAILED : NOT_LAMBDA);
}

const NO_ANSWER_AT_ALL: Advice = { label: "Open the log: can't list functions", advice: FAILED.advice };

/** What to do about credentials, at the length of a row. */
function credentialLabel(failure: CredentialFailure): string {
  const profile = ("profile" in failure ? failure.profile : undefined) ?? "default";
  switch (failure.reason) {
    case "ssoSessionExpired":
    case "loginExpired":
      return labelFor("Sign in to", failure.signInProfile);
    case "profileMissing":
      return labelFor("Check the profile name", profile);
    case "sourceProfileMissing":
      return labelFor("Add profile", failure.source);
    case "sourceProfileCycle":
      return labelFor("Change source_profile of", profile);
    case "profileInvalid":
      return labelFor("Fix profile", profile);
    case "configUnreadable":
      return "Fix the AWS config file";
    case "noRegion":
      return labelFor("Add a region to", profile);
    case "noCredentials":
      return labelFor("Add credentials to profile", profile);
    case "ssoRoleRefused":
      return labelFor("Ask for the role", failure.role);
    case "processFailed":
    case "processUnattended":
    case "processOutputInvalid":
      return labelFor("Check credential_process of", profile);
    case "mfaCanceled":
      return labelFor("Enter the MFA code for", profile);
    case "mfaRefused":
      return labelFor("Enter the next MFA code for", profile);
    case "roleRefused":
      return labelFor("Check the role of", profile);
    case "sourceCredentialsRefused":
      return labelFor("Renew the credentials of", failure.source ?? profile);
    case "tokenFileUnreadable":
      return "Check web_identity_token_file";
    case "machineRoleUnavailable":
      return `Attach a role to this ${failure.machine}`;
    case "serviceUnreachable":
      return labelFor("Check network:", failure.service);
    case "caBundleUnreadable":
      return "Check AWS_CA_BUNDLE or ca_bundle";
  }
}
