import { existsSync, readdirSync, realpathSync, type Dirent } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { findHandler } from "../../model/handler.ts";
import { isInside, realPath } from "../code/boundary.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { isNeverCode, isInSkippedFolder, isSkipped } from "./scan.ts";

/** The files and folders that a function runs from. */
export interface FunctionFiles {
  /** Folders whose whole content counts: the code, layers, and linked packages of the workspace. */
  roots: readonly string[];
  /** `node_modules` folders and their scopes: only added and removed packages count. */
  installs: readonly string[];
  /** Folders of the roots that the scan for templates skips, so that they must be walked separately. */
  layers: readonly string[];
  hidden: readonly string[];
  /** Skipped folders around the roots: when one is replaced, so are the roots. */
  around: readonly string[];
  handlerFolder: string;
}

export const noFiles: FunctionFiles = {
  roots: [],
  installs: [],
  layers: [],
  hidden: [],
  around: [],
  handlerFolder: "",
};

/** The packages in one `node_modules`. */
interface Packages {
  scopes: readonly string[];
  /** The targets of links to packages of the workspace. */
  links: readonly string[];
}

/** Finds the current files of functions; reads `node_modules` that functions share only once. */
export function functionFilesIn(folders: readonly string[]): (fn: LocalFunction) => FunctionFiles {
  const known = new Map<string, Packages>();
  const packagesIn = (path: string): Packages => {
    const packages = known.get(path) ?? readPackages(path, folders);
    known.set(path, packages);
    return packages;
  };
  const withTarget = targetsIn(folders);
  return (fn) => {
    const handlerFolder = dirname(findHandler(fn)?.path ?? join(fn.codeRoot, "handler"));
    const modules = moduleFolders(fn.codeRoot, folders);
    const packages = modules.map(packagesIn);
    // A link to the code itself, or to a folder around it, would add everything there.
    const links = packages.flatMap((each) => each.links).filter((link) => !isBelow(link, fn.codeRoot));
    const layers = (fn.layers ?? []).flatMap(withTarget);
    const code = withTarget(fn.codeRoot);
    return {
      roots: [...code, ...layers, ...links],
      installs: [...modules, ...packages.flatMap(({ scopes }) => scopes)],
      layers,
      hidden: code.flatMap((folder) => hiddenCode(folder, handlerFolder, folders)),
      around: [...code, ...layers].flatMap((folder) => skippedAround(folder, folders)),
      handlerFolder,
    };
  };
}

/** Returns a folder, and where it leads to if it's a link or inside one: changes are reported there. */
function targetsIn(folders: readonly string[]): (folder: string) => string[] {
  const real = folders.map((folder) => [folder, realPath(folder)] as const);
  return (folder) => {
    const target = realPath(folder);
    // The workspace folder itself may be a link.
    const [named, at] = real.find(([, each]) => isInside(each, target)) ?? [target, target];
    const path = join(named, relative(at, target));
    return path === folder ? [folder] : [folder, path];
  };
}

/** Whether a change at the path affects the function. */
export function includes({ roots, installs, handlerFolder }: FunctionFiles, path: string): boolean {
  if (installs.includes(path) || installs.includes(dirname(path))) return true;
  if (roots.some((root) => isBelow(path, root))) return true;
  return roots.some((root) => isBelow(root, path) && !isEvent(root, handlerFolder, path));
}

/** A faster `isInside` for normalized paths; called for each function at each change. */
function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder) && (path.length === folder.length || path[folder.length] === sep);
}

const eventFolder = /^(?:events?|payloads?|fixtures?|tests?|__\w+__)$/i;
const eventName = /^event(?:[._-].*)?\.jsonc?$|[._-]event\.jsonc?$/i;

/** Whether a file is a test event, which must not restart sandboxes when saved. JSON next to a handler in a subfolder is code. */
function isEvent(root: string, handlerFolder: string, path: string): boolean {
  if (!/\.jsonc?$/i.test(path)) return false;
  if (handlerFolder !== root && isInside(handlerFolder, path)) return false;
  const above = relative(root, dirname(path)).split(sep);
  return eventName.test(basename(path)) || above.some((name) => eventFolder.test(name));
}

/** Where Node.js looks for packages: from the code's folder up to the workspace folder. */
function moduleFolders(codeRoot: string, folders: readonly string[]): string[] {
  const top = folders.find((folder) => isInside(folder, codeRoot)) ?? codeRoot;
  return upTo(top, codeRoot).map((folder) => join(folder, "node_modules"));
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

/** The target of a link to sources of the workspace, below the workspace folder as written. */
function target(link: string, folders: readonly string[]): string[] {
  try {
    const path = realpathSync(link);
    const folder = folders.find((each) => !isInSkippedFolder(each, path));
    return folder === undefined ? [] : [join(folder, relative(folder, path))];
  } catch {
    return [];
  }
}

/** The folders around this one that the scan for templates skips, up to the workspace folder. */
function skippedAround(folder: string, folders: readonly string[]): string[] {
  const top = folders.find((each) => isInside(each, folder));
  if (top === undefined) return [];
  return upTo(top, folder).filter((path) => path !== folder && isInSkippedFolder(top, path));
}

/** The folder and those around it, up to one of them. */
function upTo(top: string, folder: string): string[] {
  const found: string[] = [];
  for (let path = folder; isInside(top, path); path = dirname(path)) {
    found.push(path);
    if (path === dirname(path)) break;
  }
  return found;
}

/** Code in folders that the scan for templates skips: hidden ones such as `.build`, or all of a build's output. */
function hiddenCode(codeRoot: string, handlerFolder: string, folders: readonly string[]): string[] {
  if (folders.every((folder) => isInSkippedFolder(folder, codeRoot))) return [codeRoot];
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
