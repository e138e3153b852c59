import type { Stats } from "node:fs";
import { statOf } from "./statOf.ts";

/** How far apart two changes of a file are at least, in ms, for its times to differ. Linux counts in steps of up to 10 ms. */
const CLOCK_STEP_MS = 20;

/**
 * Changes when the file does, also when another file takes its name, or its time is set back; undefined for a missing or
 * inaccessible file.
 */
export function fileStamp(path: string): string | undefined {
  const stats = statOf(path);
  return stats?.isFile() ? stampOf(stats) : undefined;
}

/** The stamp of a file with these stats. */
export function stampOf({ ino, ctimeMs, mtimeMs, size }: Stats): string {
  return `${ino}:${ctimeMs}:${mtimeMs}:${size}`;
}

/**
 * Whether a file was changed since `time` (ms since 1970), or so shortly before that a second change may have left its
 * stamp as it was. A time in the future is that of another machine's clock.
 */
export function isChangedSince({ ctimeMs }: Stats, time: number): boolean {
  return ctimeMs >= time - CLOCK_STEP_MS && ctimeMs <= Date.now() + CLOCK_STEP_MS;
}

/** Changes when an entry is added to or removed from the folder. */
export function folderStamp(path: string): string {
  return `${statOf(path)?.mtimeMs ?? "missing"}`;
}
