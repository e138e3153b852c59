/**
 * Why a connection has no credentials or no region. `profile` is the profile that was asked for, undefined where none was
 * named; where another profile of its chain is at fault, that one stands in a property of its own.
 */
export type CredentialFailure =
  | ({ reason: "profileMissing" } & OfProfile)
  | ({ reason: "sourceProfileMissing"; source: string } & OfProfile)
  /** Each profile of the chain, the last one being in it before. */
  | ({ reason: "sourceProfileCycle"; chain: readonly string[] } & OfProfile)
  /** Settings that contradict each other, or one that is missing; `detail` is a sentence. */
  | ({ reason: "profileInvalid"; detail: string } & OfProfile)
  /** The AWS configuration can't be read as a whole; `detail` is a sentence. */
  | { reason: "configUnreadable"; file: string; line?: number; detail: string }
  | ({ reason: "noRegion" } & OfProfile)
  /** No source of credentials is set up, or the profile has only other settings. */
  | ({ reason: "noCredentials" } & OfProfile)
  /** The token of `aws sso login` is missing, expired or refused. */
  | ({ reason: "ssoSessionExpired"; signInProfile: string; session?: string; startUrl: string } & OfProfile)
  /** IAM Identity Center doesn't give this role in this account to the user who signed in. */
  | ({ reason: "ssoRoleRefused"; account: string; role: string; detail: string } & OfProfile)
  /** The session of `aws login` is missing, expired or refused. */
  | ({ reason: "loginExpired"; signInProfile: string } & OfProfile)
  | ({ reason: "processFailed"; exitCode?: number; signal?: string; stderr: string } & OfProfile)
  /** A `credential_process` may ask for something, and no person has asked for what needs it. */
  | ({ reason: "processUnattended" } & OfProfile)
  /** What `credential_process` printed can't be used; what it printed isn't repeated. */
  | ({ reason: "processOutputInvalid"; detail: string } & OfProfile)
  /** The user closed the prompt for the code. */
  | ({ reason: "mfaCanceled"; device: string } & OfProfile)
  /** STS refused the role, and a code was part of the request. */
  | ({ reason: "mfaRefused"; device: string; role: string; detail: string } & OfProfile)
  /** STS refused the role. */
  | ({ reason: "roleRefused"; role: string; detail: string } & OfProfile)
  /** The credentials that a role is to be assumed with are refused: expired, wrong or deleted. */
  | ({ reason: "sourceCredentialsRefused"; source?: string; detail: string } & OfProfile)
  | ({ reason: "tokenFileUnreadable"; file: string; detail: string } & OfProfile)
  /** The metadata service of the container or the instance gives no credentials. */
  | ({ reason: "machineRoleUnavailable"; machine: "container" | "instance"; detail: string } & OfProfile)
  /** A service that gives credentials can't be reached, or answers with an error of its own. */
  | ({ reason: "serviceUnreachable"; service: CredentialService; detail: string } & OfProfile)
  | { reason: "caBundleUnreadable"; file: string };

interface OfProfile {
  profile: string | undefined;
}

/** A service that gives credentials. */
export type CredentialService = "AWS STS" | "IAM Identity Center" | "AWS Sign-In";

/** An error of finding credentials, a region or an endpoint; its `failure` says which one. */
export class CredentialError extends Error {
  override readonly name = "CredentialError";
  readonly failure: CredentialFailure;

  constructor(failure: CredentialFailure, options: { cause?: unknown } = {}) {
    super(describeCredentialFailure(failure), options);
    this.failure = failure;
  }
}

/** True for a `CredentialError` of any bundle; the lazily loaded bundles have copies of the class. */
export function isCredentialError(error: unknown): error is CredentialError {
  return error instanceof Error && error.name === "CredentialError" && "failure" in error;
}

type Sentences = {
  readonly [R in CredentialFailure["reason"]]: (failure: Extract<CredentialFailure, { reason: R }>) => string;
};

/** Says what happened, in a sentence. */
function describeCredentialFailure(failure: CredentialFailure): string {
  return sentenceFor(failure, DESCRIPTIONS);
}

/** Says what to do, in a sentence. */
export function adviseOnCredentialFailure(failure: CredentialFailure): string {
  return sentenceFor(failure, ADVICE);
}

function sentenceFor(failure: CredentialFailure, sentences: Sentences): string {
  // each entry takes the failure of its own reason
  const say = sentences[failure.reason] as (failure: CredentialFailure) => string;
  return say(failure);
}

const DESCRIPTIONS: Sentences = {
  profileMissing: (failure) => `Profile ${failure.profile} isn't in your AWS config.`,
  sourceProfileMissing: (failure) =>
    `${ofProfile(failure)} takes its credentials from profile ${failure.source}, which isn't in your AWS config.`,
  sourceProfileCycle: (failure) =>
    `${ofProfile(failure)} takes its credentials from itself (${failure.chain.join(" → ")}).`,
  profileInvalid: (failure) => failure.detail,
  configUnreadable: (failure) => {
    const place = failure.line === undefined ? failure.file : `${failure.file}, line ${failure.line}`;
    return `The AWS config can't be read (${place}): ${failure.detail}`;
  },
  noRegion: (failure) => `${ofProfile(failure)} has no region.`,
  noCredentials: (failure) =>
    failure.profile === undefined
      ? "No AWS credentials were found on this machine."
      : `${ofProfile(failure)} has no credentials.`,
  ssoSessionExpired: (failure) =>
    `The IAM Identity Center session ${failure.session ?? failure.startUrl} has expired or isn't signed in.`,
  ssoRoleRefused: (failure) =>
    `IAM Identity Center didn't give the role ${failure.role} in account ${failure.account}: ${failure.detail}`,
  loginExpired: (failure) =>
    `The console session of profile ${failure.signInProfile} has expired or isn't signed in.`,
  processFailed: (failure) =>
    `The credential_process of ${ofProfile(failure, "profile")} ${processEnd(failure)}`,
  processUnattended: (failure) =>
    `The credential_process of ${ofProfile(failure, "profile")} isn't run in the background.`,
  processOutputInvalid: (failure) =>
    `The credential_process of ${ofProfile(failure, "profile")} printed something else than credentials: ${failure.detail}`,
  mfaCanceled: (failure) => `No code was given for the MFA device ${failure.device}.`,
  mfaRefused: (failure) =>
    `AWS STS refused the role ${failure.role} with the code of ${failure.device}: ${failure.detail}`,
  roleRefused: (failure) => `AWS STS refused the role ${failure.role}: ${failure.detail}`,
  sourceCredentialsRefused: (failure) =>
    `AWS STS refused the credentials that ${ofProfile(failure, "profile")} assumes its role with: ${failure.detail}`,
  tokenFileUnreadable: (failure) => `The web identity token ${failure.file} can't be read: ${failure.detail}`,
  machineRoleUnavailable: (failure) =>
    `The ${failure.machine} metadata service gave no credentials: ${failure.detail}`,
  serviceUnreachable: (failure) => `${failure.service} can't give credentials just now: ${failure.detail}`,
  caBundleUnreadable: (failure) => `The CA bundle ${failure.file} can't be read.`,
};

const ADVICE: Sentences = {
  profileMissing: (failure) =>
    `Check its name, or run \`aws configure --profile ${quoted(failure.profile)}\`.`,
  sourceProfileMissing: (failure) =>
    `Check source_profile, or add the profile with \`aws configure --profile ${quoted(failure.source)}\`.`,
  sourceProfileCycle: () => "Change source_profile in your AWS config.",
  profileInvalid: () => "Fix the profile in your AWS config.",
  configUnreadable: () => "Fix the file.",
  noRegion: () => "Add a region to the connection, or to the profile in your AWS config.",
  noCredentials: (failure) =>
    failure.profile === undefined
      ? "Run `aws configure`, or `aws login`."
      : `Run \`aws configure --profile ${quoted(failure.profile)}\`, or choose another profile.`,
  ssoSessionExpired: (failure) =>
    `Sign in with \`aws sso login --profile ${quoted(failure.signInProfile)}\`.`,
  ssoRoleRefused: () => "Check sso_account_id and sso_role_name, or ask for access to the account.",
  loginExpired: (failure) => `Sign in with \`aws login --profile ${quoted(failure.signInProfile)}\`.`,
  processFailed: () => "Run the command in a terminal to find out why.",
  processUnattended: () => "Use the connection, such as by listing its functions.",
  processOutputInvalid: () => "Run the command in a terminal to find out why.",
  mfaCanceled: () => "Try again, and enter the code that the device shows.",
  mfaRefused: () =>
    "Wait for the next code and try again; check mfa_serial and the role's trust policy if that doesn't help.",
  roleRefused: () => "Check role_arn, and whether the role's trust policy allows you to assume it.",
  sourceCredentialsRefused: (failure) =>
    failure.source === undefined
      ? "Renew those credentials."
      : `Renew the credentials of profile ${failure.source}.`,
  tokenFileUnreadable: () => "Check web_identity_token_file.",
  machineRoleUnavailable: (failure) =>
    `Check that a role is attached to this ${failure.machine}, or choose another profile.`,
  serviceUnreachable: () => "Check the network, VPN and proxy, then try again.",
  caBundleUnreadable: () => "Check AWS_CA_BUNDLE, or ca_bundle in your AWS config.",
};

function ofProfile({ profile }: OfProfile, noun: "Profile" | "profile" = "Profile"): string {
  return profile === undefined
    ? `${noun === "Profile" ? "The" : "the"} default profile`
    : `${noun} ${profile}`;
}

function processEnd({ exitCode, signal, stderr }: CredentialFailure & { reason: "processFailed" }): string {
  const how =
    exitCode === undefined
      ? signal === undefined
        ? "couldn't be started"
        : `was ended by ${signal}`
      : `failed with exit code ${exitCode}`;
  return stderr === "" ? `${how}.` : `${how}: ${stderr}`;
}

/** A profile's name as a word of a shell command. */
function quoted(name = "default"): string {
  return /^[\w@%+=:,./-]+$/.test(name) ? name : `"${name.replace(/["\\$`]/g, "\\$&")}"`;
}
