/** Collects a line that arrives in pieces; each of its bytes is copied only a few times. */
export class LineBuffer {
  readonly maxBytes: number;
  #bytes: Buffer = Buffer.alloc(0);
  #size = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Passes on what has the maximum size, up to a whole character. */
  add(bytes: Buffer, onFull: (full: Buffer) => void): void {
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + this.maxBytes - this.#size);
      this.#append(bytes.subarray(at, end));
      at = end;
      if (this.#size < this.maxBytes) continue;
      const full = this.take();
      const whole = wholeCharacters(full);
      onFull(full.subarray(0, whole));
      this.#append(full.subarray(whole));
    }
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** The collected bytes, valid until more are added. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#size);
    this.#size = 0;
    return taken;
  }

  /** Gives back the memory that it doesn't need. */
  shrink(): void {
    if (this.#size === 0) this.#bytes = Buffer.alloc(0);
  }

  #append(bytes: Buffer): void {
    const size = this.#size + bytes.length;
    if (size > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.maxBytes, Math.max(2 * size, MIN_BYTES)));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.#size);
    this.#size = size;
  }
}

const MIN_BYTES = 256;

/** The length of the part that ends with a whole character, if it's UTF-8. A character has at most four bytes. */
function wholeCharacters(bytes: Buffer): number {
  const byteAt = (back: number) => bytes[bytes.length - back] ?? 0;
  const first = [1, 2, 3, 4].find((back) => (byteAt(back) & 0xc0) !== 0x80);
  // A first byte says how many follow.
  if (first === undefined || first === characterBytes(byteAt(first))) return bytes.length;
  return bytes.length - first;
}

function characterBytes(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
