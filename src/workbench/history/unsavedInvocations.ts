import type { HistoryLine } from "../../core/history/historyItem.ts";
import { type MergedItem, mergeLine, newestWithin } from "../../core/history/mergeHistory.ts";
import type { LoadedDetails } from "../../core/history/toHistoryRecord.ts";
import type { Clock } from "../../core/invocation/clock.ts";

/** What is kept in memory at most. */
const LIMITS = { count: 200, ageMs: Infinity, bytes: 32 * 1024 * 1024 };

interface Unsaved {
  merged: MergedItem;
  details: LoadedDetails;
}

/** The invocations of this window that aren't written to disk; they go with the window. */
export class UnsavedInvocations {
  readonly #clock: Pick<Clock, "now">;
  readonly #all = new Map<string, Unsaved>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  get items(): readonly MergedItem[] {
    return [...this.#all.values()].map(({ merged }) => merged);
  }

  find(id: string): Unsaved | undefined {
    return this.#all.get(id);
  }

  append(line: HistoryLine): Promise<void> {
    const { item, revision } = line;
    const known = this.#all.get(item.id);
    const place = { file: "", offset: 0, length: 0, revision };
    // Only writing a line moves parts of it to files.
    const details = { ...known?.details, ...(line.details as LoadedDetails) };
    this.#all.set(item.id, { merged: mergeLine(known?.merged, line, place), details });
    const kept = new Set(newestWithin(this.items, LIMITS, this.#clock.now()));
    for (const [id, { merged }] of this.#all) if (!kept.has(merged)) this.#all.delete(id);
    return Promise.resolve();
  }

  clear(): void {
    this.#all.clear();
  }
}
