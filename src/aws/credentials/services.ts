import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { CredentialError, type CredentialService } from "../../core/credentials/credentialFailures.ts";
import type { ServiceName } from "../config/profileSettings.ts";
import { toFailure } from "../failure.ts";

/** How the services that give credentials are reached. */
export interface CredentialServices {
  /** The region of STS; the others have regions of their own. */
  region: string;
  endpoints: Readonly<Record<Exclude<ServiceName, "lambda" | "cloudwatch_logs">, string | undefined>>;
  useFipsEndpoint: boolean;
  useDualstackEndpoint: boolean;
  instance: InstanceMetadata;
  requestHandler: () => NodeHttpHandler;
}

/** How the metadata service of an EC2 instance is reached. */
export interface InstanceMetadata {
  endpoint: string;
  /** AWS_EC2_METADATA_DISABLED */
  disabled: boolean;
  /** Requests without a token aren't made. */
  tokenRequired: boolean;
}

/** The options of an SDK client for one of the services. */
export function serviceOptions(
  services: CredentialServices,
  name: keyof CredentialServices["endpoints"],
  region = services.region,
): ServiceOptions {
  const endpoint = services.endpoints[name];
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ignoreConfiguredEndpointUrls: true,
    useFipsEndpoint: services.useFipsEndpoint,
    useDualstackEndpoint: services.useDualstackEndpoint,
    requestHandler: services.requestHandler(),
  };
}

interface ServiceOptions {
  region: string;
  endpoint?: string;
  ignoreConfiguredEndpointUrls: boolean;
  useFipsEndpoint: boolean;
  useDualstackEndpoint: boolean;
  requestHandler: NodeHttpHandler;
}

/** Sends through a client that is closed afterwards. */
export async function withClient<Client extends { destroy(): void }, T>(
  client: Client,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

/** The type of an error that a service answered with, and its message; undefined where it didn't refuse the request. */
export function refusalOf(error: unknown): { name: string; message: string } | undefined {
  const { statusCode = 0, name, message } = toFailure(error, true);
  const refused = statusCode >= 400 && statusCode < 500 && !/Thrott|TooManyRequests|RequestLimit/.test(name);
  return refused ? { name, message: sentence(message) } : undefined;
}

/** The error for a service that couldn't be called. */
export function unreachable(
  service: CredentialService,
  profile: string | undefined,
  error: unknown,
): CredentialError {
  const detail = sentence(toFailure(error, false).message);
  return new CredentialError({ reason: "serviceUnreachable", service, profile, detail }, { cause: error });
}

/** The string as a sentence on one line. */
export function sentence(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line === "" || /[.!?]$/.test(line) ? line : `${line}.`;
}
