import { CredentialError } from "../core/credentialFailures.ts";
import type { IniSection } from "./iniFile.ts";
import { nonEmpty, type ProfileSettings } from "./profileSettings.ts";
import { type SharedConfig, stringSetting } from "./sharedConfig.ts";

/** What requests are signed with. */
export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

/** Where credentials come from: the source that the AWS CLI would use. */
export type CredentialPlan =
  | { kind: "keys"; keys: AwsKeys }
  | ProcessPlan
  | SsoPlan
  | LoginPlan
  | WebIdentityPlan
  | RolePlan
  | { kind: "container" }
  | { kind: "instance" };

export interface ProcessPlan {
  kind: "process";
  profile: string;
  command: string;
}

export interface SsoPlan {
  kind: "sso";
  profile: string;
  /** Undefined where the profile has the settings of the session itself. */
  session: string | undefined;
  startUrl: string;
  region: string;
  account: string;
  role: string;
}

export interface LoginPlan {
  kind: "login";
  profile: string;
  session: string;
}

export interface WebIdentityPlan {
  kind: "webIdentity";
  tokenFile: string;
  roleArn: string;
  sessionName: string | undefined;
}

export interface RolePlan {
  kind: "role";
  roleArn: string;
  sessionName: string | undefined;
  externalId: string | undefined;
  mfaSerial: string | undefined;
  durationSeconds: number | undefined;
  source: CredentialPlan;
  /** Undefined where the source is the environment or the machine. */
  sourceProfile: string | undefined;
}

/**
 * Decides where a profile's credentials come from, in the order of the AWS CLI. A profile that somebody named never gets
 * the machine's own role unless its `credential_source` says so. Throws a `CredentialError`.
 */
export function planCredentials(
  profile: ProfileSettings,
  config: SharedConfig,
  environment: NodeJS.ProcessEnv,
): CredentialPlan {
  const environmentOrNone = profile.asked === undefined ? environment : {};
  const found =
    environmentKeys(environmentOrNone, profile) ??
    planRole(profile.name, [profile.name], config, environment) ??
    planProfile(profile.name, config, environmentOrNone);
  if (found) return found;
  if (profile.named) throw new CredentialError({ reason: "noCredentials", profile: profile.name });
  return hasContainer(environment) ? { kind: "container" } : { kind: "instance" };
}

function environmentKeys(
  environment: NodeJS.ProcessEnv,
  profile?: ProfileSettings,
): CredentialPlan | undefined {
  const accessKeyId = nonEmpty(environment["AWS_ACCESS_KEY_ID"]);
  if (accessKeyId === undefined) return undefined;
  const secretAccessKey = nonEmpty(environment["AWS_SECRET_ACCESS_KEY"]);
  if (secretAccessKey === undefined) {
    throw invalid(profile?.asked, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY isn't.");
  }
  const sessionToken =
    nonEmpty(environment["AWS_SECURITY_TOKEN"]) ?? nonEmpty(environment["AWS_SESSION_TOKEN"]);
  const ends = nonEmpty(environment["AWS_CREDENTIAL_EXPIRATION"]);
  const expiration = ends === undefined ? undefined : new Date(ends);
  return { kind: "keys", keys: { accessKeyId, secretAccessKey, sessionToken, expiration } };
}

/** A role that is assumed with other credentials; `visited` are the profiles of the chain so far. */
function planRole(
  name: string,
  visited: readonly string[],
  config: SharedConfig,
  environment: NodeJS.ProcessEnv,
): RolePlan | undefined {
  const settings = config.profiles.get(name);
  const roleArn = stringSetting(settings, "role_arn");
  if (!settings || roleArn === undefined || settings.has("web_identity_token_file")) return undefined;
  const sourceProfile = stringSetting(settings, "source_profile");
  const duration = Number(stringSetting(settings, "duration_seconds"));
  return {
    kind: "role",
    roleArn,
    sessionName: stringSetting(settings, "role_session_name"),
    externalId: stringSetting(settings, "external_id"),
    mfaSerial: stringSetting(settings, "mfa_serial"),
    durationSeconds: Number.isInteger(duration) ? duration : undefined,
    source: planSource({ name, settings, visited }, config, environment),
    sourceProfile,
  };
}

interface RoleProfile {
  name: string;
  settings: IniSection;
  visited: readonly string[];
}

function planSource(role: RoleProfile, config: SharedConfig, environment: NodeJS.ProcessEnv): CredentialPlan {
  const { name, settings } = role;
  const source = stringSetting(settings, "source_profile");
  const machine = stringSetting(settings, "credential_source");
  if (source !== undefined && machine !== undefined) {
    throw invalid(name, `Profile ${name} has both source_profile and credential_source.`);
  }
  if (source !== undefined) return planSourceProfile(role, source, config, environment);
  if (machine === undefined) {
    throw invalid(name, `Profile ${name} has role_arn, but neither source_profile nor credential_source.`);
  }
  return planMachine(name, machine, environment);
}

function planMachine(name: string, source: string, environment: NodeJS.ProcessEnv): CredentialPlan {
  switch (source) {
    case "Environment": {
      const keys = environmentKeys(environment);
      if (keys) return keys;
      throw invalid(
        name,
        `Profile ${name} has credential_source = Environment, but AWS_ACCESS_KEY_ID isn't set.`,
      );
    }
    case "EcsContainer":
      if (hasContainer(environment)) return { kind: "container" };
      throw invalid(
        name,
        `Profile ${name} has credential_source = EcsContainer, but this isn't a container of ECS or EKS.`,
      );
    case "Ec2InstanceMetadata":
      return { kind: "instance" };
    default:
      throw invalid(
        name,
        `Profile ${name} has credential_source = ${source}; it must be Environment, EcsContainer or Ec2InstanceMetadata.`,
      );
  }
}

function planSourceProfile(
  { name, visited }: RoleProfile,
  source: string,
  config: SharedConfig,
  environment: NodeJS.ProcessEnv,
): CredentialPlan {
  const settings = config.profiles.get(source);
  if (!settings) throw new CredentialError({ reason: "sourceProfileMissing", profile: name, source });
  const hasKeys = settings.has("aws_access_key_id") || settings.has("aws_secret_access_key");
  if (visited.includes(source) && !(source === name && hasKeys)) {
    throw new CredentialError({ reason: "sourceProfileCycle", profile: name, chain: [...visited, source] });
  }
  const found = hasKeys ? undefined : planRole(source, [...visited, source], config, environment);
  const plan = found ?? planProfile(source, config, {});
  if (plan) return plan;
  throw new CredentialError({ reason: "noCredentials", profile: source });
}

/** What a profile has of its own, without a role that is assumed with other credentials. */
function planProfile(
  name: string,
  config: SharedConfig,
  environment: NodeJS.ProcessEnv,
): CredentialPlan | undefined {
  const settings = config.profiles.get(name);
  return (
    planWebIdentity(name, settings, environment) ??
    planSso(name, settings, config) ??
    profileKeys(name, config.credentialsProfiles) ??
    planLogin(name, settings) ??
    planProcess(name, settings) ??
    profileKeys(name, config.configProfiles)
  );
}

function planWebIdentity(
  name: string,
  settings: IniSection | undefined,
  environment: NodeJS.ProcessEnv,
): WebIdentityPlan | undefined {
  const get = (variable: string, setting: string): string | undefined =>
    environment[variable] ?? stringSetting(settings, setting);
  const tokenFile = nonEmpty(get("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file"));
  if (tokenFile === undefined) return undefined;
  const roleArn = nonEmpty(get("AWS_ROLE_ARN", "role_arn"));
  if (roleArn === undefined)
    throw invalid(name, `Profile ${name} has a web identity token, but no role_arn.`);
  return {
    kind: "webIdentity",
    tokenFile,
    roleArn,
    sessionName: get("AWS_ROLE_SESSION_NAME", "role_session_name"),
  };
}

function planSso(name: string, settings: IniSection | undefined, config: SharedConfig): SsoPlan | undefined {
  if (!settings?.has("sso_account_id") && !settings?.has("sso_role_name")) return undefined;
  const session = stringSetting(settings, "sso_session");
  const shared = session === undefined ? new Map<string, never>() : config.ssoSessions.get(session);
  if (!shared)
    throw invalid(name, `Profile ${name} names the sso-session ${session}, which isn't in your AWS config.`);
  for (const [key, value] of shared) {
    if (settings.has(key) && settings.get(key) !== value) {
      throw invalid(name, `Profile ${name} and its sso-session ${session} disagree on ${key}.`);
    }
  }
  const all: IniSection = new Map([...settings, ...shared]);
  const required = (key: string): string => {
    const value = stringSetting(all, key);
    if (value !== undefined) return value;
    throw invalid(name, `Profile ${name} uses IAM Identity Center, but has no ${key}.`);
  };
  return {
    kind: "sso",
    profile: name,
    session,
    startUrl: required("sso_start_url"),
    region: required("sso_region"),
    account: required("sso_account_id"),
    role: required("sso_role_name"),
  };
}

function planLogin(profile: string, settings: IniSection | undefined): LoginPlan | undefined {
  const session = stringSetting(settings, "login_session");
  return session === undefined ? undefined : { kind: "login", profile, session };
}

function planProcess(profile: string, settings: IniSection | undefined): ProcessPlan | undefined {
  const command = stringSetting(settings, "credential_process");
  return command === undefined ? undefined : { kind: "process", profile, command };
}

function profileKeys(name: string, profiles: ReadonlyMap<string, IniSection>): CredentialPlan | undefined {
  const settings = profiles.get(name);
  const accessKeyId = stringSetting(settings, "aws_access_key_id");
  if (accessKeyId === undefined) return undefined;
  const secretAccessKey = stringSetting(settings, "aws_secret_access_key");
  if (secretAccessKey === undefined) {
    throw invalid(name, `Profile ${name} has aws_access_key_id, but no aws_secret_access_key.`);
  }
  const sessionToken =
    stringSetting(settings, "aws_security_token") ?? stringSetting(settings, "aws_session_token");
  return { kind: "keys", keys: { accessKeyId, secretAccessKey, sessionToken } };
}

function hasContainer(environment: NodeJS.ProcessEnv): boolean {
  const names = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  return names.some((name) => nonEmpty(environment[name]) !== undefined);
}

function invalid(profile: string | undefined, detail: string): CredentialError {
  return new CredentialError({ reason: "profileInvalid", profile, detail });
}
