import { GetRoleCredentialsCommand, SSOClient } from "@aws-sdk/nested-clients/sso";
import { CreateTokenCommand, SSOOIDCClient } from "@aws-sdk/nested-clients/sso-oidc";
import { CredentialError } from "../../core/credentials/credentialFailures.ts";
import type { AwsKeys, SsoPlan } from "./plan.ts";
import { refusalOf, serviceOptions, unreachable, withClient } from "./services.ts";
import type { SourceContext } from "./source.ts";
import { readToken, tokenFileOf, writeToken } from "./tokenCache.ts";

/** A token that expires sooner than this is renewed, in milliseconds. */
const RENEW_MS = 15 * 60_000;

/** Gets the credentials of a role from IAM Identity Center, with the token of `aws sso login`. Rejects with a `CredentialError`. */
export async function ssoCredentials(plan: SsoPlan, context: SourceContext): Promise<AwsKeys> {
  const { account: accountId, role: roleName, region } = plan;
  const accessToken = await findAccessToken(plan, context);
  const client = new SSOClient(serviceOptions(context.services, "sso", region));
  try {
    const { roleCredentials: given } = await withClient(client, (sso) =>
      sso.send(new GetRoleCredentialsCommand({ accountId, roleName, accessToken }), {
        abortSignal: context.signal,
      }),
    );
    if (given?.accessKeyId === undefined || given.secretAccessKey === undefined) {
      throw new Error("The answer has no credentials.");
    }
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = given;
    return {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      expiration: expiration === undefined ? undefined : new Date(expiration),
    };
  } catch (error) {
    throw whyRefused(error, plan, context);
  }
}

function whyRefused(error: unknown, plan: SsoPlan, { profile }: SourceContext): CredentialError {
  const refusal = refusalOf(error);
  if (!refusal) return unreachable("IAM Identity Center", profile, error);
  if (refusal.name === "UnauthorizedException") return expired(plan, profile, error);
  const { account, role } = plan;
  const failure = { reason: "ssoRoleRefused", profile, account, role, detail: refusal.message } as const;
  return new CredentialError(failure, { cause: error });
}

function expired(plan: SsoPlan, profile: string | undefined, cause?: unknown): CredentialError {
  const { profile: signInProfile, session, startUrl } = plan;
  return new CredentialError(
    { reason: "ssoSessionExpired", profile, signInProfile, session, startUrl },
    { cause },
  );
}

async function findAccessToken(plan: SsoPlan, context: SourceContext): Promise<string> {
  const file = tokenFileOf(plan, context.environment) ?? "";
  const token = await readToken(file);
  const { accessToken, expiresAt } = token ?? {};
  if (!token || typeof accessToken !== "string" || typeof expiresAt !== "string") {
    throw expired(plan, context.profile);
  }
  const left = Date.parse(expiresAt) - Date.now();
  const renewed =
    left < RENEW_MS && plan.session !== undefined ? await renew(token, plan, file, context) : undefined;
  if (renewed !== undefined) return renewed;
  if (left > 0) return accessToken;
  throw expired(plan, context.profile);
}

/** Undefined if the token can't be renewed, which may still be valid. */
async function renew(
  token: Readonly<Record<string, unknown>>,
  plan: SsoPlan,
  file: string,
  { services, signal }: SourceContext,
): Promise<string | undefined> {
  const { refreshToken, clientId, clientSecret, registrationExpiresAt } = token;
  if (typeof refreshToken !== "string" || typeof clientId !== "string") return undefined;
  if (typeof clientSecret !== "string" || !(Date.parse(String(registrationExpiresAt)) > Date.now()))
    return undefined;
  const command = new CreateTokenCommand({
    grantType: "refresh_token",
    clientId,
    clientSecret,
    refreshToken,
  });
  try {
    const client = new SSOOIDCClient(serviceOptions(services, "sso_oidc", plan.region));
    const given = await withClient(client, (oidc) => oidc.send(command, { abortSignal: signal }));
    if (given.accessToken === undefined) return undefined;
    await writeToken(file, {
      ...token,
      accessToken: given.accessToken,
      expiresAt: new Date(Date.now() + (given.expiresIn ?? 0) * 1000).toISOString(),
      refreshToken: given.refreshToken,
    });
    return given.accessToken;
  } catch {
    return undefined;
  }
}
