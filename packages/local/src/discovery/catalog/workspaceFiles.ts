import type { Boundary } from "../code/boundary.ts";
import type { WorkspaceFiles } from "./members.ts";
import { readSmallFile } from "./trackedSources.ts";

/** The files of a workspace inside the boundary. Reads each once. */
export function createWorkspaceFiles(folders: readonly string[], boundary: Boundary): WorkspaceFiles {
  const known = new Map<string, string | undefined>();
  const readText = (path: string) => {
    if (!known.has(path)) known.set(path, boundary.allows(path) ? readSmallFile(path) : undefined);
    return known.get(path);
  };
  return { folders, readText };
}
