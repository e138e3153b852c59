import { formatAttemptLine, SERVICE_STREAMS } from "../contract/attemptLine.ts";
import type { ResumedEvent } from "../contract/service.ts";
import type { CatalogEntry } from "../discovery/catalog/catalogEntries.ts";
import { logGroupOf } from "../model/identity.ts";
import type { LogStore } from "../logs/logStore.ts";
import type { Invocation, InvocationResult } from "../model/invocation.ts";
import { deliverAll } from "./delivery.ts";
import { deliveries, type Delivery } from "./destinations.ts";
import type { QueuedEvent } from "./queuedEvent.ts";
import { EventQueue, type EventTiming } from "./eventQueue.ts";
import { EventStore } from "./eventStore.ts";

export interface EventsOptions {
  /** Where accepted events are stored; several services may share it. */
  folder: string;
  timing: EventTiming;
  /** Payloads in memory; further events are throttled. */
  maxQueuedBytes: number;
  logs: LogStore;
  entries: (signal: AbortSignal) => Promise<ReadonlyMap<string, CatalogEntry>>;
  run: (entry: CatalogEntry, invocation: Invocation, signal: AbortSignal) => Promise<InvocationResult>;
  /** ms since 1970 */
  now: () => number;
  onNote: (text: string) => void;
  /** Called with the events that were taken over and now run. */
  onResumed: (events: readonly ResumedEvent[]) => void;
}

/** Creates a queue whose events survive this process. */
export function createEventQueue(options: EventsOptions, signal: AbortSignal): EventQueue {
  const { entries, logs, onNote, onResumed } = options;
  const store = new EventStore(options.folder, signal);
  return new EventQueue({
    ...options,
    find: async (name, findSignal) => (await entries(findSignal)).get(name),
    store,
    record({ fn }, attempt) {
      const line = { timestamp: options.now(), message: formatAttemptLine(attempt) };
      logs.append(logGroupOf(fn), SERVICE_STREAMS.attempts, line);
    },
    onResumed(events) {
      toResumed(events, entries, signal).then(onResumed, (error: unknown) => {
        if (!signal.aborted) onNote(`Resumed events couldn't be reported: ${String(error)}`);
      });
    },
    async end(entry, ended) {
      const found = entry ? deliveries(entry.fn, ended) : [];
      const known = found.length > 0 ? await forDeclaredFunctions(found, entries, signal) : [];
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

/** Treats a function that Local doesn't have like any other AWS resource: its deliveries are only recorded. */
async function forDeclaredFunctions(
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
