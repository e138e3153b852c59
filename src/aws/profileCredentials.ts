import { fromIni } from "@aws-sdk/credential-providers";
import { loadSharedConfigFiles } from "@smithy/core/config";
import type { FunctionCredentials } from "@lambda-invoke/local/contract/workspace.ts";
import { UserError } from "../core/userError.ts";
import type { AskMfaCode } from "./client.ts";
import { findRegion } from "./profiles.ts";

/** Credentials that end sooner are not given again, in milliseconds. */
const MARGIN_MS = 5 * 60_000;

/**
 * Gives the credentials of profiles of the shared AWS configuration files, and their regions, read anew each time; only
 * those that took a code of the person's are given again until they end. What it gives rejects with a `UserError`.
 */
export function profileCredentials(
  askMfaCode: AskMfaCode,
  environment: NodeJS.ProcessEnv,
): (profile: string) => Promise<FunctionCredentials> {
  const typed = new Map<string, FunctionCredentials>();
  const pending = new Map<string, Promise<FunctionCredentials>>();
  const give = async (profile: string): Promise<FunctionCredentials> => {
    const held = typed.get(profile);
    if (held && (held.expiration ?? 0) > Date.now() + MARGIN_MS) return held;
    let asked = false;
    const ask: AskMfaCode = (device) => ((asked = true), askMfaCode(device));
    const found = await read(profile, ask, environment);
    if (asked) typed.set(profile, found);
    return found;
  };
  return (profile) => {
    // Several functions may start at once, and the person is asked once.
    const shared = pending.get(profile) ?? give(profile).finally(() => pending.delete(profile));
    pending.set(profile, shared);
    return shared;
  };
}

/** No other source is tried: what is asked for is this profile. */
async function read(
  profile: string,
  askMfaCode: AskMfaCode,
  environment: NodeJS.ProcessEnv,
): Promise<FunctionCredentials> {
  const settings = await settingsOf(profile);
  const provide = fromIni({ profile, ignoreCache: true, mfaCodeProvider: askMfaCode });
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provide();
    const region = await findRegion(profile, environment).catch(() => undefined);
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiration: expiration.getTime() }),
      ...(region === undefined ? {} : { region }),
    };
  } catch (error) {
    throw cannotBeHad(profile, settings, error);
  }
}

type ProfileSettings = Readonly<Record<string, string | undefined>>;

async function settingsOf(profile: string): Promise<ProfileSettings> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const found = [configFile, credentialsFile].filter((file) => Object.hasOwn(file, profile));
  if (found.length > 0) return Object.assign({}, ...found.map((file) => file[profile])) as ProfileSettings;
  throw new UserError(
    `There is no AWS profile ${profile}. Change the setting lambdaInvoke.local.profile, or add the profile with \`aws configure --profile ${profile}\`.`,
  );
}

function cannotBeHad(profile: string, settings: ProfileSettings, error: unknown): UserError {
  const why = error instanceof Error ? error.message : String(error);
  return new UserError(
    `The AWS profile ${profile} gives none. ${sentence(why)} ${advice(profile, settings)}`,
    {
      cause: error,
    },
  );
}

function advice(profile: string, settings: ProfileSettings): string {
  const has = (...names: string[]): boolean => names.some((name) => settings[name] !== undefined);
  if (has("sso_session", "sso_start_url")) return `Sign in with \`aws sso login --profile ${profile}\`.`;
  if (has("login_session")) return `Sign in with \`aws login --profile ${profile}\`.`;
  return `Find out more with \`aws sts get-caller-identity --profile ${profile}\`.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
