/** Hands values over to one reader: `put` resolves when its value was read and the next one is asked for. */
export class Handover<T> implements AsyncIterable<T> {
  readonly #values: { value: T; done: () => void }[] = [];
  #closed = false;
  #changed = Promise.withResolvers<void>();

  put(value: T): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#values.push({ value, done: resolve });
    this.#notify();
    return promise;
  }

  /** Ends the reading after the values that were put. */
  close(): void {
    this.#closed = true;
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.#values.shift();
      if (next) {
        yield next.value;
        next.done();
      } else if (this.#closed) return;
      else await this.#changed.promise;
    }
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
