import { appendFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { JournalRecord, QueuedEvent } from "./queuedEvent.ts";
import { Journal, readJournal } from "./journal.ts";
import { isOwnFolderName, makeOwnFolder, ownerGone, removeUnfinished } from "./ownership.ts";

const JOURNAL_FILE = "events.jsonl";
const DESTINATIONS_FILE = "destinations.jsonl";
/** Replaced each time that the other one is full. */
const OLDER_DESTINATIONS_FILE = "destinations.older.jsonl";
const MAX_DESTINATIONS_BYTES = 16 * 1024 * 1024;

/**
 * Stores accepted events in a folder that several services may share. Each writes to its own subfolder, created with its
 * first event. When a service ends, the others take over its events.
 */
export class EventStore {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  #own: Promise<{ folder: string; journal: Journal }> | undefined;

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /** Resolves when the records are written, and flushed to disk if `durable`. */
  async append(records: readonly JournalRecord[], durable: boolean): Promise<void> {
    const { journal } = await this.#open();
    await journal.append(records, durable);
  }

  /** Appends a delivery that isn't for a local function to `destinations.jsonl`. */
  async recordDelivery(line: object): Promise<void> {
    const path = join(this.#folder, DESTINATIONS_FILE);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    // Another service that shares the folder may have renamed it just before.
    if (size > MAX_DESTINATIONS_BYTES)
      await rename(path, join(this.#folder, OLDER_DESTINATIONS_FILE)).catch(() => {});
    await appendFile(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  /**
   * Takes over the events of services that have ended, now and later. `onEvents` is called when they're in this service's
   * journal.
   */
  async adopt(onEvents: (events: readonly QueuedEvent[]) => void): Promise<void> {
    await removeUnfinished(this.#folder);
    const own = this.#own && basename((await this.#own).folder);
    const others = (await readFolders(this.#folder)).filter((name) => name !== own);
    await Promise.all(others.map((name) => this.#adoptOne(join(this.#folder, name), onEvents)));
  }

  async #adoptOne(orphan: string, onEvents: (events: readonly QueuedEvent[]) => void): Promise<void> {
    await ownerGone(orphan, this.#signal);
    const taken = join((await this.#open()).folder, `taken-${basename(orphan)}`);
    try {
      // Only one of several services succeeds.
      await rename(orphan, taken);
    } catch {
      return;
    }
    const events = await readAll(taken, this.#signal);
    await this.append(
      events.map((event) => ({ kind: "accepted", event })),
      true,
    );
    await rm(taken, { recursive: true, force: true, maxRetries: 3 });
    onEvents(events);
  }

  #open(): Promise<{ folder: string; journal: Journal }> {
    this.#own ??= this.#create().catch((error: unknown) => {
      this.#own = undefined;
      throw error;
    });
    return this.#own;
  }

  async #create(): Promise<{ folder: string; journal: Journal }> {
    const { path: folder, restore } = await makeOwnFolder(this.#folder, this.#signal);
    const journal = await Journal.create(join(folder, JOURNAL_FILE), this.#signal, restore);
    this.#signal.addEventListener("abort", () => void journal.close().catch(() => {}));
    return { folder, journal };
  }
}

/** The folder of the events inside the service's state folder. */
export function eventsIn(stateDir: string): string {
  return join(stateDir, "events");
}

/** Whether there are events that aren't done. Includes those of running services, for which another start does no harm. */
export async function hasPendingEvents(stateDir: string, signal: AbortSignal): Promise<boolean> {
  const folder = eventsIn(stateDir);
  for (const name of await readFolders(folder)) {
    if ((await readAll(join(folder, name), signal)).length > 0) return true;
  }
  return false;
}

/** Complete folders of services; any other folder is left alone. */
async function readFolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && isOwnFolderName(entry.name))
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The events of all journals in a folder; there's more than one where a service ended during a takeover. */
async function readAll(folder: string, signal: AbortSignal): Promise<QueuedEvent[]> {
  const found = new Map<string, QueuedEvent>();
  for (const path of await readdir(folder, { recursive: true })) {
    if (basename(path) !== JOURNAL_FILE) continue;
    for (const event of await readJournal(join(folder, path), signal)) found.set(event.id, event);
  }
  return [...found.values()];
}
