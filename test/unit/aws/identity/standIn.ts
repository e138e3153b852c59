import type { ServerResponse } from "node:http";
import { readClaim, verifySignature } from "../../../../packages/local/src/http/signature.ts";
import { type SeenRequest, startServer, type TestServer } from "../faultyServer.ts";

/** A call of the Lambda API, as its signature says it. */
export interface SeenCall {
  key: string;
  region: string;
  /** The address that it came to. */
  endpoint: string;
}

/** A server that plays Lambda and everything that gives credentials, and checks each signature. */
export interface StandIn extends TestServer {
  /** The calls of Lambda whose signature is right, in order. */
  calls: SeenCall[];
  /** The requests for credentials: the path, or the action of STS. */
  asked: string[];
  /** What STS was asked with. */
  stsRegions: string[];
  /** Access key ids that are refused, as if they were expired. */
  refused: Set<string>;
  /** When the credentials that it gives end. */
  ends: Date;
  /** The functions that it lists. */
  functions: string[];
}

/** The secret of every key pair, and the token of every session, follow from the key's id. */
export const secretOf = (key: string): string => `secretOf${key}`;
export const tokenOf = (key: string): string => `tokenOf${key}`;

/** The lines of a profile that has a key pair. */
export function keyLines(key: string): string[] {
  return [`aws_access_key_id = ${key}`, `aws_secret_access_key = ${secretOf(key)}`];
}

export async function startStandIn(): Promise<StandIn> {
  const state = {
    calls: [],
    asked: [],
    stsRegions: [],
    refused: new Set<string>(),
    ends: new Date(Date.now() + 3_600_000),
    functions: [],
  };
  const server = await startServer((response, request) => {
    answer(standIn, request).then(
      ({ status = 200, body, type = "application/json" }) => send(response, status, type, body),
      () => send(response, 403, "application/json", JSON.stringify({ message: "The signature is wrong." })),
    );
  });
  const standIn: StandIn = Object.assign(server, state);
  return standIn;
}

interface Answer {
  status?: number;
  type?: string;
  body: string;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  const refused = status === 403 ? { "x-amzn-errortype": "ExpiredTokenException" } : {};
  response.writeHead(status, { "content-type": type, ...refused });
  response.end(body);
}

async function answer(standIn: StandIn, request: SeenRequest): Promise<Answer> {
  const { pathname } = request.url;
  if (pathname.includes("/functions")) return lambda(standIn, request);
  if (pathname === "/" && request.method === "POST") return sts(standIn, request);
  standIn.asked.push(pathname);
  if (pathname === "/latest/api/token") return { type: "text/plain", body: "imds-token" };
  if (pathname.startsWith("/latest/meta-data")) return instance(standIn, request);
  if (pathname === "/container") return container(standIn, request);
  if (pathname === "/federation/credentials") return ssoRole(standIn, request);
  if (pathname === "/token") return ssoToken(request);
  if (pathname === "/v1/token") return signIn(request);
  return { status: 404, body: "{}" };
}

async function lambda(standIn: StandIn, request: SeenRequest): Promise<Answer> {
  const { key, region } = await signer(request);
  if (standIn.refused.has(key)) return { status: 403, body: JSON.stringify({ message: "It has expired." }) };
  standIn.calls.push({ key, region, endpoint: standIn.endpoint });
  if (request.method === "POST") return { status: 202, body: "" };
  const Functions = standIn.functions.map((FunctionName) => ({
    FunctionName,
    FunctionArn: `arn:aws:lambda:${region}:123456789012:function:${FunctionName}`,
  }));
  return { body: JSON.stringify({ Functions }) };
}

/** Who signed a request, and for which region; rejects where the signature or the session's token is wrong. */
async function signer(request: SeenRequest): Promise<{ key: string; region: string }> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const accessKeyId = /Credential=([^/]+)\//.exec(headers["authorization"] ?? "")?.[1] ?? "";
  const keys = { accessKeyId, secretAccessKey: secretOf(accessKeyId) };
  const claim = readClaim(headers, keys, Date.now());
  const { method, url, body } = request;
  await verifySignature(claim, { method, path: url.pathname, query: url.searchParams, headers }, body, keys);
  const token = headers["x-amz-security-token"];
  if (token !== (accessKeyId.startsWith("ASIA") ? tokenOf(accessKeyId) : undefined)) throw new Error("token");
  return { key: accessKeyId, region: claim.region };
}

/** A role's key tells who assumed it: `ASIAadminBYAKIDBASE`. */
async function sts(standIn: StandIn, request: SeenRequest): Promise<Answer> {
  const form = new URLSearchParams(request.body.toString());
  const action = form.get("Action") ?? "";
  standIn.asked.push(action);
  const isWeb = action === "AssumeRoleWithWebIdentity";
  const caller = isWeb ? { key: form.get("WebIdentityToken"), region: "" } : await signer(request);
  if (!isWeb) standIn.stsRegions.push(caller.region);
  const role = form.get("RoleArn")?.split("/").at(-1) ?? "";
  if (standIn.refused.has(caller.key ?? "")) return stsError(403, "ExpiredToken");
  if (role === "denied" || form.get("TokenCode") === "000000") return stsError(403, "AccessDenied");
  const extra = [form.get("ExternalId"), form.get("TokenCode")].filter((each) => each !== null);
  const key = `ASIA${[role, ...extra].join("-")}BY${caller.key}`;
  const result = `<Credentials>${xml(sessionOf(standIn, key), "SessionToken")}</Credentials>`;
  return {
    type: "text/xml",
    body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result></${action}Response>`,
  };
}

function stsError(status: number, code: string): Answer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>It was ${code}.</Message></Error>`;
  return {
    status,
    type: "text/xml",
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}</ErrorResponse>`,
  };
}

interface Session {
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
  Expiration: string;
}

function sessionOf({ ends }: StandIn, key: string): Session {
  const Expiration = ends.toISOString().replace(/\.\d+/, "");
  return { AccessKeyId: key, SecretAccessKey: secretOf(key), Token: tokenOf(key), Expiration };
}

function xml({ AccessKeyId, SecretAccessKey, Token, Expiration }: Session, token: string): string {
  return `<AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey><${token}>${Token}</${token}><Expiration>${Expiration}</Expiration>`;
}

function instance(standIn: StandIn, { headers, url }: SeenRequest): Answer {
  if (headers["x-aws-ec2-metadata-token"] !== "imds-token") return { status: 401, body: "" };
  if (url.pathname.endsWith("/security-credentials/")) return { type: "text/plain", body: "web" };
  return { body: JSON.stringify({ Code: "Success", ...sessionOf(standIn, "ASIAinstance") }) };
}

function container(standIn: StandIn, { headers }: SeenRequest): Answer {
  if (headers.authorization !== "container-token") return { status: 403, body: "{}" };
  return { body: JSON.stringify(sessionOf(standIn, "ASIAcontainer")) };
}

/** IAM Identity Center, GetRoleCredentials: `sso-token` and `sso-renewed` are good. */
function ssoRole(standIn: StandIn, { headers, url }: SeenRequest): Answer {
  const token = String(headers["x-amz-sso_bearer_token"]);
  if (!["sso-token", "sso-renewed"].includes(token)) {
    return {
      status: 401,
      body: JSON.stringify({
        __type: "UnauthorizedException",
        message: "Session token not found or invalid",
      }),
    };
  }
  if (url.searchParams.get("role_name") === "denied") {
    return { status: 403, body: JSON.stringify({ __type: "ForbiddenException", message: "No access" }) };
  }
  const session = sessionOf(
    standIn,
    `ASIA${url.searchParams.get("role_name")}${url.searchParams.get("account_id")}`,
  );
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = session;
  const roleCredentials = { accessKeyId, secretAccessKey, sessionToken, expiration: standIn.ends.getTime() };
  return { body: JSON.stringify({ roleCredentials }) };
}

function ssoToken({ body }: SeenRequest): Answer {
  const { refreshToken } = JSON.parse(body.toString()) as { refreshToken?: string };
  if (refreshToken !== "sso-refresh")
    return { status: 400, body: JSON.stringify({ error: "invalid_grant" }) };
  return {
    body: JSON.stringify({
      accessToken: "sso-renewed",
      expiresIn: 3600,
      refreshToken: "sso-refresh-2",
      tokenType: "Bearer",
    }),
  };
}

/** AWS Sign-In, CreateOAuth2Token: wants a proof of the key. */
function signIn({ headers, body }: SeenRequest): Answer {
  const { refreshToken } = JSON.parse(body.toString()) as { refreshToken?: string };
  if (refreshToken !== "login-refresh" || String(headers["dpop"]).split(".").length !== 3) {
    return { status: 400, body: JSON.stringify({ error: "TOKEN_EXPIRED", message: "Expired" }) };
  }
  const key = "ASIAloginrenewed";
  const accessToken = { accessKeyId: key, secretAccessKey: secretOf(key), sessionToken: tokenOf(key) };
  return {
    body: JSON.stringify({
      accessToken,
      expiresIn: 900,
      refreshToken: "login-refresh-2",
      tokenType: "urn:aws:params:oauth:token-type:access_token_sigv4",
    }),
  };
}
