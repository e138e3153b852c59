import { readdir } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { isInside } from "../code/boundary.ts";

/** YAML may be a template whatever its name; most JSON is not, and only a usual name makes it worth a look. */
const templateName =
  /\.(?:ya?ml|template)$|(?:^|[.-])(?:template|sam|cloudformation|cfn|stack)(?:[.-][\w.-]*)?\.json$/i;

/** Names of YAML that is large, common, and never a template. */
const otherName = /^(?:pnpm-lock|docker-compose.*|\.?pre-commit.*|mkdocs|openapi|swagger|samconfig)\.ya?ml$/i;

const serverlessName = /^serverless\.(?:ya?ml|json|[cm]?[jt]s)$/i;

/** Folders that hold no sources: nothing is looked for, or watched, in them. */
const skipped = new Set(["node_modules", "bower_components", "__pycache__", "venv", "site-packages"]);

/** Folders that tools keep for themselves; another hidden one, such as `.build`, may hold code. */
const neverCode =
  /^(?:__pycache__|\.(?:git|hg|svn|jj|v?env|tox|nox|aws-sam|serverless|vscode.*|idea|history|.*cache|nyc_output|turbo|yarn|pnpm-store|terraform|next|Trash.*))$/;

/** So many folders or files are read at a time. */
const atOnce = 16;

/** True for a file that may be a template, by its name; in `cdk.out`, only what the CDK calls one. */
export function mayBeTemplate(path: string): boolean {
  const name = basename(path);
  if (/[\\/]cdk\.out[\\/]/.test(path)) return name.endsWith(".template.json");
  return isServerlessFile(path) || (templateName.test(name) && !otherName.test(name));
}

/** True for the configuration of a service of the Serverless Framework, by its name. */
export function isServerlessFile(path: string): boolean {
  return serverlessName.test(basename(path));
}

/** True for a folder that is passed over, by its name: hidden ones, so builds of SAM and the framework too, and assets. */
export function isSkipped(name: string): boolean {
  return name.startsWith(".") || skipped.has(name) || /^asset\.[0-9a-f]{32,}/.test(name);
}

/** True for a folder in which no function's code is, by its name. */
export function isNeverCode(name: string): boolean {
  return neverCode.test(name);
}

/** True for what is in a folder that is passed over, or outside of the root. */
export function isPassedOver(root: string, path: string): boolean {
  return !isInside(root, path) || relative(root, path).split(sep).some(isSkipped);
}

/** The templates in a folder, and whether all of it was looked at. */
export interface Found {
  /** Absolute paths. */
  templates: readonly string[];
  complete: boolean;
}

/** How folders are walked through. */
export interface Walk {
  /** Called before a folder is read: a watcher set there misses nothing that comes later. */
  enter: (folder: string) => void;
  /** Called with each file. */
  file?: (path: string) => void;
  /** Whether a folder is passed over, by its name. */
  skips: (name: string) => boolean;
  /** So many folders are looked into at most. */
  most: number;
}

/** The templates in a folder and below it, as `walkFolders` finds them. */
export async function findTemplates(
  folder: string,
  enter: (folder: string) => void,
  most: number,
  signal: AbortSignal,
): Promise<Found> {
  const templates: string[] = [];
  const file = (path: string) => {
    if (mayBeTemplate(path)) templates.push(path);
  };
  const complete = await walkFolders(folder, { enter, file, skips: isSkipped, most }, signal);
  return { templates: templates.sort(), complete };
}

/**
 * Walks through a folder, breadth first, without following links; what cannot be read is passed over. Tells whether all of
 * it was looked at.
 */
export async function walkFolders(folder: string, walk: Walk, signal: AbortSignal): Promise<boolean> {
  let seen = 0;
  let level = [folder];
  while (level.length > 0 && seen < walk.most) {
    const folders = level.slice(0, walk.most - seen);
    seen += folders.length;
    const inner = await mapSome(folders, (path) => readFolder(path, walk, signal));
    level = [...level.slice(folders.length), ...inner.flat()];
  }
  return level.length === 0;
}

/** Gives the folders in it. */
async function readFolder(
  folder: string,
  { enter, file, skips }: Walk,
  signal: AbortSignal,
): Promise<string[]> {
  signal.throwIfAborted();
  enter(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skips(entry.name)) folders.push(path);
    else if (entry.isFile()) file?.(path);
  }
  return folders;
}

/** Does the same with each, a few at a time. */
export async function mapSome<Item, Result>(
  items: readonly Item[],
  use: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await use(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}
