import { open, readFile, rename, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { applyRecord, type JournalRecord, type QueuedEvent } from "./queuedEvent.ts";

/** An append that hasn't been written yet. */
interface Pending {
  records: readonly JournalRecord[];
  /** Whether to flush the records to disk. */
  durable: boolean;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Smaller files aren't compacted. */
const MIN_COMPACTED_BYTES = 1024 * 1024;

/**
 * An append-only file of events, one JSON record per line, compacted to the events that aren't done. However this process
 * ends, at most the last line is incomplete.
 */
export class Journal {
  readonly #path: string;
  #file: FileHandle;
  readonly #live = new Map<string, QueuedEvent>();
  #pending: Pending[] = [];
  #writing = false;
  #bytes = 0;
  /** The size in bytes at which the file is compacted: twice its last compacted size. */
  #limit = MIN_COMPACTED_BYTES;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Rejects where the file exists. */
  static async create(path: string, signal: AbortSignal): Promise<Journal> {
    signal.throwIfAborted();
    const file = await open(path, "ax", 0o600);
    await syncFolder(dirname(path));
    return new Journal(path, file);
  }

  /** Resolves when the records are written. Appends made during a write share the next one. */
  append(records: readonly JournalRecord[], durable: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ records, durable, resolve, reject });
      if (!this.#writing) void this.#writeAll();
    });
  }

  /** Closes the file after all pending writes. */
  async close(): Promise<void> {
    await this.append([], false);
    await this.#file.close();
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      try {
        await this.#write(batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#writing = false;
  }

  async #write(batch: readonly Pending[]): Promise<void> {
    const records = batch.flatMap((pending) => pending.records);
    if (records.length === 0) return;
    const text = toLines(records);
    await this.#file.appendFile(text);
    if (batch.some(({ durable }) => durable)) await this.#file.datasync();
    this.#bytes += text.length;
    for (const record of records) applyRecord(this.#live, record);
    if (this.#bytes > this.#limit) await this.#compact();
  }

  /** Replaces the file atomically with a compacted one. */
  async #compact(): Promise<void> {
    const text = toLines([...this.#live.values()].map((event) => ({ kind: "accepted", event })));
    this.#limit = Math.max(MIN_COMPACTED_BYTES, 2 * this.#bytes);
    try {
      await writeDurably(`${this.#path}.new`, text);
      // Windows can't replace an open file.
      await this.#file.close();
      await rename(`${this.#path}.new`, this.#path);
      await syncFolder(dirname(this.#path));
      this.#bytes = text.length;
      this.#limit = Math.max(MIN_COMPACTED_BYTES, 2 * text.length);
    } catch {
      // The file that couldn't be compacted is still correct.
    } finally {
      await this.#file.close().catch(() => {});
      this.#file = await open(this.#path, "a", 0o600);
    }
  }
}

/** The events that aren't done, in the order they were accepted. Incomplete lines are skipped. */
export async function readJournal(path: string, signal: AbortSignal): Promise<QueuedEvent[]> {
  const live = new Map<string, QueuedEvent>();
  for (const line of (await readFile(path, { encoding: "utf8", signal })).split("\n")) {
    const record = parseLine(line);
    if (record) applyRecord(live, record);
  }
  return [...live.values()];
}

/** Starts with a line feed, which ends a line that an earlier write left incomplete. */
function toLines(records: readonly JournalRecord[]): string {
  return `\n${records.map((record) => `${JSON.stringify(record)}\n`).join("")}`;
}

function parseLine(line: string): JournalRecord | undefined {
  try {
    return JSON.parse(line) as JournalRecord;
  } catch {
    return undefined;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.appendFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Flushes a file's name to disk. Windows does that itself, and can't open folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
