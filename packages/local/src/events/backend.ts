import type { ResumedEvent } from "../contract/service.ts";
import type { Entry } from "../discovery/catalog/catalog.ts";
import { logGroupOf } from "../model/identity.ts";
import type { LogStore } from "../logs/store.ts";
import type { Invocation, InvocationResult } from "../model/outcome.ts";
import { deliverAll } from "./delivery.ts";
import { deliveries, type Delivery } from "./destinations.ts";
import type { QueuedEvent } from "./event.ts";
import { EventQueue, type EventTiming } from "./queue.ts";
import { EventStore } from "./store.ts";

/** What asynchronous invocation needs of the rest of the service. */
export interface EventsOptions {
  /** Where accepted events are kept; several services may share it. */
  folder: string;
  timing: EventTiming;
  /** More than this is refused rather than kept in memory, in bytes of payload. */
  mostQueuedBytes: number;
  logs: LogStore;
  entries: (signal: AbortSignal) => Promise<ReadonlyMap<string, Entry>>;
  run: (entry: Entry, invocation: Invocation, signal: AbortSignal) => Promise<InvocationResult>;
  /** ms since 1970 */
  now: () => number;
  onNote: (text: string) => void;
  /** Told of events that were taken over, and run now. */
  onResumed: (events: readonly ResumedEvent[]) => void;
}

/** Asynchronous invocation, with events that outlive this process. */
export function createEventQueue(options: EventsOptions, signal: AbortSignal): EventQueue {
  const { entries, logs, onNote, onResumed } = options;
  const store = new EventStore(options.folder, signal);
  return new EventQueue({
    ...options,
    find: async (name, asked) => (await entries(asked)).get(name),
    store,
    onResumed(events) {
      toResumed(events, entries, signal).then(onResumed, (error: unknown) => {
        if (!signal.aborted) onNote(`Events that were taken over could not be told of: ${String(error)}`);
      });
    },
    async end(entry, ended) {
      const found = entry ? deliveries(entry.fn, ended) : [];
      const known = found.length > 0 ? await declared(found, entries, signal) : [];
      return deliverAll(ended, known, { store, logs, onNote });
    },
    signal,
  });
}

async function toResumed(
  events: readonly QueuedEvent[],
  entries: EventsOptions["entries"],
  signal: AbortSignal,
): Promise<ResumedEvent[]> {
  const known = await entries(signal);
  return events.map(({ id, functionName, acceptedAt, failures }) => {
    const logGroup = logGroupOf(known.get(functionName)?.fn ?? { name: functionName });
    return { requestId: id, functionName, logGroup, acceptedAtMs: acceptedAt, failures };
  });
}

/** A function that Local does not have is like a queue: what is for it can only be written down. */
async function declared(
  found: readonly Delivery[],
  entries: EventsOptions["entries"],
  signal: AbortSignal,
): Promise<Delivery[]> {
  const known = await entries(signal);
  return found.map(({ functionName: name, ...delivery }) => ({
    ...delivery,
    functionName: name !== undefined && known.has(name) ? name : undefined,
  }));
}
