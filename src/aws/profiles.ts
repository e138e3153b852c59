import { loadSharedConfigFiles } from "@smithy/core/config";
import type { AwsProfile } from "../core/ports.ts";

/**
 * The profiles of the shared AWS configuration files, the default one first where there is one; the environment's
 * credentials count as the default profile (AWS SDKs and Tools Reference Guide, Shared config and credentials files).
 */
export async function readProfiles(environment: NodeJS.ProcessEnv): Promise<readonly AwsProfile[]> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)].filter(isProfile));
  if (environment["AWS_ACCESS_KEY_ID"] !== undefined) names.add("default");
  const region = regionOf(environment);
  const profiles = [...names].sort(byName).map((name) => {
    const own = configFile[name]?.["region"] ?? credentialsFile[name]?.["region"];
    const found = name === "default" ? (region ?? own) : own;
    return found === undefined ? { name } : { name, region: found };
  });
  return profiles;
}

/**
 * The region of the environment, else that of a profile, read anew; rejects with a `RegionMissing` where there is none.
 * The SDK's own look-up remembers the files as they were when it first read them, and knows no AWS_DEFAULT_REGION.
 */
export async function findRegion(
  profile: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const ofEnvironment = regionOf(environment);
  if (ofEnvironment !== undefined) return ofEnvironment;
  const name = profile ?? environment["AWS_PROFILE"] ?? "default";
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const found = credentialsFile[name]?.["region"] ?? configFile[name]?.["region"];
  if (found !== undefined) return found;
  throw Object.assign(new Error("No region is set for it."), { name: "RegionMissing" });
}

function regionOf(environment: NodeJS.ProcessEnv): string | undefined {
  return environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"];
}

/** The reader of the files gives their other sections too, by these names. */
function isProfile(section: string): boolean {
  return !section.startsWith("sso-session.") && !section.startsWith("services.");
}

function byName(a: string, b: string): number {
  if (a === "default" || b === "default") return a === "default" ? -1 : 1;
  return a.localeCompare(b);
}
