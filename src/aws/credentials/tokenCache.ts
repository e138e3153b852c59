import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { nonEmpty } from "../config/profileSettings.ts";
import { pathOf } from "../config/sharedConfig.ts";
import type { CredentialPlan } from "./plan.ts";

/** The file in which the AWS CLI keeps the token that a plan begins with; undefined where it has none. */
export function tokenFileOf(plan: CredentialPlan, environment: NodeJS.ProcessEnv): string | undefined {
  switch (plan.kind) {
    case "sso":
      return join(homedir(), ".aws", "sso", "cache", `${hash("sha1", plan.session ?? plan.startUrl)}.json`);
    case "login": {
      const folder = nonEmpty(environment["AWS_LOGIN_CACHE_DIRECTORY"]);
      const path =
        folder === undefined ? join(homedir(), ".aws", "login", "cache") : pathOf(folder, environment);
      return join(path, `${hash("sha256", plan.session)}.json`);
    }
    case "webIdentity":
      return plan.tokenFile;
    case "container":
    case "instance":
    case "keys":
    case "process":
    case "role":
      return undefined;
  }
}

/** A cached token, an object with any properties; undefined where there's no readable one. */
export async function readToken(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces a cached token that was renewed, for the AWS CLI too: a refresh token can be used only once. */
export async function writeToken(file: string, token: object): Promise<void> {
  const unfinished = `${file}.${randomUUID()}`;
  try {
    await writeFile(unfinished, JSON.stringify(token, null, 2), { mode: 0o600 });
    await rename(unfinished, file);
  } catch {
    await rm(unfinished, { force: true });
  }
}

function hash(algorithm: "sha1" | "sha256", text: string): string {
  return createHash(algorithm).update(text, "utf8").digest("hex");
}
