import type { Boundary } from "../code/boundary.ts";
import { createGeneratedTest } from "./copies.ts";
import type { WorkspaceFiles } from "./members.ts";
import { readSmallFile } from "./trackedSources.ts";

/** The files of a workspace inside the boundary, as they are now. Reads each once. */
export function createWorkspaceFiles(folders: readonly string[], boundary: Boundary): WorkspaceFiles {
  const readText = (path: string) => (boundary.allows(path) ? readSmallFile(path) : undefined);
  return { folders, isGenerated: createGeneratedTest(readText) };
}
