import { appendFile, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { JournalRecord, QueuedEvent } from "./event.ts";
import { Journal, readJournal } from "./journal.ts";
import { isOwnFolderName, makeOwnFolder, ownerGone } from "./ownership.ts";

const journalFile = "events.jsonl";
const recordsFile = "destinations.jsonl";

/**
 * Keeps accepted events in a folder that several services may share. Each writes to a folder of its own in there, made with
 * its first event; what a service leaves behind when it ends is taken over by the others.
 */
export class EventStore {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  #own: Promise<{ folder: string; journal: Journal }> | undefined;

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /** Resolves when the records are written: on the disk itself where they must be durable. Rejects where the disk refuses. */
  async append(records: readonly JournalRecord[], durable: boolean): Promise<void> {
    const { journal } = await this.#open();
    await journal.append(records, durable);
  }

  /** Appends what went to a destination that is none of Local's functions to `destinations.jsonl`. */
  async record(line: object): Promise<void> {
    await this.#open();
    await appendFile(join(this.#folder, recordsFile), `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  /**
   * Takes over the events of every service that has ended, now and as others end; each event is in this service's journal
   * before it is told of.
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
      // Of several that try, one succeeds.
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
    const journal = await Journal.create(join(folder, journalFile), this.#signal);
    this.#signal.addEventListener("abort", () => void journal.close().catch(() => {}));
    return { folder, journal };
  }
}

/** The folder of the events, in the one of what outlives the service. */
export function eventsIn(stateDir: string): string {
  return join(stateDir, "events");
}

/** Whether there are events that are not done. A service that lives runs its own: for those, one more does no harm. */
export async function hasPendingEvents(stateDir: string, signal: AbortSignal): Promise<boolean> {
  const folder = eventsIn(stateDir);
  for (const name of await readFolders(folder)) {
    if ((await readAll(join(folder, name), signal)).length > 0) return true;
  }
  return false;
}

/** What services made here, and finished making: whatever else there is, is not theirs to take. */
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

/** The events of all journals below a folder: a service may have ended while it took over what another had left. */
async function readAll(folder: string, signal: AbortSignal): Promise<QueuedEvent[]> {
  const found = new Map<string, QueuedEvent>();
  for (const path of await readdir(folder, { recursive: true })) {
    if (basename(path) !== journalFile) continue;
    for (const event of await readJournal(join(folder, path), signal)) found.set(event.id, event);
  }
  return [...found.values()];
}
