import { readFile, writeFile } from "node:fs/promises";
import type { HistoryItem } from "../../../core/history/historyItem.ts";
import { mayGoOn } from "../../../core/history/leftEvent.ts";
import type { MergedItem } from "../../../core/history/mergeHistory.ts";
import {
  claimFile,
  claimNumber,
  listFiles,
  ownerOfClaim,
  pathIn,
  unlessMissing,
  windowOf,
} from "./historyFolder.ts";
import { HistoryReader } from "./historyReader.ts";
import { isOpen } from "./windowMark.ts";

/** The accepted events that windows have left: closed, before their outcome was known. The newest first. */
export async function findLeftEvents(
  folder: string,
  { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
): Promise<readonly HistoryItem[]> {
  const reader = new HistoryReader(folder, sinceMs);
  await reader.refresh();
  const left: HistoryItem[] = [];
  for (const merged of reader.items.values())
    if (mayGoOn(merged.item, nowMs) && !(await isHeld(folder, merged))) left.push(merged.item);
  return left.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** Whether a window that has written of an event is still there: that one follows it. */
async function isHeld(folder: string, { places }: MergedItem): Promise<boolean> {
  for (const { file } of places) if (await isOpen(folder, windowOf(file))) return true;
  return false;
}

/**
 * Makes a window the one that goes on with an event; false if another one is. Each claim has a number, and only one window
 * can make the file with the next number. So nobody removes a claim that another window has just made.
 */
export async function claimEvent(folder: string, id: string, window: string): Promise<boolean> {
  const { claims } = await listFiles(folder);
  const own = claims.filter((file) => ownerOfClaim(file) === id).map(claimNumber);
  const last = Math.max(0, ...own);
  if (last > 0) {
    const holder = await unlessMissing(readFile(pathIn(folder, claimFile(id, last)), "utf8"), "");
    // Without a name, it's being written.
    if (holder === "" || (await isOpen(folder, holder))) return false;
  }
  try {
    await writeFile(pathIn(folder, claimFile(id, last + 1)), window, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
