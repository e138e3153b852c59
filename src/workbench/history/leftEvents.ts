import type { HistoryItem } from "../../core/history/historyItem.ts";
import { mayGoOn } from "../../core/history/leftEvent.ts";
import { MAX_EVENT_AGE_MS } from "../../core/invocation/eventAge.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import { claimEvent, findLeftEvents } from "./files/eventClaims.ts";
import type { WindowMark } from "./files/windowMark.ts";
import type { HistoryRecorder } from "./historyRecorder.ts";
import type { ReadInvocation } from "./readInvocation.ts";

/** What going on with events of closed windows needs of the history. */
export interface LeftEventsParts {
  clock: Pick<Clock, "now">;
  folder: string;
  /** This window's name. */
  window: string;
  mark: Pick<WindowMark, "renew">;
  recorder: Pick<HistoryRecorder, "adopt">;
  read(id: string): Promise<Pick<ReadInvocation, "item" | "record" | "revision">>;
}

/** The accepted events whose windows were closed before their outcome was known, in the history of all windows. */
export class LeftEvents {
  readonly #parts: LeftEventsParts;

  constructor(parts: LeftEventsParts) {
    this.#parts = parts;
  }

  /** Those of which more may come, the newest first. Reads only files that are new enough to have one. */
  find(): Promise<readonly HistoryItem[]> {
    const nowMs = this.#parts.clock.now();
    return findLeftEvents(this.#parts.folder, { sinceMs: nowMs - MAX_EVENT_AGE_MS, nowMs });
  }

  /**
   * Makes this window the only one that goes on with an event, and resolves to what is known of it; `undefined` if another
   * window goes on with it, or has seen its end.
   */
  async take(id: string): Promise<InvocationRecord | undefined> {
    const { clock, folder, mark, recorder, window } = this.#parts;
    // A claim counts as long as its window has a mark.
    await mark.renew();
    if (!(await claimEvent(folder, id, window))) return undefined;
    const { item, record, revision } = await this.#parts.read(id);
    if (!mayGoOn(item, clock.now())) return undefined;
    recorder.adopt(item, revision);
    return record;
  }
}
