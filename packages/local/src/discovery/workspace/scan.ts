import { readdir } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { isInside } from "../code/boundary.ts";

/** Any YAML file may be a template; JSON only with a usual name. */
const templateName =
  /\.(?:ya?ml|template)$|(?:^|[.-])(?:template|sam|cloudformation|cfn|stack)(?:[.-][\w.-]*)?\.json$/i;

/** Common, large YAML files that are never templates. */
const neverTemplateName =
  /^(?:pnpm-lock|docker-compose.*|\.?pre-commit.*|mkdocs|openapi|swagger|samconfig)\.ya?ml$/i;

const serverlessName = /^serverless\.(?:ya?ml|json|[cm]?[jt]s)$/i;

/** Folders without sources, neither scanned nor watched. */
const skipped = new Set(["node_modules", "bower_components", "__pycache__", "venv", "site-packages"]);

/** Internal folders of tools. Other hidden folders, such as `.build`, may hold code. */
const neverCode =
  /^(?:__pycache__|\.(?:git|hg|svn|jj|v?env|tox|nox|aws-sam|serverless|vscode.*|idea|history|.*cache|nyc_output|turbo|yarn|pnpm-store|terraform|next|Trash.*))$/;

const MAX_CONCURRENT_READS = 8;

/** Whether a file may be a template, by its name; in `cdk.out`, only `*.template.json`. */
export function mayBeTemplate(path: string): boolean {
  const name = basename(path);
  if (/[\\/]cdk\.out[\\/]/.test(path)) return name.endsWith(".template.json");
  return isServerlessFile(path) || (templateName.test(name) && !neverTemplateName.test(name));
}

/** Whether a file is a configuration of the Serverless Framework, by its name. */
export function isServerlessFile(path: string): boolean {
  return serverlessName.test(basename(path));
}

/** Whether a file has Git's rules for what it ignores. */
export function isIgnoreFile(path: string): boolean {
  return basename(path) === ".gitignore";
}

/** Whether the scan skips a folder, by its name: hidden ones, such as builds of SAM and the framework, and CDK assets. */
export function isSkipped(name: string): boolean {
  return name.startsWith(".") || skipped.has(name) || /^asset\.[0-9a-f]{32,}/.test(name);
}

/** Whether a folder never contains a function's code, by its name. */
export function isNeverCode(name: string): boolean {
  return neverCode.test(name);
}

/** True for a path inside a skipped folder, or outside the root. */
export function isInSkippedFolder(root: string, path: string): boolean {
  return !isInside(root, path) || relative(root, path).split(sep).some(isSkipped);
}

export interface WalkOptions {
  /** Called before a folder is read, so that a watcher started there misses no later change. */
  enter: (folder: string) => void;
  file?: (path: string) => void;
  /** Called with links, which aren't followed. */
  link?: (path: string) => void;
  /** Whether to skip a folder, by its name. */
  skips: (name: string) => boolean;
  maxFolders: number;
}

/** What a scan for templates calls, and how far it goes. */
export interface TemplateScan extends Pick<WalkOptions, "enter" | "maxFolders"> {
  /** Called with each file that may be a template, as an absolute path. */
  found: (file: string) => void;
}

/** Finds the files in a folder that may be templates. Returns whether it reached all folders. */
export async function findTemplates(
  folder: string,
  { found, ...scan }: TemplateScan,
  signal: AbortSignal,
): Promise<boolean> {
  const file = (path: string) => {
    if (mayBeTemplate(path)) found(path);
  };
  return walkFolders(folder, { ...scan, file, skips: isSkipped }, signal);
}

/**
 * Walks a folder breadth first, without following links, and skips what can't be read. Returns whether it reached all
 * folders.
 */
export async function walkFolders(folder: string, walk: WalkOptions, signal: AbortSignal): Promise<boolean> {
  let seen = 0;
  let level = [folder];
  while (level.length > 0 && seen < walk.maxFolders) {
    const folders = level.slice(0, walk.maxFolders - seen);
    seen += folders.length;
    const inner = await mapConcurrently(folders, (path) => readFolder(path, walk, signal));
    level = [...level.slice(folders.length), ...inner.flat()];
  }
  return level.length === 0;
}

/** Returns the folders inside. */
async function readFolder(
  folder: string,
  { enter, file, link, skips }: WalkOptions,
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
    else if (entry.isSymbolicLink()) link?.(path);
  }
  return folders;
}

/** Maps items with limited concurrency. */
async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  use: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await use(item);
  };
  await Promise.all(Array.from({ length: Math.min(MAX_CONCURRENT_READS, items.length) }, work));
  return results;
}
