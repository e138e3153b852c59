import type { Disposable } from "vscode";
import type { Connection } from "../../core/connections/connection.ts";
import { destinationOf, type HistoryItem, isSameDestination } from "../../core/history/historyItem.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import type { Reporter } from "../report.ts";
import type { Settings } from "../settings.ts";
import type { EventTracker } from "./eventTracker.ts";

/** The accepted events that closed windows have left. */
export interface LeftEventSource {
  find(): Promise<readonly HistoryItem[]>;
  /** Makes this window the only one that goes on with an event; `undefined` if another one does. */
  take(id: string): Promise<InvocationRecord | undefined>;
}

/** What going on with them needs. */
export interface ResumeLeftEventsParts {
  clock: Pick<Clock, "after">;
  left: LeftEventSource;
  reporter: Pick<Reporter, "noteProblem">;
  settings: Pick<Settings, "followAsync">;
  tracker: Pick<EventTracker, "resumeLeft">;
  /** The connection that has a name now. */
  connection(name: string): Promise<Connection | undefined>;
}

/**
 * When a window looks for such events after its start, in milliseconds: when it has been seen starting, and when a window
 * that was closed for it has had the time to end.
 */
const LOOKS_MS = [3_000, 30_000];
/** So many events are followed; more would be more than anyone reads. */
const MAX_EVENTS = 20;

/** Goes on following the events that other windows have left, if events are to be followed. */
export function resumeLeftEvents(parts: ResumeLeftEventsParts): Disposable {
  const stops = LOOKS_MS.map((ms) => parts.clock.after(ms, () => void resumeAll(parts)));
  const dispose = (): void => {
    for (const stop of stops) stop();
  };
  return { dispose };
}

/** Never rejects. */
async function resumeAll(parts: ResumeLeftEventsParts): Promise<void> {
  const { left, reporter, settings, tracker } = parts;
  if (!settings.followAsync()) return;
  try {
    const found = await left.find();
    for (const item of found.slice(0, MAX_EVENTS)) {
      const record = (await isThere(item, parts)) ? await left.take(item.id) : undefined;
      if (record) void tracker.resumeLeft(record);
    }
  } catch (error) {
    reporter.noteProblem("Events that other windows have left couldn't be found in the history.", error);
  }
}

/** Only where the event was sent does a log tell of it. */
async function isThere(
  { connection: name, destination }: HistoryItem,
  parts: Pick<ResumeLeftEventsParts, "connection">,
): Promise<boolean> {
  const current = await parts.connection(name);
  return current !== undefined && isSameDestination(destinationOf(current), destination);
}
