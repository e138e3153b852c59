import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../../../src/core/invocation/clock.ts";

interface Timer {
  at: number;
  run: () => void;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  /** What each pause was asked to last, in milliseconds. */
  readonly sleeps: number[] = [];
  /** What `random` gives. */
  luck = 0.5;
  #now = 0;
  #ids = 0;
  readonly #timers = new Set<Timer>();
  readonly #started = Date.UTC(2026, 10, 21, 10, 0, 0);

  now(): number {
    return this.#started + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  random(): number {
    return this.luck;
  }

  newId(): string {
    return `id-${++this.#ids}`;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.after(ms, resolve);
    signal.addEventListener("abort", () => {
      stop();
      resolve();
    });
    return promise;
  }

  after(ms: number, late: () => void): () => void {
    const timer = { at: this.#now + ms, run: late };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Moves the clock, runs what is due on the way, and lets everything that follows from it happen. */
  async advance(ms: number): Promise<void> {
    await turn();
    const end = this.#now + ms;
    for (let due = this.#next(end); due; due = this.#next(end)) {
      this.#now = Math.max(this.#now, due.at);
      this.#timers.delete(due);
      due.run();
      await turn();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.sort((a, b) => a.at - b.at)[0];
  }
}
