import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { JournalRecord } from "./queuedEvent.ts";

/** A string can't hold all of a large journal, so it's written and read in pieces of about this many bytes. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** Longer than any event is with its escapes; what is longer isn't a record. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** The records as lines, in pieces. Starts with a line feed, which ends a line that an earlier write left incomplete. */
function* toPieces(records: Iterable<JournalRecord>): Generator<Buffer> {
  let lines = ["\n"];
  let length = 1;
  for (const record of records) {
    const line = `${JSON.stringify(record)}\n`;
    lines.push(line);
    length += line.length;
    if (length < PIECE_BYTES) continue;
    yield Buffer.from(lines.join(""));
    lines = [];
    length = 0;
  }
  if (length > 0) yield Buffer.from(lines.join(""));
}

/** Appends the records. Returns how many bytes they take. */
export async function writePieces(file: FileHandle, records: Iterable<JournalRecord>): Promise<number> {
  let bytes = 0;
  for (const piece of toPieces(records)) {
    await file.appendFile(piece);
    bytes += piece.length;
  }
  return bytes;
}

/** The records of a file; incomplete and damaged lines are skipped. */
export async function* readRecords(path: string, signal: AbortSignal): AsyncGenerator<JournalRecord> {
  for await (const line of readLines(path, signal)) {
    const record = parseLine(line.toString("utf8"));
    if (record) yield record;
  }
}

async function* readLines(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer) => {
    length += part.length;
    // What is too long is passed over up to its end.
    if (length > MAX_LINE_BYTES) parts = [];
    else parts.push(part);
  };
  for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end));
      yield Buffer.concat(parts);
      [parts, length, start] = [[], 0, end + 1];
    }
    take(chunk.subarray(start));
  }
  yield Buffer.concat(parts);
}

function parseLine(line: string): JournalRecord | undefined {
  try {
    return JSON.parse(line) as JournalRecord;
  } catch {
    return undefined;
  }
}

/** Writes a file of records anew, flushed to disk. Returns its size in bytes. */
export async function writeDurably(path: string, records: Iterable<JournalRecord>): Promise<number> {
  const file = await open(path, "w", 0o600);
  try {
    const bytes = await writePieces(file, records);
    await file.datasync();
    return bytes;
  } finally {
    await file.close();
  }
}

/** Flushes a file's name to disk. Windows does that itself, and can't open folders. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
