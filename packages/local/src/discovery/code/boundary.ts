import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep, isAbsolute } from "node:path";

/** Decides which paths a template may use: those inside the workspace folders, with all links followed. */
export interface Boundary {
  allows(path: string): boolean;
}

/** The boundary around the folders, or none where `outside` is true. */
export function createBoundary(folders: readonly string[], outside: boolean): Boundary {
  const roots = folders.map(realPath);
  return { allows: (path) => outside || roots.some((root) => isInside(root, realPath(path))) };
}

/** True for the folder itself and what's inside it, by name only. */
export function isInside(folder: string, path: string): boolean {
  return isBelowAsWritten(folder, path) || isRelativeInside(folder, path);
}

/** What most paths are, found out in a fraction of the time. */
function isBelowAsWritten(folder: string, path: string): boolean {
  if (folder === "" || !path.startsWith(folder) || path.includes("..", folder.length)) return false;
  return path.length === folder.length || folder.endsWith(sep) || path[folder.length] === sep;
}

function isRelativeInside(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  return rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest);
}

/** Follows links in the part of the path that exists. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const up = dirname(path);
    return up === path ? path : join(realPath(up), basename(path));
  }
}
