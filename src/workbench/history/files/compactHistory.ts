import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { type HistoryLimits, newestWithin } from "../../../core/history/mergeHistory.ts";
import {
  linesFile,
  listFiles,
  newWindowName,
  ownerOfBody,
  pathIn,
  unlessMissing,
  windowOf,
} from "./historyFolder.ts";
import { HistoryReader } from "./historyReader.ts";
import { isOpen } from "./windowMark.ts";

/** Fewer files of closed windows are left as they are while everything in them is kept. */
const MAX_CLOSED_FILES = 8;
/** A rewritten file is at most about so large. */
const MAX_FILE_BYTES = 1024 * 1024;
/** A payload or response without a line may be one whose line is just being written. */
const UNCLAIMED_MS = 60 * 60 * 1000;
/** A claim that is older isn't about an event that is still to come. */
const CLAIMED_MS = 24 * 60 * 60 * 1000;

/**
 * Removes what is beyond the limits from the files of windows that are closed, and joins these. The lines that stay are
 * copied as they are, and are in their new file before the old ones go. Two windows may do this at the same time.
 */
export async function compactHistory(folder: string, limits: HistoryLimits, nowMs: number): Promise<void> {
  const files = await listFiles(folder);
  const closed: string[] = [];
  for (const file of files.lines) if (!(await isOpen(folder, windowOf(file)))) closed.push(file);
  const reader = new HistoryReader(folder);
  await reader.refresh();
  const kept = newestWithin(reader.items.values(), limits, nowMs);
  const ids = new Set(kept.map(({ item }) => item.id));
  const isFull = [...reader.items.values()].some(
    ({ item, places }) => !ids.has(item.id) && places.some(({ file }) => closed.includes(file)),
  );
  if (isFull || closed.length > MAX_CLOSED_FILES) await rewrite(folder, closed, kept, nowMs);
  await removeBodies(folder, files.bodies, reader, ids, nowMs);
  await removeMarks(folder, files.marks);
  await removeClaims(folder, files.claims, nowMs);
}

async function rewrite(
  folder: string,
  closed: readonly string[],
  kept: ReturnType<typeof newestWithin>,
  nowMs: number,
): Promise<void> {
  const old = new Map<string, Buffer>();
  for (const file of closed) {
    const bytes = await unlessMissing(readFile(pathIn(folder, file)), undefined);
    if (bytes) old.set(file, bytes);
  }
  const lines = kept.flatMap(({ places }) =>
    places.flatMap(({ file, offset, length }) => old.get(file)?.subarray(offset, offset + length) ?? []),
  );
  const name = newWindowName(nowMs, 0, randomUUID().slice(0, 8));
  for (const [number, part] of inParts(lines).entries()) {
    const path = pathIn(folder, linesFile(name, number));
    await writeFile(`${path}.new`, part, { mode: 0o600 });
    await flush(`${path}.new`);
    await rename(`${path}.new`, path);
  }
  for (const [file, { length }] of old) await removeUnlessGrown(pathIn(folder, file), length);
}

/** A file that has grown belongs to a window that only looked closed, such as one in another container. */
async function removeUnlessGrown(path: string, readBytes: number): Promise<void> {
  const found = await unlessMissing(stat(path), undefined);
  if (found?.size === readBytes) await rm(path, { force: true });
}

/** The first part has the newest invocations, and must come last in the order of names. */
function inParts(lines: readonly Buffer[]): Buffer[] {
  const parts: Buffer[][] = [];
  let bytes = MAX_FILE_BYTES;
  for (const line of lines) {
    if (bytes >= MAX_FILE_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(line, Buffer.from("\n"));
    bytes += line.length + 1;
  }
  return parts.map((part) => Buffer.concat(part)).toReversed();
}

/** The old files go next: the new one must outlive a power failure. */
async function flush(path: string): Promise<void> {
  await using file = await open(path, "r+");
  await file.sync();
}

async function removeBodies(
  folder: string,
  bodies: readonly string[],
  reader: HistoryReader,
  kept: ReadonlySet<string>,
  nowMs: number,
): Promise<void> {
  for (const file of bodies) {
    const id = ownerOfBody(file);
    if (kept.has(id)) continue;
    const found = await unlessMissing(stat(pathIn(folder, file)), undefined);
    const isOld = found !== undefined && nowMs - found.mtimeMs > UNCLAIMED_MS;
    if (reader.items.has(id) || isOld) await rm(pathIn(folder, file), { force: true });
  }
}

async function removeMarks(folder: string, marks: readonly string[]): Promise<void> {
  for (const file of marks)
    if (!(await isOpen(folder, windowOf(file)))) await rm(pathIn(folder, file), { force: true });
}

async function removeClaims(folder: string, claims: readonly string[], nowMs: number): Promise<void> {
  for (const file of claims) {
    const found = await unlessMissing(stat(pathIn(folder, file)), undefined);
    if (found && nowMs - found.mtimeMs > CLAIMED_MS) await rm(pathIn(folder, file), { force: true });
  }
}

/** Removes every file of the history. Windows that are open go on in new ones. */
export async function clearHistory(folder: string): Promise<void> {
  const { lines, bodies } = await listFiles(folder);
  for (const file of [...lines, ...bodies]) await rm(pathIn(folder, file), { force: true });
}
