import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What counts as secret in every test: keys, session tokens, sign-in tokens, and a value of the environment. */
export const SECRETS =
  /secretOf|tokenOf|sso-(token|renewed|refresh)|client-secret|login-(used|refresh)|WEBTOKEN|PRIVATE KEY/;

/** Given to VS Code and everything that it starts, to be found where an environment is written down. */
export const SECRET_ENVIRONMENT = { PERSONAL_VALUE: "secretOfTheEnvironment" };

/** The files in a folder that have something secret in them; hidden ones too. */
export async function filesWithSecrets(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of glob("**/{*,.*}", { cwd: folder, withFileTypes: true })) {
    if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
  }
  return withSecret(files);
}

/** Those of the files that have something secret in them. */
export async function withSecret(files: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of files)
    if (SECRETS.test(await readFile(path, "latin1").catch(() => ""))) found.push(path);
  return found;
}
