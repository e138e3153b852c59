import { existsSync, readdirSync, realpathSync, type Dirent } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { handlerFile } from "../../model/codeStamp.ts";
import { isInside } from "../code/boundary.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { isNeverCode, isPassedOver, isSkipped } from "./scan.ts";

/** What a function runs: what changes there changes the function. */
export interface Extent {
  /** Folders all of whose content counts: its code, its layers, and packages of the workspace that it links to. */
  roots: readonly string[];
  /** Folders that packages are found in, and their scopes: it counts that one comes or goes, not what is in it. */
  installs: readonly string[];
  /** Of the roots and what is in them, what is to be walked through, as no look for templates goes there. */
  layers: readonly string[];
  hidden: readonly string[];
  handlerFolder: string;
}

/** The packages in one `node_modules`. */
interface Packages {
  scopes: readonly string[];
  /** Where links to packages of the workspace lead. */
  links: readonly string[];
}

/** Finds the extents of functions in these folders, as they are now; what functions share is read once. */
export function extents(folders: readonly string[]): (fn: LocalFunction) => Extent {
  const known = new Map<string, Packages>();
  const packagesIn = (path: string): Packages => {
    const packages = known.get(path) ?? readPackages(path, folders);
    known.set(path, packages);
    return packages;
  };
  return (fn) => {
    const handlerFolder = dirname(handlerFile(fn) ?? join(fn.codeRoot, "handler"));
    const modules = moduleFolders(fn.codeRoot, folders);
    const packages = modules.map(packagesIn);
    // A link back to the code, or to what is around it, would make a function of all that is there.
    const links = packages.flatMap((each) => each.links).filter((link) => !isBelow(link, fn.codeRoot));
    return {
      roots: [fn.codeRoot, ...(fn.layers ?? []), ...links],
      installs: [...modules, ...packages.flatMap(({ scopes }) => scopes)],
      layers: fn.layers ?? [],
      hidden: hiddenCode(fn.codeRoot, handlerFolder, folders),
      handlerFolder,
    };
  };
}

/** Whether what changed at the path changes the function. */
export function includes({ roots, installs, handlerFolder }: Extent, path: string): boolean {
  if (installs.includes(path) || installs.includes(dirname(path))) return true;
  if (roots.some((root) => isBelow(path, root))) return true;
  return roots.some((root) => isBelow(root, path) && !isEvent(root, handlerFolder, path));
}

/** As `isInside`, for paths that are written alike: it is asked of each function at each change. */
function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder) && (path.length === folder.length || path[folder.length] === sep);
}

const eventFolder = /^(?:events?|payloads?|fixtures?|tests?|__\w+__)$/i;
const eventName = /^event(?:[._-].*)?\.jsonc?$|[._-]event\.jsonc?$/i;

/** JSON that is saved before each invocation must not end each warm sandbox; beside a handler in a folder of its own, it is code. */
function isEvent(root: string, handlerFolder: string, path: string): boolean {
  if (!/\.jsonc?$/i.test(path)) return false;
  if (handlerFolder !== root && isInside(handlerFolder, path)) return false;
  const above = relative(root, dirname(path)).split(sep);
  return eventName.test(basename(path)) || above.some((name) => eventFolder.test(name));
}

/** Where Node.js looks for packages: beside the code, and above it as far as the workspace goes. */
function moduleFolders(codeRoot: string, folders: readonly string[]): string[] {
  const top = folders.find((folder) => isInside(folder, codeRoot)) ?? codeRoot;
  const found: string[] = [];
  for (let folder = codeRoot; isInside(top, folder); folder = dirname(folder)) {
    found.push(join(folder, "node_modules"));
    if (folder === dirname(folder)) break;
  }
  return found;
}

function readPackages(modules: string, folders: readonly string[]): Packages {
  const entries = list(modules);
  const scopes = entries.filter(({ name }) => name.startsWith("@")).map(({ name }) => join(modules, name));
  const inScopes = scopes.flatMap((scope) => list(scope).map((entry) => ({ folder: scope, entry })));
  const all = [...entries.map((entry) => ({ folder: modules, entry })), ...inScopes];
  const links = all
    .filter(({ entry }) => entry.isSymbolicLink())
    .flatMap(({ folder, entry }) => target(join(folder, entry.name), folders));
  return { scopes, links };
}

/** Where a link leads, if to sources of the workspace; written as its folder is. */
function target(link: string, folders: readonly string[]): string[] {
  try {
    const path = realpathSync(link);
    const folder = folders.find((each) => !isPassedOver(each, path));
    return folder === undefined ? [] : [join(folder, relative(folder, path))];
  } catch {
    return [];
  }
}

/** What is in the code, but in no look for templates: a hidden folder such as `.build`, or all of it where a build made it. */
function hiddenCode(codeRoot: string, handlerFolder: string, folders: readonly string[]): string[] {
  if (folders.every((folder) => isPassedOver(folder, codeRoot))) return [codeRoot];
  const near = [...new Set([codeRoot, handlerFolder])];
  return near.flatMap((folder) =>
    list(folder)
      .filter((entry) => entry.isDirectory() && entry.name.startsWith("."))
      .filter(({ name }) => isSkipped(name) && !isNeverCode(name))
      .map(({ name }) => join(folder, name)),
  );
}

function list(folder: string): Dirent[] {
  try {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
