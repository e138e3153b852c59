import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The repository's folder. */
export const root = join(import.meta.dirname, "..", "..");

/** What the tools install for themselves; git-ignored, safe to delete. */
export const cache = join(root, ".vscode-test");

/** Finds a program on PATH; undefined where there is none. */
export function findOnPath(...names: string[]): string | undefined {
  const suffixes = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];
  const folders = (process.env["PATH"] ?? process.env["Path"] ?? "").split(delimiter);
  return names
    .flatMap((name) => folders.flatMap((folder) => suffixes.map((suffix) => join(folder, name + suffix))))
    .find((path) => existsSync(path));
}
