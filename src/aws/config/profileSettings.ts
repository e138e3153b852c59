import { CredentialError } from "../../core/credentials/credentialFailures.ts";
import type { IniSection } from "./iniFile.ts";
import { type SharedConfig, stringSetting } from "./sharedConfig.ts";

/** The profile that a call uses. */
export interface ProfileSettings {
  /** As the connection names it; undefined where it doesn't. */
  asked: string | undefined;
  /** Its name, also if the environment or the default determines it. */
  name: string;
  /** Whether the connection or AWS_PROFILE names it. */
  named: boolean;
  settings: IniSection;
}

/** The profile that a connection uses. Throws a `CredentialError` if a named profile doesn't exist. */
export function profileSettings(
  asked: string | undefined,
  config: SharedConfig,
  environment: NodeJS.ProcessEnv,
): ProfileSettings {
  const named = asked ?? nonEmpty(environment["AWS_PROFILE"]) ?? nonEmpty(environment["AWS_DEFAULT_PROFILE"]);
  const name = named ?? "default";
  const settings = config.profiles.get(name);
  if (!settings && named !== undefined)
    throw new CredentialError({ reason: "profileMissing", profile: name });
  return { asked, name, named: named !== undefined, settings: settings ?? new Map() };
}

/** The region of the environment, or else of the profile. */
export function regionOf({ settings }: ProfileSettings, environment: NodeJS.ProcessEnv): string | undefined {
  return (
    nonEmpty(environment["AWS_REGION"]) ??
    nonEmpty(environment["AWS_DEFAULT_REGION"]) ??
    nonEmpty(stringSetting(settings, "region"))
  );
}

/** The services that are called, by their names in the AWS config (`services` sections and `AWS_ENDPOINT_URL_…`). */
export type ServiceName = "lambda" | "cloudwatch_logs" | "sts" | "sso" | "sso_oidc" | "signin";

/**
 * The configured endpoint of a service; undefined for AWS's own. The variable of the service comes first,
 * then that for all services, then the profile's `services` section, then the profile (AWS SDKs and Tools Reference
 * Guide, Service-specific endpoints). Throws a `CredentialError` where the profile names a section that isn't there.
 */
export function endpointOf(
  service: ServiceName,
  profile: ProfileSettings,
  config: SharedConfig,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (flag("ignore_configured_endpoint_urls", profile, environment)) return undefined;
  return (
    nonEmpty(environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`]) ??
    nonEmpty(environment["AWS_ENDPOINT_URL"]) ??
    serviceEndpoint(service, profile, config) ??
    nonEmpty(stringSetting(profile.settings, "endpoint_url"))
  );
}

function serviceEndpoint(
  service: ServiceName,
  { name, settings }: ProfileSettings,
  config: SharedConfig,
): string | undefined {
  const section = stringSetting(settings, "services");
  if (section === undefined) return undefined;
  const services = config.services.get(section);
  if (!services) {
    const detail = `Profile ${name} names the services section ${section}, which isn't in your AWS config.`;
    throw new CredentialError({ reason: "profileInvalid", profile: name, detail });
  }
  const own = services.get(service);
  return typeof own === "object" ? nonEmpty(own.get("endpoint_url")) : undefined;
}

/** A setting that is true or false, of the environment (`AWS_…`) or else of the profile. */
export function flag(
  name:
    | "ignore_configured_endpoint_urls"
    | "use_fips_endpoint"
    | "use_dualstack_endpoint"
    | "ec2_metadata_v1_disabled",
  { settings }: ProfileSettings,
  environment: NodeJS.ProcessEnv,
): boolean {
  const value = environment[`AWS_${name.toUpperCase()}`] ?? stringSetting(settings, name);
  return value?.toLowerCase() === "true";
}

/** An empty variable counts as unset. */
export function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
