import { open, rename, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { readRecords, syncFolder, writeDurably, writePieces } from "./journalLines.ts";
import { applyRecord, type JournalRecord, type QueuedEvent } from "./queuedEvent.ts";

/** An append that hasn't been written yet. */
interface Pending {
  records: readonly JournalRecord[];
  /** Whether to flush the records to disk. */
  durable: boolean;
  resolve: () => void;
  reject: (error: unknown) => void;
}

interface JournalOptions {
  /** Aborts when the service ends. */
  signal: AbortSignal;
  restoreFolder: () => Promise<void>;
}

/** Smaller files aren't compacted. */
const MIN_COMPACTED_BYTES = 1024 * 1024;

/**
 * An append-only file of events, one JSON record per line, compacted to the events that aren't done. However this process
 * ends, at most the last line is incomplete.
 */
export class Journal {
  readonly #path: string;
  readonly #signal: AbortSignal;
  readonly #restoreFolder: () => Promise<void>;
  #file: FileHandle | undefined;
  readonly #live = new Map<string, QueuedEvent>();
  #pending: Pending[] = [];
  #writing = false;
  /** Another service may have taken over the file since. */
  #isClosed = false;
  #bytes = 0;
  /** The size in bytes at which the file is compacted: twice its last compacted size. */
  #limit = MIN_COMPACTED_BYTES;

  private constructor(path: string, file: FileHandle, { signal, restoreFolder }: JournalOptions) {
    this.#path = path;
    this.#file = file;
    this.#signal = signal;
    this.#restoreFolder = restoreFolder;
  }

  /** Rejects where the file exists. `restoreFolder` makes its folder again, where that was removed. */
  static async create(
    path: string,
    signal: AbortSignal,
    restoreFolder = async (): Promise<void> => {},
  ): Promise<Journal> {
    signal.throwIfAborted();
    const file = await open(path, "ax", 0o600);
    await syncFolder(dirname(path));
    return new Journal(path, file, { signal, restoreFolder });
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
    this.#isClosed = true;
    await this.#close();
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
    const file = await this.#ready();
    try {
      const bytes = await writePieces(file, records);
      if (batch.some(({ durable }) => durable)) await file.datasync();
      this.#bytes += bytes;
    } catch (error) {
      // A record whose append failed must not be found by the next service.
      await file.truncate(this.#bytes).catch(() => {});
      throw error;
    }
    for (const record of records) applyRecord(this.#live, record);
    if (this.#bytes > this.#limit) await this.#compact().catch(() => {});
  }

  /** The open file. Where it was lost, or couldn't be opened again, it's made anew from the events that aren't done. */
  async #ready(): Promise<FileHandle> {
    if (this.#isClosed) throw new Error("The journal is closed.");
    if (this.#file && (await isAt(this.#file, this.#path))) return this.#file;
    await this.#close();
    // Once this service ends, another one takes its folder, with the events that would be written anew.
    this.#signal.throwIfAborted();
    if (!(await exists(this.#path))) await this.#restoreFolder();
    await this.#replace();
    return (this.#file ??= await open(this.#path, "a", 0o600));
  }

  async #compact(): Promise<void> {
    this.#limit = Math.max(MIN_COMPACTED_BYTES, 2 * this.#bytes);
    await this.#replace();
    this.#limit = Math.max(MIN_COMPACTED_BYTES, 2 * this.#bytes);
  }

  /** Replaces the file atomically with one of the events that aren't done. Until then, the old one is still correct. */
  async #replace(): Promise<void> {
    const live = [...this.#live.values()].map((event): JournalRecord => ({ kind: "accepted", event }));
    const bytes = await writeDurably(`${this.#path}.new`, live);
    // Windows can't replace an open file.
    await this.#close();
    await rename(`${this.#path}.new`, this.#path);
    this.#bytes = bytes;
    await syncFolder(dirname(this.#path));
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }
}

/** Whether an open file still has its name; its folder may have been removed. */
async function isAt(file: FileHandle, path: string): Promise<boolean> {
  const [opened, named] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return named !== undefined && named.ino === opened.ino && named.dev === opened.dev;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The events that aren't done, in the order they were accepted. Incomplete lines are skipped. */
export async function readJournal(path: string, signal: AbortSignal): Promise<QueuedEvent[]> {
  const live = new Map<string, QueuedEvent>();
  for await (const record of readRecords(path, signal)) applyRecord(live, record);
  return [...live.values()];
}
