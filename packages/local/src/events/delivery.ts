import { randomUUID } from "node:crypto";
import { SERVICE_STREAMS } from "../contract/attemptLine.ts";
import { formatDestinationLine } from "../contract/destinationLine.ts";
import { MAX_EVENT_BYTES } from "../model/limits.ts";
import type { LogStore } from "../logs/logStore.ts";
import type { Delivery, EndedEvent } from "./destinations.ts";
import type { JournalRecord, QueuedEvent } from "./queuedEvent.ts";
import type { EventStore } from "./eventStore.ts";

/** How many rounds a loop of functions that invoke each other may run. Source: "Recursive loop detection". */
const MAX_HOPS = 16;

export interface DeliveryOptions {
  store: EventStore;
  logs: LogStore;
  /** Receives sentences for the service's output. */
  onNote: (text: string) => void;
}

/**
 * Marks an event as done in the journal and, in the same write, accepts the events for local functions among its
 * destinations, which it returns. Deliveries to AWS are recorded in the function's log group and in `destinations.jsonl`.
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
      log(delivery, ended, `invoked with request id ${event.id}`, options);
    } else await recordUndelivered(delivery, ended, why, options);
  }
  const accepted = next.map((event): JournalRecord => ({ kind: "accepted", event }));
  await options.store.append([...accepted, { kind: "done", id: ended.event.id }], next.length > 0);
  return next;
}

function whyNotDelivered(delivery: Delivery, event: QueuedEvent): string | undefined {
  if (delivery.functionName === undefined) return undefined;
  if (Buffer.byteLength(delivery.body) > MAX_EVENT_BYTES) return `it's larger than ${MAX_EVENT_BYTES} bytes`;
  if (event.hops >= MAX_HOPS) return `the loop was stopped after ${MAX_HOPS} rounds`;
  return undefined;
}

function toEvent(functionName: string, delivery: Delivery, ended: EndedEvent): QueuedEvent {
  const { traceId, hops } = ended.event;
  const at = { acceptedAt: ended.endedAt, failures: 0, hops: hops + 1 };
  return { id: randomUUID(), functionName, payload: delivery.body, traceId, ...at };
}

async function recordUndelivered(
  delivery: Delivery,
  ended: EndedEvent,
  why: string | undefined,
  options: DeliveryOptions,
): Promise<void> {
  const { kind, to, body } = delivery;
  const { event, endedAt, condition } = ended;
  const { id, functionName } = event;
  const result = why === undefined ? "recorded, not sent" : `not delivered: ${why}`;
  log(delivery, ended, result, options);
  options.onNote(
    `The ${kind} record of event ${id} for ${functionName} (${condition}) is for ${to} (${result}). See the function's log.`,
  );
  const timestamp = new Date(endedAt).toISOString();
  await options.store.recordDelivery({ timestamp, kind, to, functionName, requestId: id, condition, body });
}

/** Uses a log stream of its own. */
function log(
  delivery: Delivery,
  { event, endedAt }: EndedEvent,
  result: string,
  { logs }: DeliveryOptions,
): void {
  const { kind, to, body, logGroup } = delivery;
  const message = formatDestinationLine({ requestId: event.id, kind, to, result, body });
  logs.append(logGroup, SERVICE_STREAMS.destinations, { timestamp: endedAt, message });
}
