import { open, readFile, rename, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { applyRecord, type JournalRecord, type QueuedEvent } from "./event.ts";

/** An append that waits for the disk. */
interface Pending {
  records: readonly JournalRecord[];
  /** Whether the records must be on the disk itself, not only with the operating system. */
  durable: boolean;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Below this many bytes, a file is not worth writing anew. */
const smallBytes = 1024 * 1024;

/**
 * The events that are not done, in a file that only grows until it is written anew without those that are: a record a line,
 * JSON. Whatever ends this process leaves at most a torn last line.
 */
export class Journal {
  readonly #path: string;
  #file: FileHandle;
  readonly #live = new Map<string, QueuedEvent>();
  #pending: Pending[] = [];
  #writing = false;
  #bytes = 0;
  /** The size at which the file is written anew, in bytes: twice what it was after the last time. */
  #limit = smallBytes;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Makes a new journal; there must be no file at this path. */
  static async create(path: string, signal: AbortSignal): Promise<Journal> {
    signal.throwIfAborted();
    const file = await open(path, "ax", 0o600);
    await syncFolder(dirname(path));
    return new Journal(path, file);
  }

  /** Resolves when the records are written; all that come meanwhile share the next write. Rejects where the disk refuses. */
  append(records: readonly JournalRecord[], durable: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ records, durable, resolve, reject });
      if (!this.#writing) void this.#writeAll();
    });
  }

  /** Resolves when all that was appended is written, and closes the file. */
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

  /** Writes a new file beside the old one, and puts it in its place in one step. */
  async #compact(): Promise<void> {
    const text = toLines([...this.#live.values()].map((event) => ({ kind: "accepted", event })));
    this.#limit = Math.max(smallBytes, 2 * this.#bytes);
    try {
      await writeDurably(`${this.#path}.new`, text);
      // Windows renames to no file that is open.
      await this.#file.close();
      await rename(`${this.#path}.new`, this.#path);
      await syncFolder(dirname(this.#path));
      this.#bytes = text.length;
      this.#limit = Math.max(smallBytes, 2 * text.length);
    } catch {
      // A file that cannot be made shorter is as right as it was.
    } finally {
      await this.#file.close().catch(() => {});
      this.#file = await open(this.#path, "a", 0o600);
    }
  }
}

/** The events of a journal that are not done, in the order they were accepted; a torn line is as if it had not been begun. */
export async function readJournal(path: string, signal: AbortSignal): Promise<QueuedEvent[]> {
  const live = new Map<string, QueuedEvent>();
  for (const line of (await readFile(path, { encoding: "utf8", signal })).split("\n")) {
    const record = parseLine(line);
    if (record) applyRecord(live, record);
  }
  return [...live.values()];
}

/** The line feed that comes first ends the line of a write that the disk cut off. */
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

/** Makes a file's name as durable as what is in it; Windows does that by itself, and opens no folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
