/** Bytes in one piece of memory; what isn't used of it takes none. */
export class GrowingBytes {
  #memory: Buffer;
  #length = 0;

  /** It may become more. */
  constructor(expected: number) {
    this.#memory = Buffer.allocUnsafeSlow(expected);
  }

  get length(): number {
    return this.#length;
  }

  /** Copies a part to its place. */
  add(part: Uint8Array): void {
    const needed = this.#length + part.length;
    if (needed > this.#memory.length) this.#grow(Math.max(needed, this.#memory.length * 2));
    this.#memory.set(part, this.#length);
    this.#length = needed;
  }

  /** What was added so far, not copied. */
  bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  #grow(length: number): void {
    const memory = Buffer.allocUnsafeSlow(length);
    memory.set(this.#memory.subarray(0, this.#length));
    this.#memory = memory;
  }
}
