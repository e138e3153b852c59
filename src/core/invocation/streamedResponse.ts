import { GrowingBytes } from "../growingBytes.ts";
import { findPrelude, type HttpPrelude } from "./httpPrelude.ts";

/** A part of a streamed response. */
export interface StreamChunk {
  /** Without the prelude. */
  bytes: Uint8Array;
  /** When it arrived, in milliseconds since the request left. */
  atMs: number;
  /** Which comes with the first part of the body. */
  prelude?: HttpPrelude;
}

/** A streamed response as a record keeps it. */
export interface StreamFacts {
  /** Parts in which the response arrived. */
  chunks: number;
  /** Until the first of them, in milliseconds. */
  firstByteMs?: number;
  /** Lambda said how it ended; otherwise it's only the part that came. */
  complete: boolean;
  /** How much of the response the record has, if that isn't all. */
  keptBytes?: number;
  prelude?: HttpPrelude;
}

/** How much of a streamed response stays in memory: as much as a synchronous one may have. */
export const MAX_KEPT_BYTES = 6 * 1024 * 1024;

const FIRST_BYTES = 64 * 1024;

/** Takes in the parts of a streamed response, and keeps the first megabytes. */
export class StreamedResponse {
  readonly #kept = new GrowingBytes(FIRST_BYTES);
  #total = 0;
  #chunks = 0;
  #firstByteMs: number | undefined;
  #prelude: HttpPrelude | undefined;
  /** The first bytes, as long as they may be a prelude. */
  #undecided: Buffer | undefined = Buffer.alloc(0);

  /** The part of the body that can be shown now, if there's one. */
  take(bytes: Uint8Array, atMs: number): StreamChunk | undefined {
    this.#chunks++;
    this.#firstByteMs ??= atMs;
    if (!this.#undecided) return this.#keep({ bytes, atMs });
    const head = Buffer.concat([this.#undecided, bytes]);
    const search = findPrelude(head);
    this.#undecided = search.kind === "undecided" ? head : undefined;
    switch (search.kind) {
      case "undecided":
        return undefined;
      case "none":
        return this.#keep({ bytes: head, atMs });
      case "found":
        this.#prelude = search.prelude;
        return this.#keep({ bytes: head.subarray(search.bodyAt), atMs, prelude: search.prelude });
    }
  }

  /** What was held back because it could have been the beginning of a prelude. */
  finish(atMs: number): StreamChunk | undefined {
    const bytes = this.#undecided;
    this.#undecided = undefined;
    return bytes && bytes.length > 0 ? this.#keep({ bytes, atMs }) : undefined;
  }

  /** Bytes of the body. */
  get total(): number {
    return this.#total;
  }

  /** The body as far as it's kept. */
  body(): Uint8Array {
    const body = this.#kept.bytes();
    return body.length < this.#total ? wholeCharacters(body) : body;
  }

  facts(complete: boolean): StreamFacts {
    const facts: StreamFacts = { chunks: this.#chunks, complete };
    if (this.#firstByteMs !== undefined) facts.firstByteMs = this.#firstByteMs;
    if (this.#kept.length < this.#total) facts.keptBytes = this.#kept.length;
    if (this.#prelude) facts.prelude = this.#prelude;
    return facts;
  }

  #keep(chunk: StreamChunk): StreamChunk {
    this.#kept.add(chunk.bytes.subarray(0, MAX_KEPT_BYTES - this.#kept.length));
    this.#total += chunk.bytes.length;
    return chunk;
  }
}

/** Bytes without the beginning of a character at their end. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}
