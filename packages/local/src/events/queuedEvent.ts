import type { ResolvedFunction } from "../api/functionName.ts";
import type { Invocation } from "../model/invocation.ts";

/** An accepted event that isn't done yet. */
export interface QueuedEvent {
  /** The request id of all attempts. */
  id: string;
  functionName: string;
  /** `$LATEST` or an alias, as invoked. */
  qualifier?: string;
  /** JSON, as received. */
  payload: string;
  traceId: string;
  /** ms since 1970 */
  acceptedAt: number;
  /** How many times the function failed with it. */
  failures: number;
  /** How many destinations lie between this event and the one that a client sent. */
  hops: number;
}

/** The event of a client's invocation. */
export function toEvent(target: ResolvedFunction, invocation: Invocation, acceptedAt: number): QueuedEvent {
  const { requestId: id, traceId, payload } = invocation;
  const { entry, qualifier } = target;
  return {
    id,
    functionName: entry.fn.name,
    qualifier,
    payload: payload.toString(),
    traceId,
    acceptedAt,
    failures: 0,
    hops: 0,
  };
}

/** A line of the journal. */
export type JournalRecord =
  | { kind: "accepted"; event: QueuedEvent }
  | { kind: "failed"; id: string; failures: number }
  | { kind: "done"; id: string };

/** Applies a record to the events that aren't done yet. */
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
