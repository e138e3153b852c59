import type { Target } from "../api/functionName.ts";
import type { Invocation } from "../model/outcome.ts";

/** An accepted event, as long as it is neither done nor given up. */
export interface QueuedEvent {
  /** The request id, the same in every attempt. */
  id: string;
  functionName: string;
  /** As it was invoked: `$LATEST`, an alias, or unqualified. */
  qualifier?: string;
  /** JSON, as it came. */
  payload: string;
  traceId: string;
  /** ms since 1970 */
  acceptedAt: number;
  /** How often the function has failed with it. */
  failures: number;
  /** How many destinations led here, one after the other, from the event that somebody sent. */
  hops: number;
}

/** The event of an invocation that somebody sent. */
export function toEvent(target: Target, invocation: Invocation, acceptedAt: number): QueuedEvent {
  const { requestId: id, traceId, payload } = invocation;
  const { entry, qualifier } = target;
  return {
    id,
    functionName: entry.fn.name,
    ...(qualifier !== undefined && { qualifier }),
    payload: payload.toString(),
    traceId,
    acceptedAt,
    failures: 0,
    hops: 0,
  };
}

/** What a journal's lines say. */
export type JournalRecord =
  | { kind: "accepted"; event: QueuedEvent }
  | { kind: "failed"; id: string; failures: number }
  | { kind: "done"; id: string };

/** Applies a record to the events that are not done yet. */
export function applyRecord(live: Map<string, QueuedEvent>, record: JournalRecord): void {
  switch (record.kind) {
    case "accepted":
      live.set(record.event.id, record.event);
      return;
    case "failed": {
      const event = live.get(record.id);
      if (event) live.set(record.id, { ...event, failures: record.failures });
      return;
    }
    case "done":
      live.delete(record.id);
      return;
  }
}
