import { cutText } from "./safeText.ts";

/** How many bytes become a string at once: more of them take the memory of large objects, which is slow to get. */
const PIECE_BYTES = 64 * 1024;

/** Makes a long text of bytes in pieces: a string of megabytes takes long to make at once. */
export class TextPieces {
  readonly #pieces: string[] = [];
  readonly #bytes = Buffer.allocUnsafe(PIECE_BYTES);
  #used = 0;
  /** How many characters still fit, at least. */
  #room: number;
  /** How many fit if the bytes that aren't a string yet are left out. */
  #exactRoom: number;

  /** Takes at most so many characters. */
  constructor(maxCharacters = Number.POSITIVE_INFINITY) {
    this.#room = maxCharacters;
    this.#exactRoom = maxCharacters;
  }

  /**
   * Adds whole characters of UTF-8, of at most 64 KB. Returns how many bytes were taken: fewer if the limit is reached,
   * and then nothing more may be added.
   */
  add(source: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > this.#room) return this.#addExactly(source, start, end);
    if (this.#used + length > PIECE_BYTES) this.#flush();
    if (length < SHORT) for (let at = start; at < end; at++) this.#bytes[this.#used++] = source[at] ?? 0;
    else {
      this.#bytes.set(source.subarray(start, end), this.#used);
      this.#used += length;
    }
    // A character has a byte or more.
    this.#room -= length;
    return length;
  }

  /** The text so far. */
  pieces(): readonly string[] {
    this.#flush();
    return this.#pieces;
  }

  #addExactly(source: Uint8Array, start: number, end: number): number {
    this.#flush();
    const text = bufferOf(source).toString("utf8", start, end);
    const cut = cutText(text, this.#room);
    this.#push(cut);
    return cut.length === text.length ? end - start : Buffer.byteLength(cut);
  }

  #flush(): void {
    if (this.#used > 0) this.#push(this.#bytes.toString("utf8", 0, this.#used));
    this.#used = 0;
  }

  #push(piece: string): void {
    this.#pieces.push(piece);
    this.#exactRoom -= piece.length;
    this.#room = this.#exactRoom;
  }
}

/** Bytes up to which copying one by one is quicker. */
const SHORT = 32;

/** The same bytes, not copied. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The beginning of the character of UTF-8 at a place. */
export function characterStart(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start > Math.max(0, at - 3) && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}

/** One string, which isn't put together before somebody reads it. */
export function joined(pieces: readonly string[]): string {
  return pieces.reduce((text, piece) => text + piece, "");
}
