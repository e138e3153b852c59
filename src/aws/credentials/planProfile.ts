import { CredentialError } from "../../core/credentials/credentialFailures.ts";
import type { IniSection } from "../config/iniFile.ts";
import { nonEmpty } from "../config/profileSettings.ts";
import { type SharedConfig, stringSetting } from "../config/sharedConfig.ts";
import type { CredentialPlan, LoginPlan, ProcessPlan, SsoPlan, WebIdentityPlan } from "./plan.ts";

/** The credentials of a profile itself, without a role that's assumed with others. */
export function planProfile(
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

/** Settings that can't be used; `detail` is a sentence. */
export function invalid(profile: string | undefined, detail: string): CredentialError {
  return new CredentialError({ reason: "profileInvalid", profile, detail });
}
