import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep, isAbsolute } from "node:path";

/** Says which paths a template may name: what is in the workspace's folders once all links are followed. */
export interface Boundary {
  allows(path: string): boolean;
}

/** The boundary around these folders; where `outside` is true, there is none. */
export function createBoundary(folders: readonly string[], outside: boolean): Boundary {
  const roots = folders.map(realPath);
  return { allows: (path) => outside || roots.some((root) => isInside(root, realPath(path))) };
}

/** True for the folder itself and what is in it, by the names alone. */
export function isInside(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  return rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest);
}

/** Links are followed in what is there of the path; the rest is as it is written. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const up = dirname(path);
    return up === path ? path : join(realPath(up), basename(path));
  }
}
