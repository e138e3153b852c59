import { ApiError, throttled } from "../model/errors.ts";
import type { Entry } from "../discovery/catalog/catalog.ts";
import { functionArn } from "../model/identity.ts";
import type { Invocation, InvocationResult } from "../model/outcome.ts";
import type { Condition, EndedEvent } from "./destinations.ts";
import type { QueuedEvent } from "./event.ts";
import type { EventStore } from "./store.ts";

/** The waits of asynchronous invocation, in ms. */
export interface EventTiming {
  /** Before the second and third attempts after a function error. */
  retryDelaysMs: readonly number[];
  /** Between tries to start an attempt where there is no room for it: doubled each time, up to the longest. */
  throttleDelaysMs: { first: number; longest: number };
}

export interface QueueOptions {
  /** Runs one attempt. Throws an `ApiError` where it may not start now. */
  run: (entry: Entry, invocation: Invocation, signal: AbortSignal) => Promise<InvocationResult>;
  /** The function as it is now; undefined where it is not declared. */
  find: (name: string, signal: AbortSignal) => Promise<Entry | undefined>;
  store: Pick<EventStore, "append" | "adopt">;
  timing: EventTiming;
  /** More than this is refused rather than kept in memory, in bytes of payload. */
  mostQueuedBytes: number;
  /** Writes down what has ended, and gives the events that come of it. */
  end: (entry: Entry | undefined, ended: EndedEvent) => Promise<readonly QueuedEvent[]>;
  /** ms since 1970 */
  now: () => number;
  onNote: (text: string) => void;
  /** Told of events that were taken over, and run now. */
  onResumed: (events: readonly QueuedEvent[]) => void;
  /** Ends all waiting. */
  signal: AbortSignal;
}

/** How many events of one function run at a time: the others wait in the order they came. */
const atATime = 10;
/** Source: `MaximumRetryAttempts` and `MaximumEventAgeInSeconds` of PutFunctionEventInvokeConfig. */
const defaults = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 };

interface Job {
  event: QueuedEvent;
  /** Tries that found no room, since the last attempt. */
  throttles: number;
}

interface Line {
  running: number;
  waiting: Job[];
}

/**
 * Runs accepted events, each up to one attempt and its retries, with the same request id every time, and sees to what comes
 * of them. Source: "Understanding error handling and retries in Lambda", asynchronous invocation.
 */
export class EventQueue {
  readonly #options: QueueOptions;
  readonly #lines = new Map<string, Line>();
  #queuedBytes = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Resolves when the event is written down; it is run afterwards, whatever happens to this process. Throws an `ApiError` 429. */
  async accept(event: QueuedEvent): Promise<void> {
    if (this.#queuedBytes + event.payload.length > this.#options.mostQueuedBytes)
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

  /** Takes over what services that have ended left behind, now and as others end. */
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
    const line = this.#lines.get(functionName) ?? { running: 0, waiting: [] };
    this.#lines.set(functionName, line);
    line.waiting.push(job);
    this.#advance(line);
  }

  #advance(line: Line): void {
    while (line.running < atATime && !this.#options.signal.aborted) {
      const job = line.waiting.shift();
      if (!job) return;
      line.running += 1;
      void this.#attempt(job).finally(() => {
        line.running -= 1;
        this.#advance(line);
      });
    }
  }

  /** Makes one attempt, and sees to what is next; never rejects. */
  async #attempt(job: Job): Promise<void> {
    const { signal, find } = this.#options;
    try {
      const entry = await find(job.event.functionName, signal);
      const limits = { ...defaults, ...entry?.fn.eventInvoke };
      const ageMs = this.#options.now() - job.event.acceptedAt;
      if (ageMs > limits.maximumEventAgeSeconds * 1000)
        return await this.#end(job, entry, "EventAgeExceeded");
      // It may be a template that is broken for the moment, or a folder that is not trusted yet.
      if (!entry) return this.#putOff(job);
      if (entry.fn.reservedConcurrency === 0) return await this.#end(job, entry, "RetriesExhausted");
      await this.#runOnce(job, entry, limits.maximumRetryAttempts);
    } catch (error) {
      if (!signal.aborted) this.#troubled(job, error);
    }
  }

  async #runOnce(job: Job, entry: Entry, retries: number): Promise<void> {
    const { event } = job;
    const result = await this.#options.run(entry, toInvocation(event), this.#options.signal);
    if (result.outcome.kind === "returned") return this.#end(job, entry, "Success", result);
    const failures = event.failures + 1;
    if (failures > retries) return this.#end(job, entry, "RetriesExhausted", result);
    // Without this line a restart makes one more attempt, which is no harm.
    await this.#options.store.append([{ kind: "failed", id: event.id, failures }], false).catch(() => {});
    const { retryDelaysMs } = this.#options.timing;
    this.#later(
      { event: { ...event, failures }, throttles: 0 },
      retryDelaysMs[failures - 1] ?? retryDelaysMs.at(-1) ?? 0,
    );
  }

  /** What is no function error is tried again until the event is too old. */
  #troubled(job: Job, error: unknown): void {
    if (!(error instanceof ApiError) || error.status !== 429) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.onNote(`The event ${job.event.id} for ${job.event.functionName} is tried again: ${why}`);
    }
    this.#putOff(job);
  }

  #putOff({ event, throttles }: Job): void {
    const { first, longest } = this.#options.timing.throttleDelaysMs;
    this.#later({ event, throttles: throttles + 1 }, Math.min(first * 2 ** throttles, longest));
  }

  #later(job: Job, delayMs: number): void {
    const { signal } = this.#options;
    if (signal.aborted) return;
    const timer = setTimeout(() => this.#enqueue(job), delayMs);
    timer.unref();
  }

  async #end(
    { event }: Job,
    entry: Entry | undefined,
    condition: Condition,
    result?: InvocationResult,
  ): Promise<void> {
    const runs = event.failures + (result ? 1 : 0);
    const endedAt = this.#options.now();
    if (condition !== "Success") {
      const why = reasonOf(condition, runs);
      this.#options.onNote(`The event ${event.id} for ${event.functionName} was given up: ${why}.`);
    }
    await this.#settle(entry, { event, condition, runs, outcome: result?.outcome, endedAt });
    this.#queuedBytes -= event.payload.length;
  }

  /** What cannot be written down now is written down later: the function has run, and need not again. */
  async #settle(entry: Entry | undefined, ended: EndedEvent): Promise<void> {
    const { end, onNote, signal, timing } = this.#options;
    try {
      this.#begin(await end(entry, ended));
    } catch (error) {
      if (signal.aborted) return;
      onNote(`The end of the event ${ended.event.id} could not be written down yet: ${String(error)}`);
      setTimeout(() => void this.#settle(entry, ended), timing.throttleDelaysMs.longest).unref();
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
  if (condition === "EventAgeExceeded") return "it is too old";
  return runs === 0
    ? "the function's concurrency is 0"
    : `it failed ${runs} ${runs === 1 ? "time" : "times"}`;
}
