import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";

/** YAML may be a template whatever its name; most JSON is not, and only a usual name makes it worth a look. */
const templateName =
  /\.(?:ya?ml|template)$|(?:^|[.-])(?:template|sam|cloudformation|cfn|stack)(?:[.-][\w.-]*)?\.json$/i;

/** Names of YAML that is large, common, and never a template. */
const otherName = /^(?:pnpm-lock|docker-compose.*|\.?pre-commit.*|mkdocs|openapi|swagger|samconfig)\.ya?ml$/i;

const serverlessName = /^serverless\.(?:ya?ml|json|[cm]?[jt]s)$/i;

/** Folders that hold no sources: nothing is looked for, or watched, in them. */
const skipped = new Set(["node_modules", "bower_components", "__pycache__", "venv", "site-packages"]);

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

/** The templates in a folder, and whether all of it was looked at. */
export interface Found {
  /** Absolute paths. */
  templates: readonly string[];
  complete: boolean;
}

/**
 * Walks through a folder, breadth first, without following links, and through so many folders at most; what cannot be read is passed over. `enter` is called before a folder is
 * read: a watcher set there misses nothing that comes later.
 */
export async function findTemplates(
  folder: string,
  enter: (folder: string) => void,
  most: number,
  signal: AbortSignal,
): Promise<Found> {
  const templates: string[] = [];
  let seen = 0;
  let level = [folder];
  while (level.length > 0 && seen < most) {
    const folders = level.slice(0, most - seen);
    seen += folders.length;
    const inner = await mapSome(folders, (path) => readFolder(path, templates, enter, signal));
    level = [...level.slice(folders.length), ...inner.flat()];
  }
  return { templates: templates.sort(), complete: level.length === 0 };
}

/** Adds the folder's templates to the list, and gives the folders in it. */
async function readFolder(
  folder: string,
  templates: string[],
  enter: (folder: string) => void,
  signal: AbortSignal,
): Promise<string[]> {
  signal.throwIfAborted();
  enter(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !isSkipped(entry.name)) folders.push(path);
    else if (entry.isFile() && mayBeTemplate(path)) templates.push(path);
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
