import { CredentialError } from "../../core/credentials/credentialFailures.ts";
import type { IniSection } from "../config/iniFile.ts";
import { nonEmpty, type ProfileSettings } from "../config/profileSettings.ts";
import { type SharedConfig, stringSetting } from "../config/sharedConfig.ts";
import type { CredentialPlan, RolePlan } from "./plan.ts";
import { invalid, planProfile } from "./planProfile.ts";

/**
 * Decides where a profile's credentials come from, in the order of the AWS CLI. A named profile never gets
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

function hasContainer(environment: NodeJS.ProcessEnv): boolean {
  const names = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  return names.some((name) => nonEmpty(environment[name]) !== undefined);
}
