import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Plays the AWS CLI's sign-in: notes its arguments, gets a token from the OIDC service at SIGN_IN_ENDPOINT, and writes it
 * where the CLI keeps that of the session `corp`. With a file `fails` beside it, it fails as the CLI does; with a file `waits`,
 * it waits until that is gone, as the CLI waits for the browser.
 */
const script = `#!${process.execPath}
const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
appendFileSync(join(__dirname, "runs"), JSON.stringify(process.argv.slice(2)) + "\\n");
if (existsSync(join(__dirname, "fails"))) {
  console.error("The sign-in was refused.");
  process.exit(255);
}
const untilLetGo = async () => {
  while (existsSync(join(__dirname, "waits"))) await new Promise((resolve) => setTimeout(resolve, 50));
};
const body = JSON.stringify({ grantType: "refresh_token", refreshToken: "sso-refresh" });
untilLetGo()
  .then(() => fetch(process.env.SIGN_IN_ENDPOINT + "/token", { method: "POST", body }))
  .then((answer) => answer.json())
  .then(({ accessToken, expiresIn }) => {
    const folder = join(process.env.HOME, ".aws", "sso", "cache");
    const expiresAt = new Date(Date.now() + expiresIn * 1000).toISOString();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "${tokenFileName("corp")}"), JSON.stringify({ accessToken, expiresAt }));
    console.log("Successfully logged in.");
  });
`;

/** The name of the file in which the AWS CLI keeps the token of a session. */
function tokenFileName(session: string): string {
  return `${createHash("sha1").update(session).digest("hex")}.json`;
}

/** A profile of the session `corp`, for a config file. */
export function ssoProfile(name: string, region = "eu-west-1"): string[] {
  return [
    `[profile ${/\s|'/.test(name) ? `"${name}"` : name}]`,
    `region = ${region}`,
    "sso_session = corp",
    "sso_account_id = 123456789012",
    "sso_role_name = dev",
  ];
}

/** The session `corp`, for a config file. */
export const ssoSession: readonly string[] = [
  "[sso-session corp]",
  "sso_region = eu-west-1",
  "sso_start_url = https://corp.invalid/start",
];

/** A program `aws` in a folder of its own. */
export class SignInCli {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async install(folder: string): Promise<SignInCli> {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "aws"), script);
    await chmod(join(folder, "aws"), 0o755);
    return new SignInCli(folder);
  }

  /** The arguments of each run, in order. */
  async runs(): Promise<string[][]> {
    const file = join(this.folder, "runs");
    if (!existsSync(file)) return [];
    const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as string[]);
  }

  /** Lets each run from now on fail, or do well again. */
  setFailing(fails: boolean): Promise<void> {
    return this.#setFile("fails", fails);
  }

  /** Lets each run wait, or go on. */
  setWaiting(waits: boolean): Promise<void> {
    return this.#setFile("waits", waits);
  }

  async #setFile(name: string, isThere: boolean): Promise<void> {
    const file = join(this.folder, name);
    if (isThere) await writeFile(file, "");
    else await rm(file, { force: true });
  }
}

/** Writes the token of the session `corp` in a home folder, as if somebody had signed in elsewhere. */
export async function writeToken(home: string, expiresAt: Date): Promise<void> {
  const folder = join(home, ".aws", "sso", "cache");
  await mkdir(folder, { recursive: true });
  const token = { accessToken: "sso-token", expiresAt: expiresAt.toISOString() };
  await writeFile(join(folder, tokenFileName("corp")), JSON.stringify(token));
}
