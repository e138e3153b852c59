import { randomUUID } from "node:crypto";
import { eventLimit } from "../model/limits.ts";
import type { LogStore } from "../logs/store.ts";
import type { Delivery, EndedEvent } from "./destinations.ts";
import type { JournalRecord, QueuedEvent } from "./event.ts";
import type { EventStore } from "./store.ts";

/** Lambda ends a loop of functions that invoke each other after about so many rounds. Source: "Recursive loop detection". */
const mostHops = 16;

export interface DeliveryOptions {
  store: EventStore;
  logs: LogStore;
  /** Told, in a sentence, of what a person may want to look up later. */
  onNote: (text: string) => void;
}

/**
 * Ends an event in the journal, and in the same write begins those for the local functions among its destinations, which it
 * gives. What goes elsewhere on AWS is written to the function's log group and to `destinations.jsonl`.
 */
export async function deliverAll(
  ended: EndedEvent,
  found: readonly Delivery[],
  options: DeliveryOptions,
): Promise<QueuedEvent[]> {
  const next: QueuedEvent[] = [];
  for (const delivery of found) {
    const why = whyNotDelivered(delivery, ended.event);
    if (delivery.functionName !== undefined && why === undefined) {
      const event = toEvent(delivery.functionName, delivery, ended);
      next.push(event);
      log(delivery, ended, ` (invoked with request id ${event.id})`, options);
    } else await writeDown(delivery, ended, why, options);
  }
  const accepted = next.map((event): JournalRecord => ({ kind: "accepted", event }));
  await options.store.append([...accepted, { kind: "done", id: ended.event.id }], next.length > 0);
  return next;
}

function whyNotDelivered(delivery: Delivery, event: QueuedEvent): string | undefined {
  if (delivery.functionName === undefined) return undefined;
  if (Buffer.byteLength(delivery.body) > eventLimit) return `it is over ${eventLimit} bytes`;
  if (event.hops >= mostHops) return `it is the end of a loop of ${mostHops} rounds`;
  return undefined;
}

function toEvent(functionName: string, delivery: Delivery, ended: EndedEvent): QueuedEvent {
  const { traceId, hops } = ended.event;
  const at = { acceptedAt: ended.endedAt, failures: 0, hops: hops + 1 };
  return { id: randomUUID(), functionName, payload: delivery.body, traceId, ...at };
}

async function writeDown(
  delivery: Delivery,
  ended: EndedEvent,
  why: string | undefined,
  options: DeliveryOptions,
): Promise<void> {
  const { kind, to, body } = delivery;
  const { event, endedAt, condition } = ended;
  const { id, functionName } = event;
  const reason = why === undefined ? "" : ` (not delivered: ${why})`;
  log(delivery, ended, reason === "" ? " (written down here, not sent)" : reason, options);
  options.onNote(
    `${kind} of the event ${id} for ${functionName} (${condition}) is for ${to}${reason}: see its log.`,
  );
  const timestamp = new Date(endedAt).toISOString();
  await options.store.record({ timestamp, kind, to, functionName, requestId: id, condition, body });
}

/** Beside the function's own streams; the text before the tab is what a person reads who follows the event. */
function log(
  delivery: Delivery,
  { event, endedAt }: EndedEvent,
  how: string,
  { logs }: DeliveryOptions,
): void {
  const { kind, to, body, logGroup } = delivery;
  const message = `DESTINATION RequestId: ${event.id} ${kind}: ${to}${how}\t${body}\n`;
  logs.append(logGroup, "destinations", { timestamp: endedAt, message });
}
