import { createPrivateKey, createPublicKey, randomUUID, sign } from "node:crypto";
import { CreateOAuth2TokenCommand, SigninClient } from "@aws-sdk/nested-clients/signin";
import { CredentialError } from "../../core/credentials/credentialFailures.ts";
import type { AwsKeys, LoginPlan } from "./plan.ts";
import { refusalOf, serviceOptions, unreachable, withClient } from "./services.ts";
import type { SourceContext } from "./source.ts";
import { readToken, tokenFileOf, writeToken } from "./tokenCache.ts";

/** Credentials that expire sooner than this are renewed, in milliseconds. */
const RENEW_MS = 5 * 60_000;

/** The cache file of `aws login`. */
interface LoginToken {
  accessToken: AwsKeys & { expiresAt: string };
  clientId: string;
  refreshToken: string;
  /** A private key of the curve P-256, in PEM. */
  dpopKey: string;
  signInRegion?: string;
}

/** Gets the credentials of `aws login`, and renews them if they're about to expire. Rejects with a `CredentialError`. */
export async function loginCredentials(plan: LoginPlan, context: SourceContext): Promise<AwsKeys> {
  const file = tokenFileOf(plan, context.environment) ?? "";
  const token = await readToken(file);
  if (!isLoginToken(token)) throw expired(plan, context);
  const left = Date.parse(token.accessToken.expiresAt) - Date.now();
  if (left > RENEW_MS) return toKeys(token);
  try {
    const renewed = await renew(token, context);
    await writeToken(file, renewed);
    return toKeys(renewed);
  } catch (error) {
    if (refusalOf(error)) throw expired(plan, context, error);
    if (left > 0) return toKeys(token);
    throw unreachable("AWS Sign-In", context.profile, error);
  }
}

function isLoginToken(
  token: Readonly<Record<string, unknown>> | undefined,
): token is LoginToken & Record<string, unknown> {
  const has = (key: string): boolean => typeof token?.[key] === "string";
  const keys = token?.["accessToken"];
  const isComplete = has("clientId") && has("refreshToken") && has("dpopKey");
  return (
    isComplete && typeof keys === "object" && keys !== null && "expiresAt" in keys && "accessKeyId" in keys
  );
}

function expired(
  { profile: signInProfile }: LoginPlan,
  { profile }: SourceContext,
  cause?: unknown,
): CredentialError {
  return new CredentialError({ reason: "loginExpired", profile, signInProfile }, { cause });
}

async function renew(token: LoginToken, { services, signal }: SourceContext): Promise<LoginToken> {
  const { clientId, refreshToken, dpopKey, signInRegion } = token;
  const client = new SigninClient(serviceOptions(services, "signin", signInRegion));
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as SentRequest;
      request.headers["DPoP"] = proof(dpopKey, request);
      return next(args);
    },
    { step: "finalizeRequest", name: "proveKey" },
  );
  const tokenInput = { clientId, refreshToken, grantType: "refresh_token" };
  const { tokenOutput } = await withClient(client, (signin) =>
    signin.send(new CreateOAuth2TokenCommand({ tokenInput }), { abortSignal: signal }),
  );
  if (!tokenOutput?.accessToken) throw new Error("The answer has no credentials.");
  const { accessKeyId, secretAccessKey, sessionToken } = tokenOutput.accessToken;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new Error("The answer has no credentials.");
  const expiresAt = new Date(Date.now() + (tokenOutput.expiresIn ?? 0) * 1000).toISOString();
  return {
    ...token,
    accessToken: { ...token.accessToken, accessKeyId, secretAccessKey, sessionToken, expiresAt },
    refreshToken: tokenOutput.refreshToken ?? refreshToken,
  };
}

interface SentRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  headers: Record<string, string>;
}

/** A proof of possession of the sign-in's key (RFC 9449, DPoP). */
function proof(pem: string, { method, protocol, hostname, port, path }: SentRequest): string {
  const key = createPrivateKey(pem);
  const { kty, crv, x, y } = createPublicKey(key).export({ format: "jwk" });
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, x, y, crv } };
  const claims = {
    htm: method,
    htu: `${protocol}//${host}${path}`,
    iat: Math.floor(Date.now() / 1000),
    jti: randomUUID(),
  };
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

function toKeys({ accessToken }: LoginToken): AwsKeys {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = accessToken;
  return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiresAt) };
}
