import { readFile } from "node:fs/promises";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  STSClient,
} from "@aws-sdk/nested-clients/sts";
import { CredentialError } from "../../core/credentials/credentialFailures.ts";
import { keyRefusal } from "../../core/credentials/refusedKeys.ts";
import type { AwsKeys, RolePlan, WebIdentityPlan } from "./plan.ts";
import { refusalOf, sentence, serviceOptions, unreachable, withClient } from "./services.ts";
import type { SourceContext } from "./source.ts";

/** Assumes a role with other credentials, and asks for an MFA code if the role requires one. Rejects with a `CredentialError`. */
export async function assumeRole(plan: RolePlan, context: SourceContext): Promise<AwsKeys> {
  const { mfaSerial, roleArn } = plan;
  const source = await context.resolve(plan.source);
  const code = mfaSerial === undefined ? undefined : await askForCode(mfaSerial, context);
  const command = new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: plan.sessionName ?? newSessionName(),
    ExternalId: plan.externalId,
    DurationSeconds: plan.durationSeconds,
    SerialNumber: mfaSerial,
    TokenCode: code,
  });
  const options = { ...serviceOptions(context.services, "sts"), credentials: { ...source } };
  try {
    const { Credentials: given } = await withClient(new STSClient(options), (sts) =>
      sts.send(command, { abortSignal: context.signal }),
    );
    return toKeys(given, context);
  } catch (error) {
    throw whyNotAssumed(error, plan, context);
  }
}

async function askForCode(device: string, { askMfaCode, profile, signal }: SourceContext): Promise<string> {
  const code = await askMfaCode(device, profile, signal);
  if (code !== undefined) return code;
  throw new CredentialError({ reason: "mfaCanceled", profile, device });
}

function whyNotAssumed(error: unknown, plan: RolePlan, { profile }: SourceContext): CredentialError {
  if (error instanceof CredentialError) return error;
  const { mfaSerial: device, roleArn: role, sourceProfile: source } = plan;
  const refusal = refusalOf(error);
  if (!refusal) return unreachable("AWS STS", profile, error);
  const { name, message: detail } = refusal;
  const cause = { cause: error };
  if (keyRefusal(name)) {
    return new CredentialError({ reason: "sourceCredentialsRefused", profile, source, detail }, cause);
  }
  if (device !== undefined && name.startsWith("AccessDenied")) {
    return new CredentialError({ reason: "mfaRefused", profile, device, role, detail }, cause);
  }
  return new CredentialError({ reason: "roleRefused", profile, role, detail }, cause);
}

/** Assumes a role with a token in a file. Rejects with a `CredentialError`. */
export async function assumeRoleWithWebIdentity(
  { tokenFile, roleArn, sessionName }: WebIdentityPlan,
  context: SourceContext,
): Promise<AwsKeys> {
  const { profile, services, signal } = context;
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: roleArn,
    RoleSessionName: sessionName ?? newSessionName(),
    WebIdentityToken: await readToken(tokenFile, profile),
  });
  try {
    const { Credentials: given } = await withClient(new STSClient(serviceOptions(services, "sts")), (sts) =>
      sts.send(command, { abortSignal: signal }),
    );
    return toKeys(given, context);
  } catch (error) {
    if (error instanceof CredentialError) throw error;
    const refusal = refusalOf(error);
    if (!refusal) throw unreachable("AWS STS", profile, error);
    const failure = { reason: "roleRefused", profile, role: roleArn, detail: refusal.message } as const;
    throw new CredentialError(failure, { cause: error });
  }
}

async function readToken(file: string, profile: string | undefined): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const detail = sentence(String((error as NodeJS.ErrnoException).code));
    throw new CredentialError({ reason: "tokenFileUnreadable", profile, file, detail }, { cause: error });
  }
}

function toKeys(given: Credentials | undefined, { profile }: SourceContext): AwsKeys {
  if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined) {
    throw unreachable("AWS STS", profile, new Error("The answer has no credentials."));
  }
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    expiration: given.Expiration,
  };
}

function newSessionName(): string {
  return `lambda-invoke-${Date.now()}`;
}
