import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsConnection } from "../core/connections/connection.ts";
import { CredentialError } from "../core/credentials/credentialFailures.ts";
import {
  endpointOf,
  flag,
  nonEmpty,
  profileSettings,
  regionOf,
  type ProfileSettings,
  type ServiceName,
} from "./config/profileSettings.ts";
import { pathOf, type SharedConfig, stringSetting } from "./config/sharedConfig.ts";
import type { CredentialPlan } from "./credentials/plan.ts";
import { planCredentials } from "./credentials/planCredentials.ts";
import type { CredentialServices, InstanceMetadata } from "./credentials/services.ts";

/** How calls of a connection are made, as the AWS CLI would decide from the same files and environment. */
export interface ConnectionSettings {
  /** The profile of the connection or the environment; undefined if neither names one. */
  profile: string | undefined;
  /** Undefined if none is set. */
  region: string | undefined;
  endpoint(service: "lambda" | "cloudwatch_logs"): string | undefined;
  useFipsEndpoint: boolean;
  useDualstackEndpoint: boolean;
  /** Certificate authorities to trust in place of this machine's, in PEM. */
  certificates: string | undefined;
}

/** The current files and the environment. */
export interface SettingsSource {
  config: SharedConfig;
  environment: NodeJS.ProcessEnv;
}

/** Decides how calls at a connection are made. Rejects with a `CredentialError`. */
export async function connectionSettings(
  connection: Pick<AwsConnection, "profile" | "region" | "endpoint">,
  { config, environment }: SettingsSource,
): Promise<ConnectionSettings> {
  const profile = profileSettings(connection.profile, config, environment);
  return {
    profile: profile.named ? profile.name : undefined,
    region: connection.region ?? regionOf(profile, environment),
    endpoint: (service) => connection.endpoint ?? endpointOf(service, profile, config, environment),
    useFipsEndpoint: flag("use_fips_endpoint", profile, environment),
    useDualstackEndpoint: flag("use_dualstack_endpoint", profile, environment),
    certificates: await readCertificates(profile, environment),
  };
}

/** Decides where a connection's credentials come from. Throws a `CredentialError`. */
export function credentialPlanOf(
  connection: Pick<AwsConnection, "profile">,
  { config, environment }: SettingsSource,
): CredentialPlan {
  return planCredentials(profileSettings(connection.profile, config, environment), config, environment);
}

/** How the services that give credentials are reached: the profile's own settings, in its own region where it has one. */
export function credentialServices(
  connection: Pick<AwsConnection, "profile" | "region">,
  { config, environment }: SettingsSource,
  settings: ConnectionSettings,
  handler: (certificates: string | undefined) => NodeHttpHandler,
): CredentialServices {
  const profile = profileSettings(connection.profile, config, environment);
  const endpoint = (service: ServiceName): string | undefined =>
    endpointOf(service, profile, config, environment);
  return {
    region: regionOf(profile, environment) ?? connection.region ?? "us-east-1",
    endpoints: {
      sts: endpoint("sts"),
      sso: endpoint("sso"),
      sso_oidc: endpoint("sso_oidc"),
      signin: endpoint("signin"),
    },
    useFipsEndpoint: settings.useFipsEndpoint,
    useDualstackEndpoint: settings.useDualstackEndpoint,
    instance: instanceMetadata(profile, environment),
    requestHandler: () => handler(settings.certificates),
  };
}

/** Identifies a pair of clients. */
export function clientKey(settings: ConnectionSettings): string {
  const { profile, region, useFipsEndpoint, useDualstackEndpoint, certificates = "" } = settings;
  const endpoints = [settings.endpoint("lambda"), settings.endpoint("cloudwatch_logs")];
  const trusted = createHash("sha256").update(certificates).digest("hex");
  return JSON.stringify([profile, region, endpoints, useFipsEndpoint, useDualstackEndpoint, trusted]);
}

async function readCertificates(
  { settings }: ProfileSettings,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const path = nonEmpty(environment["AWS_CA_BUNDLE"]) ?? nonEmpty(stringSetting(settings, "ca_bundle"));
  if (path === undefined) return undefined;
  const file = pathOf(path, environment);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CredentialError({ reason: "caBundleUnreadable", file }, { cause: error });
  }
}

function instanceMetadata(profile: ProfileSettings, environment: NodeJS.ProcessEnv): InstanceMetadata {
  const get = (name: string): string | undefined =>
    nonEmpty(environment[`AWS_${name.toUpperCase()}`]) ?? stringSetting(profile.settings, name);
  const ipv6 = get("ec2_metadata_service_endpoint_mode")?.toLowerCase() === "ipv6";
  return {
    endpoint:
      get("ec2_metadata_service_endpoint") ?? (ipv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"),
    disabled: environment["AWS_EC2_METADATA_DISABLED"]?.toLowerCase() === "true",
    tokenRequired: flag("ec2_metadata_v1_disabled", profile, environment),
  };
}
