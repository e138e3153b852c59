import type { Clock } from "../../../src/core/invocation/clock.ts";

/** The machine's time, but for two things: pauses take none, and deadlines come when the test says so. */
export class TestClock implements Clock {
  /** What each pause was asked to last, in milliseconds. */
  readonly sleeps: number[] = [];
  readonly #deadlines = new Set<() => void>();
  #ids = 0;

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  random(): number {
    return 0.5;
  }

  newId(): string {
    return `id-${++this.#ids}`;
  }

  sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    return Promise.resolve();
  }

  after(_ms: number, late: () => void): () => void {
    this.#deadlines.add(late);
    return () => this.#deadlines.delete(late);
  }

  /** How many deadlines are running. */
  get deadlines(): number {
    return this.#deadlines.size;
  }

  /** Lets every running deadline come. */
  expire(): void {
    for (const late of this.#deadlines) late();
  }
}
