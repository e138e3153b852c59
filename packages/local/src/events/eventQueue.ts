import type { AttemptLine } from "../contract/attemptLine.ts";
import { ApiError, throttled } from "../model/errors.ts";
import type { CatalogEntry } from "../discovery/catalog/catalogEntries.ts";
import { functionArn } from "../model/identity.ts";
import type { Invocation, InvocationResult } from "../model/invocation.ts";
import type { Condition, EndedEvent } from "./destinations.ts";
import type { QueuedEvent } from "./queuedEvent.ts";
import type { EventStore } from "./eventStore.ts";

export interface EventTiming {
  /** Before the second and third attempt after a function error. */
  retryDelaysMs: readonly number[];
  /** Between tries to start a throttled attempt; doubled each time. */
  throttleDelaysMs: { first: number; max: number };
}

export interface QueueOptions {
  /** Runs one attempt. Throws an `ApiError` where it can't start now. */
  run: (entry: CatalogEntry, invocation: Invocation, signal: AbortSignal) => Promise<InvocationResult>;
  /** Finds the current function; undefined where it isn't declared. */
  find: (name: string, signal: AbortSignal) => Promise<CatalogEntry | undefined>;
  store: Pick<EventStore, "append" | "adopt">;
  timing: EventTiming;
  /** Payloads in memory; further events are throttled. */
  maxQueuedBytes: number;
  /** Records an ended event, and returns the events for its destinations. */
  end: (entry: CatalogEntry | undefined, ended: EndedEvent) => Promise<readonly QueuedEvent[]>;
  /** Records an attempt that has ended, for whoever follows the event. */
  record: (entry: CatalogEntry, attempt: AttemptLine) => void;
  /** ms since 1970 */
  now: () => number;
  onNote: (text: string) => void;
  /** Called with the events that were taken over and now run. */
  onResumed: (events: readonly QueuedEvent[]) => void;
  signal: AbortSignal;
}

const MAX_RUNNING_PER_FUNCTION = 10;
/** Source: `MaximumRetryAttempts` and `MaximumEventAgeInSeconds` of PutFunctionEventInvokeConfig. */
const DEFAULT_RETRIES = 2;
const DEFAULT_MAX_AGE_SECONDS = 21_600;

interface Job {
  event: QueuedEvent;
  /** Throttled tries since the last attempt. */
  throttles: number;
}

interface FunctionQueue {
  running: number;
  waiting: Job[];
}

/**
 * Runs accepted events with retries, with the same request id for all attempts, and delivers their results to destinations.
 * Source: "Understanding error handling and retries in Lambda", asynchronous invocation.
 */
export class EventQueue {
  readonly #options: QueueOptions;
  readonly #queues = new Map<string, FunctionQueue>();
  #queuedBytes = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Resolves when the event is stored; it runs afterwards, whatever happens to this process. Throws an `ApiError` 429. */
  async accept(event: QueuedEvent): Promise<void> {
    if (this.#queuedBytes + event.payload.length > this.#options.maxQueuedBytes)
      throw throttled("CallerRateLimitExceeded");
    this.#queuedBytes += event.payload.length;
    try {
      await this.#options.store.append([{ kind: "accepted", event }], true);
    } catch (error) {
      this.#queuedBytes -= event.payload.length;
      throw error;
    }
    this.#enqueue({ event, throttles: 0 });
  }

  /** Takes over the events of services that have ended, now and later. */
  async adopt(): Promise<void> {
    await this.#options.store.adopt((events) => {
      if (events.length > 0) this.#options.onResumed(events);
      this.#begin(events);
    });
  }

  #begin(events: readonly QueuedEvent[]): void {
    for (const event of events) {
      this.#queuedBytes += event.payload.length;
      this.#enqueue({ event, throttles: 0 });
    }
  }

  #enqueue(job: Job): void {
    const { functionName } = job.event;
    const line = this.#queues.get(functionName) ?? { running: 0, waiting: [] };
    this.#queues.set(functionName, line);
    line.waiting.push(job);
    this.#advance(line);
  }

  #advance(line: FunctionQueue): void {
    while (line.running < MAX_RUNNING_PER_FUNCTION && !this.#options.signal.aborted) {
      const job = line.waiting.shift();
      if (!job) return;
      line.running += 1;
      void this.#attempt(job).finally(() => {
        line.running -= 1;
        this.#advance(line);
      });
    }
  }

  /** Makes one attempt and schedules what follows; never rejects. */
  async #attempt(job: Job): Promise<void> {
    const { signal, find } = this.#options;
    try {
      const entry = await find(job.event.functionName, signal);
      const settings = entry?.fn.eventInvoke;
      const maxAgeSeconds = settings?.maximumEventAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS;
      const ageMs = this.#options.now() - job.event.acceptedAt;
      if (ageMs > maxAgeSeconds * 1000) return await this.#end(job, entry, "EventAgeExceeded");
      // The template may be temporarily broken, or the workspace not trusted yet.
      if (!entry) return this.#postpone(job);
      if (entry.fn.reservedConcurrency === 0) return await this.#end(job, entry, "RetriesExhausted");
      await this.#runOnce(job, entry, settings?.maximumRetryAttempts ?? DEFAULT_RETRIES);
    } catch (error) {
      if (!signal.aborted) this.#retryAfterError(job, error);
    }
  }

  async #runOnce(job: Job, entry: CatalogEntry, retries: number): Promise<void> {
    const { event } = job;
    const result = await this.#options.run(entry, toInvocation(event), this.#options.signal);
    const failures = event.failures + 1;
    const hasReturned = result.outcome.kind === "returned";
    const attempt: AttemptLine = {
      requestId: event.id,
      number: failures,
      outcome: hasReturned ? "returned" : "failed",
    };
    if (hasReturned || failures > retries) {
      await this.#end(job, entry, hasReturned ? "Success" : "RetriesExhausted", result);
      this.#options.record(entry, attempt);
      return;
    }
    // If this write fails, a restart makes one more attempt, which is harmless.
    await this.#options.store.append([{ kind: "failed", id: event.id, failures }], false).catch(() => {});
    const { retryDelaysMs } = this.#options.timing;
    const retryInMs = retryDelaysMs[failures - 1] ?? retryDelaysMs.at(-1) ?? 0;
    this.#options.record(entry, { ...attempt, retryInMs });
    this.#schedule({ event: { ...event, failures }, throttles: 0 }, retryInMs);
  }

  /** Retries after anything but a function error, until the event is too old. */
  #retryAfterError(job: Job, error: unknown): void {
    if (!(error instanceof ApiError) || error.status !== 429) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.onNote(
        `Event ${job.event.id} for ${job.event.functionName} couldn't be run and will be retried: ${why}`,
      );
    }
    this.#postpone(job);
  }

  #postpone({ event, throttles }: Job): void {
    const { first, max } = this.#options.timing.throttleDelaysMs;
    this.#schedule({ event, throttles: throttles + 1 }, Math.min(first * 2 ** throttles, max));
  }

  #schedule(job: Job, delayMs: number): void {
    const { signal } = this.#options;
    if (signal.aborted) return;
    const timer = setTimeout(() => this.#enqueue(job), delayMs);
    timer.unref();
  }

  async #end(
    { event }: Job,
    entry: CatalogEntry | undefined,
    condition: Condition,
    result?: InvocationResult,
  ): Promise<void> {
    const runs = event.failures + (result ? 1 : 0);
    const endedAt = this.#options.now();
    if (condition !== "Success") {
      const why = reasonOf(condition, runs);
      this.#options.onNote(`Event ${event.id} for ${event.functionName} won't be retried: ${why}.`);
    }
    await this.#finish(entry, { event, condition, runs, outcome: result?.outcome, endedAt });
    this.#queuedBytes -= event.payload.length;
  }

  /** Retries the recording, not the function, which has already run. */
  async #finish(entry: CatalogEntry | undefined, ended: EndedEvent): Promise<void> {
    const { end, onNote, signal, timing } = this.#options;
    try {
      this.#begin(await end(entry, ended));
    } catch (error) {
      if (signal.aborted) return;
      onNote(
        `The result of event ${ended.event.id} couldn't be stored and will be retried: ${String(error)}`,
      );
      setTimeout(() => void this.#finish(entry, ended), timing.throttleDelaysMs.max).unref();
    }
  }
}

function toInvocation(event: QueuedEvent): Invocation {
  const qualifier = event.qualifier === undefined ? "" : `:${event.qualifier}`;
  return {
    requestId: event.id,
    payload: Buffer.from(event.payload),
    invokedArn: `${functionArn(event.functionName)}${qualifier}`,
    traceId: event.traceId,
  };
}

function reasonOf(condition: Condition, runs: number): string {
  if (condition === "EventAgeExceeded") return "it's too old";
  return runs === 0
    ? "the function's concurrency is 0"
    : `it failed ${runs} ${runs === 1 ? "time" : "times"}`;
}
