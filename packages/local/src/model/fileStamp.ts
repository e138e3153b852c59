import { statOf } from "./statOf.ts";

/** Changes when the file does; undefined for a missing or inaccessible file. */
export function fileStamp(path: string): string | undefined {
  const stats = statOf(path);
  return stats?.isFile() ? `${stats.mtimeMs}:${stats.size}` : undefined;
}

/** Changes when an entry is added to or removed from the folder. */
export function folderStamp(path: string): string {
  return `${statOf(path)?.mtimeMs ?? "missing"}`;
}
