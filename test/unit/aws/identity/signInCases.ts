import { createHash, generateKeyPairSync } from "node:crypto";
import type { IdentityCase } from "./cases.ts";
import { keyLines, secretOf, tokenOf } from "./standIn.ts";

const MINUTE_MS = 60_000;
const dev = { profile: "dev" };
const startUrl = "https://corp.invalid/start";
const account = ["sso_account_id = 123456789012", "sso_role_name = Dev"];
const session = (name: string): string[] => [
  `[sso-session ${name}]`,
  "sso_region = eu-north-1",
  `sso_start_url = ${startUrl}`,
];
const profile = (...more: string[]): string[] => ["[profile dev]", "region = eu-west-1", ...more];

function inMinutes(minutes: number): string {
  return new Date(Date.now() + minutes * MINUTE_MS).toISOString().replace(/\.\d+/, "");
}

/** The token of `aws sso login`, by the name of the session or by the start URL. */
function ssoToken(name: string, minutes: number, more: object = {}): Record<string, string> {
  const path = `.aws/sso/cache/${createHash("sha1").update(name).digest("hex")}.json`;
  const token = {
    accessToken: "sso-token",
    expiresAt: inMinutes(minutes),
    region: "eu-north-1",
    startUrl,
    ...more,
  };
  return { [path]: JSON.stringify(token) };
}

const renewable = (refreshToken: string, minutes = 600): object => ({
  clientId: "client",
  clientSecret: "client-secret",
  refreshToken,
  registrationExpiresAt: inMinutes(minutes),
});

/** The session of `aws login`. */
function loginToken(minutes: number, refreshToken: string): Record<string, string> {
  const path = `.aws/login/cache/${createHash("sha256").update("arn:me").digest("hex")}.json`;
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = "ASIAlogin";
  const accessToken = {
    accessKeyId: key,
    secretAccessKey: secretOf(key),
    sessionToken: tokenOf(key),
    accountId: "123456789012",
    expiresAt: inMinutes(minutes),
  };
  const dpopKey = privateKey.export({ type: "sec1", format: "pem" });
  return {
    [path]: JSON.stringify({ accessToken, clientId: "client", refreshToken, dpopKey, tokenType: "dpop" }),
  };
}

const sso = profile("sso_session = corp", ...account);
const NO_CRT = "its version 1 needs a library for this that isn't always there";
const key = "ASIADev123456789012";

const SSO: readonly IdentityCase[] = [
  {
    title: "a session of IAM Identity Center",
    config: [...sso, ...session("corp")],
    files: ssoToken("corp", 60),
    connection: dev,
    key,
  },
  {
    title: "a session whose name has a space",
    config: [...profile("sso_session = my corp", ...account), ...session('"my corp"')],
    files: ssoToken("my corp", 60),
    connection: dev,
    key,
  },
  {
    title: "the older kind, without a session",
    config: profile("sso_region = eu-north-1", `sso_start_url = ${startUrl}`, ...account),
    files: ssoToken(startUrl, 60),
    connection: dev,
    key,
  },
  {
    title: "a session before keys of the credentials file",
    config: [...sso, ...session("corp")],
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    files: ssoToken("corp", 60),
    connection: dev,
    key,
  },
  {
    title: "a session that has expired and can be renewed",
    config: [...sso, ...session("corp")],
    files: ssoToken("corp", -5, renewable("sso-refresh")),
    connection: dev,
    key,
  },
  {
    title: "a session that ends soon and can't be renewed",
    config: [...sso, ...session("corp")],
    // Read when the test begins: others may have taken longer than the token has left.
    get files() {
      return ssoToken("corp", 4, renewable("sso-used"));
    },
    connection: dev,
    key,
  },
  {
    title: "a session that has expired",
    config: [...sso, ...session("corp")],
    files: ssoToken("corp", -5),
    connection: dev,
    failure: "ssoSessionExpired",
  },
  {
    title: "a session that has expired, on a machine with keys of its own",
    config: [...sso, ...session("corp")],
    files: ssoToken("corp", -5),
    environment: { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "secretOfAKIDENV" },
    connection: dev,
    failure: "ssoSessionExpired",
  },
  {
    title: "a session that can't be renewed any more",
    config: [...sso, ...session("corp")],
    files: ssoToken("corp", -5, renewable("sso-used")),
    connection: dev,
    failure: "ssoSessionExpired",
  },
  {
    title: "a session whose registration has expired",
    config: [...sso, ...session("corp")],
    files: ssoToken("corp", -5, renewable("sso-refresh", -5)),
    connection: dev,
    failure: "ssoSessionExpired",
  },
  {
    title: "a session that nobody signed in to",
    config: [...sso, ...session("corp")],
    connection: dev,
    failure: "ssoSessionExpired",
  },
  {
    title: "a token that IAM Identity Center refuses",
    config: [...sso, ...session("corp")],
    files: ssoToken("corp", 60, { accessToken: "sso-other" }),
    connection: dev,
    failure: "ssoSessionExpired",
  },
  {
    title: "a role that IAM Identity Center doesn't give",
    config: [
      ...profile("sso_session = corp", account[0] ?? "", "sso_role_name = denied"),
      ...session("corp"),
    ],
    files: ssoToken("corp", 60),
    connection: dev,
    failure: "ssoRoleRefused",
  },
  { title: "a session that is nowhere", config: sso, connection: dev, failure: "profileInvalid" },
  {
    title: "a session without a role",
    config: [...profile("sso_session = corp", account[0] ?? ""), ...session("corp")],
    connection: dev,
    failure: "profileInvalid",
  },
  {
    title: "a profile and a session that disagree",
    config: [...profile("sso_session = corp", "sso_region = us-east-1", ...account), ...session("corp")],
    files: ssoToken("corp", 60),
    connection: dev,
    failure: "profileInvalid",
  },
  {
    title: "a role with IAM Identity Center as its source",
    config: [
      ...profile("role_arn = arn:aws:iam::1:role/dev", "source_profile = sso"),
      "[profile sso]",
      "sso_session = corp",
      ...account,
      ...session("corp"),
    ],
    files: ssoToken("corp", 60),
    connection: dev,
    key: `ASIAdevBY${key}`,
  },
];

const LOGIN: readonly IdentityCase[] = [
  {
    title: "a session of aws login",
    config: profile("login_session = arn:me"),
    files: loginToken(60, "login-used"),
    connection: dev,
    key: "ASIAlogin",
    notAsked: NO_CRT,
  },
  {
    title: "a session of aws login that is renewed",
    config: profile("login_session = arn:me"),
    files: loginToken(-1, "login-refresh"),
    connection: dev,
    key: "ASIAloginrenewed",
    notAsked: NO_CRT,
  },
  {
    title: "a session of aws login that can't be renewed",
    config: profile("login_session = arn:me"),
    files: loginToken(-1, "login-used"),
    connection: dev,
    failure: "loginExpired",
    notAsked: NO_CRT,
  },
  {
    title: "a session of aws login that nobody signed in to",
    config: profile("login_session = arn:me"),
    connection: dev,
    failure: "loginExpired",
    notAsked: NO_CRT,
  },
  {
    title: "keys of the credentials file before aws login",
    config: profile("login_session = arn:me"),
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    files: loginToken(60, "login-used"),
    connection: dev,
    key: "AKIDDEV",
  },
];

/** What begins with a sign-in of a user's. */
export const SIGN_IN_CASES: readonly IdentityCase[] = [...SSO, ...LOGIN];
