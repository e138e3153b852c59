import { createHash, randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { isInside } from "../code/boundary.ts";
import { folderStamp, isChangedSince, stampOf } from "../../model/fileStamp.ts";
import { statOf } from "../../model/statOf.ts";
import { includes, type FunctionFiles } from "./functionFiles.ts";
import { isNeverCode, walkFolders } from "./scan.ts";

/** How many files of a function are compared, and how many folders of each of its roots. */
const MAX_FILES = 10_000;
const MAX_FOLDERS = 5000;

/**
 * Changes when a file of the function does, for code that isn't watched; undefined where it has too many files to compare.
 * Looks at the same files as the watchers: `node_modules` count in layers, and elsewhere only by the packages in them.
 */
export async function codeStamp(files: FunctionFiles, signal: AbortSignal): Promise<string | undefined> {
  const time = Date.now();
  const found = await filesOf(files, signal);
  if (found === undefined) return undefined;
  const lines: string[] = [];
  for (const path of found) {
    const stats = statOf(path);
    if (!stats?.isFile()) continue;
    // Another change may leave the stamp as it is.
    if (isChangedSince(stats, time)) return randomUUID();
    lines.push(`${path} ${stampOf(stats)}`);
  }
  for (const folder of files.installs) lines.push(...(await packagesIn(folder)));
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}

/** Undefined where there are too many. */
async function filesOf(files: FunctionFiles, signal: AbortSignal): Promise<Set<string> | undefined> {
  const found = new Set<string>();
  const file = (path: string) => {
    if (found.size <= MAX_FILES && includes(files, path)) found.add(path);
  };
  for (const root of files.roots) {
    const isLayer = files.layers.some((layer) => isInside(layer, root));
    const skips = (name: string) => isNeverCode(name) || (name === "node_modules" && !isLayer);
    const walk = { enter: () => {}, file, link: file, skips, maxFolders: MAX_FOLDERS };
    if (!(await walkFolders(root, walk, signal)) || found.size > MAX_FILES) return undefined;
  }
  return found;
}

async function packagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => `${folder} ${name} ${folderStamp(`${folder}/${name}`)}`);
}
