import type { JsonTokenKind } from "../payload/jsonTokens.ts";
import { characterStart } from "./textPieces.ts";

/** A token of more bytes comes in parts, so that no part takes long. */
const MAX_PART = 64 * 1024;

/** What a token is that isn't complete yet. */
type Open = "string" | "number";

/**
 * Walks the bytes of JSON token by token, or part by part where a token is long. It keeps where a part is and builds
 * nothing, so that megabytes of it leave no garbage behind.
 */
export class JsonScanner {
  readonly #source: Uint8Array;
  kind: Exclude<JsonTokenKind, "comment"> = "space";
  /** The first byte of the part. */
  start = 0;
  /** The byte behind the part. */
  end = 0;
  /** Whether the part is the first of its token. */
  begins = true;
  #open: Open | undefined;
  /** Within a string: `ESCAPED` behind a backslash, or how many digits of `\u` are to come. */
  #escape = 0;
  /** Within a number. */
  #state = 0;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** Goes to the next part; false at the end of the source. */
  next(): boolean {
    const { length } = this.#source;
    this.start = this.end;
    this.begins = this.#open === undefined;
    if (this.start === length) return this.#atEnd();
    const limit = characterStart(this.#source, Math.min(length, this.start + MAX_PART));
    if (this.#open === "string") this.end = this.#string(this.start, limit);
    else if (this.#open === "number") this.end = this.#number(this.start, limit);
    else this.#begin(limit);
    return true;
  }

  /** A token that the source ends in may be incomplete. */
  #atEnd(): boolean {
    const isCut = this.#open === "string" || (this.#open === "number" && !ENDS[this.#state]);
    this.#open = undefined;
    if (isCut) this.kind = "broken";
    return isCut;
  }

  #begin(limit: number): void {
    const first = this.#source[this.start] ?? 0;
    const mark = MARKS[first];
    if (mark) {
      this.kind = mark;
      this.end = this.start + 1;
    } else if (first === QUOTE) {
      this.kind = "value";
      this.#escape = 0;
      this.end = this.#string(this.start + 1, limit);
    } else if (first === MINUS || isDigit(first)) {
      this.kind = "value";
      this.#state = 0;
      this.end = this.#number(this.start, limit);
    } else if (isSpace(first)) {
      this.kind = "space";
      this.end = this.#spaces(limit);
    } else this.#word();
  }

  #spaces(limit: number): number {
    let at = this.start + 1;
    while (at < limit && isSpace(this.#source[at])) at++;
    return at;
  }

  #word(): void {
    const word = WORDS.find((each) => each.every((byte, index) => this.#source[this.start + index] === byte));
    this.kind = word ? "value" : "broken";
    this.end = this.start + (word?.length ?? 1);
  }

  /** Goes on in a string, and returns where it ends, or where this part of it does. */
  #string(from: number, limit: number): number {
    const source = this.#source;
    this.#open = "string";
    for (let at = from; at < limit; at++) {
      const byte = source[at] ?? 0;
      if (this.#escape !== 0) {
        if (!this.#takeEscaped(byte)) return this.#broken(at);
      } else if (byte === QUOTE) {
        this.#open = undefined;
        return at + 1;
      } else if (byte === BACKSLASH) this.#escape = ESCAPED;
      else if (byte < SPACE) return this.#broken(at);
    }
    return limit;
  }

  #takeEscaped(byte: number): boolean {
    if (this.#escape === ESCAPED) {
      this.#escape = byte === LETTER_U ? 4 : 0;
      return byte === LETTER_U || ESCAPES.includes(byte);
    }
    this.#escape--;
    return isHexDigit(byte);
  }

  /** Goes on in a number, and returns where it ends, or where this part of it does. */
  #number(from: number, limit: number): number {
    this.#open = "number";
    for (let at = from; at < limit; at++) {
      const input = NUMBER_INPUTS.get(this.#source[at] ?? 0);
      if (input === undefined) {
        this.#open = undefined;
        return ENDS[this.#state] ? at : this.#broken(at);
      }
      const next = NEXT[this.#state]?.[input];
      if (next === undefined || next === NONE) return this.#broken(at);
      this.#state = next;
    }
    return limit;
  }

  #broken(at: number): number {
    this.#open = undefined;
    this.kind = "broken";
    return Math.max(at, this.start + 1);
  }
}

const [QUOTE, BACKSLASH, SPACE, MINUS, LETTER_U, ESCAPED] = [0x22, 0x5c, 0x20, 0x2d, 0x75, -1];
const ESCAPES = Buffer.from(['"', "\\", "/", "b", "f", "n", "r", "t"].join(""));
const WORDS = ["true", "false", "null"].map((word) => Buffer.from(word));
const MARKS: readonly (JsonScanner["kind"] | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (character === ",") return "comma";
  if (character === ":") return "colon";
  if ("[{".includes(character)) return "open";
  return "]}".includes(character) ? "close" : undefined;
});

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

/** What a character of a number is: a column of `NEXT`. */
const NUMBER_INPUTS: ReadonlyMap<number, number> = new Map(
  ["0", "123456789", ".", "eE", "-", "+"].flatMap((characters, input) =>
    [...Buffer.from(characters)].map((byte) => [byte, input] as const),
  ),
);

const NONE = -1;
/** JSON's grammar of a number: from a state, the next one for each input. */
const NEXT: readonly (readonly number[])[] = [
  /* nothing yet */ [2, 3, NONE, NONE, 1, NONE],
  /* - */ [2, 3, NONE, NONE, NONE, NONE],
  /* 0 */ [NONE, NONE, 4, 6, NONE, NONE],
  /* 12 */ [3, 3, 4, 6, NONE, NONE],
  /* 12. */ [5, 5, NONE, NONE, NONE, NONE],
  /* 12.3 */ [5, 5, NONE, 6, NONE, NONE],
  /* 12e */ [8, 8, NONE, NONE, 7, 7],
  /* 12e- */ [8, 8, NONE, NONE, NONE, NONE],
  /* 12e-3 */ [8, 8, NONE, NONE, NONE, NONE],
];
/** Whether a number may end in a state. */
const ENDS: readonly boolean[] = [false, false, true, true, false, true, false, false, true];
