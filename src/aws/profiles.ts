import { isCredentialError } from "../core/credentials/credentialFailures.ts";
import type { AwsProfile } from "../core/ports.ts";
import { nonEmpty, profileSettings, regionOf } from "./config/profileSettings.ts";
import type { Identity } from "./identity.ts";
import { toUserError } from "./profileCredentials.ts";

/**
 * The profiles of the shared AWS files, the default one first where there is one, with the regions that calls use.
 * Rejects with a `UserError` where a file can't be read.
 */
export async function readProfiles(
  identity: Identity,
  environment: NodeJS.ProcessEnv,
): Promise<readonly AwsProfile[]> {
  try {
    const config = await identity.config();
    return [...config.profiles.keys()].sort(byName).map((name) => {
      return { name, region: regionOf(profileSettings(name, config, environment), environment) };
    });
  } catch (error) {
    throw toUserError(error);
  }
}

/** The profile of calls that name none; undefined where this machine has no AWS configuration at all. */
export async function readDefaultProfile(
  identity: Identity,
  environment: NodeJS.ProcessEnv,
): Promise<AwsProfile | undefined> {
  try {
    const config = await identity.config();
    const profile = profileSettings(undefined, config, environment);
    const { name, named } = profile;
    if (!named && !config.profiles.has(name) && !hasCredentials(environment)) return undefined;
    return { name, region: regionOf(profile, environment) };
  } catch (error) {
    if (!isCredentialError(error)) throw error;
    // its row says what is wrong, once its functions are listed
    return { name: "profile" in error.failure ? (error.failure.profile ?? "default") : "default" };
  }
}

/** Whether the environment has credentials, or a source of some. */
function hasCredentials(environment: NodeJS.ProcessEnv): boolean {
  return [
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  ].some((name) => nonEmpty(environment[name]) !== undefined);
}

function byName(a: string, b: string): number {
  if (a === "default" || b === "default") return a === "default" ? -1 : 1;
  return a.localeCompare(b);
}
