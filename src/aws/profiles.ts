import { loadSharedConfigFiles } from "@smithy/core/config";
import type { AwsProfile } from "../core/ports.ts";

/**
 * The profiles of the shared AWS configuration files, the default one first where there is one; the environment's
 * credentials count as the default profile (AWS SDKs and Tools Reference Guide, Shared config and credentials files).
 */
export async function readProfiles(environment: NodeJS.ProcessEnv): Promise<readonly AwsProfile[]> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)]);
  if (environment["AWS_ACCESS_KEY_ID"] !== undefined) names.add("default");
  const region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"];
  const profiles = [...names].sort(byName).map((name) => {
    const own = configFile[name]?.["region"] ?? credentialsFile[name]?.["region"];
    const found = name === "default" ? (region ?? own) : own;
    return found === undefined ? { name } : { name, region: found };
  });
  return profiles;
}

function byName(a: string, b: string): number {
  if (a === "default" || b === "default") return a === "default" ? -1 : 1;
  return a.localeCompare(b);
}
