import { adviseOnCredentialFailure, type CredentialFailure } from "../credentials/credentialFailures.ts";
import type { FailureReason } from "./failureReason.ts";
import type { InvocationMode } from "./invocationSpec.ts";

/** What else an advice depends on. */
export interface AdviceContext {
  mode: InvocationMode;
  /** The function is one of Local, whose own message may say what to do. */
  isLocal: boolean;
  credential?: CredentialFailure | undefined;
}

/** Says what to do about a failure, in sentences; `undefined` if its message says that. The only place that does. */
export function adviceFor(reason: FailureReason, context: AdviceContext): string | undefined {
  if (context.isLocal && HAS_LOCAL_ADVICE.has(reason)) return undefined;
  if (context.mode === "DryRun" && MAY_HAVE_RUN.has(reason)) return "Check again.";
  if (context.mode === "ResponseStream" && reason === "canceled") return STREAM_CANCELED;
  if (context.credential) return adviseOnCredentialFailure(context.credential);
  return ADVICE[reason];
}

/** Says that nobody who stops reading stops the function. */
export const STREAM_CANCELED =
  "Stopped reading. The function goes on, and is billed, until it ends or reaches its timeout.";

/** The advice on these speaks of a deployment, which Local doesn't have. */
const HAS_LOCAL_ADVICE: ReadonlySet<FailureReason> = new Set(["runtimeUnsupported", "codeNotPrepared"]);
/** A dry run never runs the function. */
const MAY_HAVE_RUN: ReadonlySet<FailureReason> = new Set(["answerLost", "canceled", "deadlineExceeded"]);

const CHECK_NETWORK = "Check the network, VPN and proxy (setting http.proxy), then invoke again.";

const ADVICE: Readonly<Record<FailureReason, string>> = {
  nameNotFound: "Check the network, and the connection's region and endpoint, then invoke again.",
  connectionRefused: "Nothing listens there. Check the connection's endpoint, then invoke again.",
  noRoute: CHECK_NETWORK,
  connectionBroken: CHECK_NETWORK,
  protocolMismatch: "Check the connection's endpoint: whether it begins with http: or https:, and its port.",
  certificateUntrusted:
    "The endpoint's certificate isn't trusted. Make this machine trust your proxy's certificate authority.",
  canceledBeforeSending: "Invoke again when you are ready.",
  notSent: "Nothing was sent. Fix what the message names, then invoke again.",

  noCredentials: "Choose another profile, or renew its credentials, then invoke again.",
  // Credentials that were refused are forgotten: the next call gets others if the profile can give them.
  keysRefused:
    "Invoke again: credentials are read anew. If they are refused again, renew those of the profile, or choose another one.",
  signatureRefused: "Check the secret key of the profile and this machine's clock, then invoke again.",
  accessDenied:
    "Ask for the permission lambda:InvokeFunction on this function, or choose another connection.",
  proxySignIn: "The proxy asks for a sign-in. Set http.proxy and its credentials, then invoke again.",

  payloadNotJson: "Lambda couldn't read the payload as JSON. Check it, then invoke again.",
  payloadTooLarge:
    "The payload is too large for this mode: 6 MB synchronously, 1 MB asynchronously. Send a reference to it.",
  mediaTypeRefused: "Lambda takes JSON only. Check the payload.",
  parameterInvalid: "Change the parameter that the message names, then invoke again.",
  modeNotSupported: "The function can't be invoked in this mode. Choose another.",
  functionNotFound:
    "Check the function's name, its qualifier and the connection's region, then refresh the list.",
  noPublishedVersion: "Publish a version of the function first, or invoke $LATEST.",
  executionExists: "An execution of that name was started before. Look at it, or choose another name.",
  refused: "The request was refused. Fix what the message names, then invoke again.",

  throttled: "Lambda is throttling. Wait a little, or raise the concurrency limit, then invoke again.",
  functionNotReady: "The function is being created, updated or woken. Wait a little, then invoke again.",
  recursiveLoop: "Lambda stopped a loop. Break the loop, or allow it in the function's settings.",
  quotaExceeded: "A quota of the account is used up. Raise it in Service Quotas.",
  codeDeleted: "The function's code is gone. Deploy it again.",
  codeNotPrepared: "The function's code couldn't be prepared. Deploy it again.",
  codeUnreadable: "Lambda couldn't unpack the function's code. Deploy it again.",
  runtimeUnsupported: "The function's runtime isn't supported any more. Choose another and deploy.",
  snapshotFailed: "The SnapStart snapshot couldn't be made. Publish a new version.",
  fileSystem: "Check the function's file system: its mount targets, access point and security groups.",
  kmsKey: "Check the function's KMS key: that it is enabled and that the function's role may use it.",
  vpcConfiguration: "Check the function's VPC configuration: its subnets and security groups.",
  noNetworkInterface: "The account has no network interface left. Remove unused ones, or raise the quota.",
  noSubnetAddress: "The function's subnet has no address left. Add a subnet.",
  noInterfacePermission: "Let the function's role manage network interfaces (ec2:CreateNetworkInterface).",

  answerLost:
    "The function may have run. Look at its log before you send the event again; it wasn't sent twice.",
  canceled: "Stopped waiting. The function may still be running.",
  deadlineExceeded: "The function may still be running. Look at its log before you send the event again.",
};
