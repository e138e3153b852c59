import { request } from "node:http";
import { text } from "node:stream/consumers";
import { fromHttp } from "@aws-sdk/credential-providers";
import { CredentialError } from "../../core/credentials/credentialFailures.ts";
import { nonEmpty } from "../config/profileSettings.ts";
import type { AwsKeys } from "./plan.ts";
import { type InstanceMetadata, sentence } from "./services.ts";
import type { SourceContext } from "./source.ts";

/** Gets the credentials of the container's role (ECS, EKS). Rejects with a `CredentialError`. */
export async function containerCredentials({ environment, profile }: SourceContext): Promise<AwsKeys> {
  const get = (name: string): string | undefined => nonEmpty(environment[name]);
  try {
    const provide = fromHttp({
      awsContainerCredentialsRelativeUri: get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
      awsContainerCredentialsFullUri: get("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
      awsContainerAuthorizationTokenFile: get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
      awsContainerAuthorizationToken: get("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
      maxRetries: 1,
      logger: SILENT,
    });
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provide();
    return { accessKeyId, secretAccessKey, sessionToken, expiration };
  } catch (error) {
    throw unavailable("container", profile, error);
  }
}

const nothing = (): void => undefined;
/** The SDK warns on the console where two variables are set; which one counts is documented. */
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

const ROLE_PATH = "/latest/meta-data/iam/security-credentials/";
const TIMEOUT_MS = 1_000;

/** Gets the credentials of the instance's role (EC2 User Guide, Instance metadata). Rejects with a `CredentialError`. */
export async function instanceCredentials({ profile, services }: SourceContext): Promise<AwsKeys> {
  const { instance } = services;
  try {
    if (instance.disabled) throw new Error("AWS_EC2_METADATA_DISABLED is set.");
    const headers = await tokenHeaders(instance);
    const role = (await get(instance, ROLE_PATH, { headers })).trim();
    const given = JSON.parse(await get(instance, ROLE_PATH + role, { headers })) as Record<string, unknown>;
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = given;
    if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string" || typeof Token !== "string") {
      throw new Error("Its answer has no credentials.");
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: Token,
      expiration: new Date(String(Expiration)),
    };
  } catch (error) {
    throw unavailable("instance", profile, error);
  }
}

/** Some containers can't get a token: the older protocol has none. */
async function tokenHeaders(instance: InstanceMetadata): Promise<Record<string, string>> {
  try {
    const headers = { "x-aws-ec2-metadata-token-ttl-seconds": "21600" };
    const token = await get(instance, "/latest/api/token", { method: "PUT", headers });
    return { "x-aws-ec2-metadata-token": token };
  } catch (error) {
    if (instance.tokenRequired || (error instanceof HttpError && error.status === 400)) throw error;
    return {};
  }
}

class HttpError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`It answered with status ${status}.`);
    this.status = status;
  }
}

function get(
  { endpoint }: InstanceMetadata,
  path: string,
  options: { method?: string; headers: Record<string, string> },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const sent = request(new URL(path, endpoint), { ...options, timeout: TIMEOUT_MS }, (response) => {
    const status = response.statusCode ?? 0;
    if (status === 200) text(response).then(resolve, reject);
    else {
      response.resume();
      reject(new HttpError(status));
    }
  });
  sent.on("timeout", () => sent.destroy(new Error("It didn't answer.")));
  sent.on("error", reject);
  sent.end();
  return promise;
}

function unavailable(
  machine: "container" | "instance",
  profile: string | undefined,
  cause: unknown,
): CredentialError {
  // the message of a syntax error repeats what was read, and that may be a key
  const broken = cause instanceof SyntaxError ? "Its answer isn't JSON." : undefined;
  const detail = broken ?? sentence(cause instanceof Error ? cause.message : String(cause));
  return new CredentialError({ reason: "machineRoleUnavailable", profile, machine, detail }, { cause });
}
