import { fromIni } from "@aws-sdk/credential-providers";
import { loadSharedConfigFiles } from "@smithy/core/config";
import type { FunctionCredentials } from "../core/ports.ts";
import { UserError } from "../core/userError.ts";
import type { AskMfaCode } from "./client.ts";
import { findRegion } from "./profiles.ts";

/**
 * The credentials of one profile of the shared AWS configuration files, read anew, and its region. No other source is
 * tried: what is asked for is this profile. Throws a `UserError`.
 */
export async function profileCredentials(
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
