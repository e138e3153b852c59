import { appendFile, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { JournalRecord, QueuedEvent } from "./queuedEvent.ts";
import { Journal, readJournal } from "./journal.ts";
import { isOwnFolderName, makeOwnFolder, ownerGone } from "./ownership.ts";

const JOURNAL_FILE = "events.jsonl";
const DESTINATIONS_FILE = "destinations.jsonl";

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
    await this.#open();
    await appendFile(join(this.#folder, DESTINATIONS_FILE), `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  /**
   * Takes over the events of services that have ended, now and later. `onEvents` is called when they're in this service's
   * journal.
   */
  async adopt(onEvents: (events: readonly QueuedEvent[]) => void): Promise<void> {
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
    const folder = await makeOwnFolder(this.#folder, this.#signal);
    const journal = await Journal.create(join(folder, JOURNAL_FILE), this.#signal);
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
