import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../api/errors.ts";
import type { Entry } from "../discovery/catalog.ts";
import type { Invocation, InvocationResult } from "../sandbox/outcome.ts";

export interface QueueOptions {
  /** Runs one attempt. Throws an `ApiError` 429 where there is no room for it now. */
  run: (entry: Entry, invocation: Invocation, signal: AbortSignal) => Promise<InvocationResult>;
  /** The function as it is now; undefined where it is no longer declared. */
  find: (name: string, signal: AbortSignal) => Promise<Entry | undefined>;
  /** Waits before the second and later attempts after a function error, in ms; as many as there are. */
  retryDelaysMs: readonly number[];
  /** Told of each event that is given up. */
  onGivenUp: (name: string, requestId: string, why: string) => void;
  /** Ends all waiting. */
  signal: AbortSignal;
}

/** How many events of one function run at a time: the others wait in the order they came. */
const atATime = 10;
/** Between two tries to start an attempt when there is no room: doubled each time, up to the longest. In ms. */
const throttleDelaysMs = { first: 100, longest: 5000 };

interface Line {
  running: number;
  waiting: { name: string; invocation: Invocation }[];
}

/**
 * Runs accepted events, each up to one attempt and its retries, with the same request id every time.
 * Source: "Understanding error handling and retries in Lambda", asynchronous invocation.
 */
export class EventQueue {
  readonly #options: QueueOptions;
  readonly #lines = new Map<string, Line>();

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  accept(entry: Entry, invocation: Invocation): void {
    const { name } = entry.fn;
    const line = this.#lines.get(name) ?? { running: 0, waiting: [] };
    this.#lines.set(name, line);
    line.waiting.push({ name, invocation });
    this.#advance(line);
  }

  #advance(line: Line): void {
    while (line.running < atATime) {
      const event = line.waiting.shift();
      if (!event) return;
      line.running += 1;
      this.#attemptAll(event.name, event.invocation)
        .catch((error: unknown) => this.#giveUp(event, error))
        .finally(() => {
          line.running -= 1;
          this.#advance(line);
        });
    }
  }

  #giveUp(event: { name: string; invocation: Invocation }, error: unknown): void {
    if (this.#options.signal.aborted) return;
    const why = error instanceof Error ? error.message : String(error);
    this.#options.onGivenUp(event.name, event.invocation.requestId, why);
  }

  async #attemptAll(name: string, invocation: Invocation): Promise<void> {
    const { retryDelaysMs, signal } = this.#options;
    for (const delay of [...retryDelaysMs, undefined]) {
      const { outcome } = await this.#attempt(name, invocation);
      if (outcome.kind === "returned") return;
      if (delay !== undefined) await sleep(delay, undefined, { signal });
    }
    throw new Error(`it failed ${retryDelaysMs.length + 1} times`);
  }

  async #attempt(name: string, invocation: Invocation): Promise<InvocationResult> {
    const { find, run, signal } = this.#options;
    for (let delay = throttleDelaysMs.first; ; delay = Math.min(delay * 2, throttleDelaysMs.longest)) {
      const entry = await find(name, signal);
      if (!entry) throw new Error("the function is no longer declared");
      try {
        return await run(entry, invocation, signal);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 429) throw error;
        await sleep(delay, undefined, { signal });
      }
    }
  }
}
