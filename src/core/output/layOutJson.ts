import { JsonGrammar } from "../payload/jsonGrammar.ts";
import { jsonTokens, type JsonTokenKind } from "../payload/jsonTokens.ts";
import { cutText } from "./safeText.ts";
import type { Steps } from "./steps.ts";

/** How far a layout goes. */
export interface LayoutBounds {
  /** Characters of the laid out text. */
  chars: number;
  lines: number;
  /** What is nested deeper stays on one line. */
  depth: number;
}

/** JSON laid out as far as its bounds allow. */
export interface JsonLayout {
  text: string;
  /** Where in the source the rest begins that isn't laid out; undefined if there's none. */
  rest?: number | undefined;
}

interface Token {
  kind: JsonTokenKind;
  offset: number;
  text: string;
}

/** Tokens between two steps. */
const STEP_TOKENS = 500;

/**
 * Indents JSON by two spaces without reading values: numbers, escapes and duplicate keys stay as they came.
 * Undefined if what stands up to the bounds isn't JSON.
 */
export function* layOutJson(source: string, bounds: LayoutBounds): Steps<JsonLayout | undefined> {
  const out = new Pieces();
  const grammar = new JsonGrammar();
  let lines = 1;
  let previous: JsonTokenKind | undefined;
  for (const token of tokensOf(source, bounds.chars)) {
    if (!token) yield out.flush();
    if (!token || token.kind === "space") continue;
    const { kind, offset, text } = token;
    const before = grammar.depth;
    if (!grammar.take(kind, text.charAt(0))) return undefined;
    const space = gap(previous, kind, Math.min(before, grammar.depth), bounds.depth);
    const room = bounds.chars - out.length;
    if (space.length + text.length > room) {
      out.push(cutText(space + text.slice(0, room), room));
      return { text: out.toString(), rest: offset + Math.max(0, room - space.length) };
    }
    if (space.startsWith("\n") && ++lines > bounds.lines) return { text: out.toString(), rest: offset };
    out.push(space);
    out.push(text);
    previous = kind;
  }
  return grammar.complete ? { text: out.toString() } : undefined;
}

/** Builds a string: many small pieces take much more memory than a few large ones. */
class Pieces {
  readonly #large: string[] = [];
  #small: string[] = [];
  length = 0;

  push(piece: string): void {
    this.#small.push(piece);
    this.length += piece.length;
  }

  flush(): undefined {
    this.#large.push(this.#small.join(""));
    this.#small = [];
  }

  toString(): string {
    this.flush();
    return this.#large.join("");
  }
}

function gap(
  previous: JsonTokenKind | undefined,
  next: JsonTokenKind,
  depth: number,
  maxDepth: number,
): string {
  const empty = previous === "open" && next === "close";
  const breaks = previous === "open" || previous === "comma" || next === "close";
  if (breaks && !empty && depth <= maxDepth) return `\n${INDENTS[depth] ?? "  ".repeat(depth)}`;
  return previous === "colon" ? " " : "";
}

const INDENTS = Array.from({ length: 20 }, (_, depth) => "  ".repeat(depth));

/** How much of a source is looked at once: a token of megabytes is read in parts. */
const WINDOW = 64 * 1024;

/** The tokens of a source, each of at most `maxLength` characters and a window; undefined where it may be paused. */
function* tokensOf(source: string, maxLength: number): Generator<Token | undefined, void, undefined> {
  let from = 0;
  while (from < source.length) {
    const window = source.slice(from, from + WINDOW);
    const isLast = from + window.length === source.length;
    let [end, count] = [0, 0];
    for (const { kind, offset, length } of jsonTokens(window)) {
      // It may go on behind the window.
      if (!isLast && offset + length === window.length) break;
      end = offset + length;
      yield { kind, offset: from + offset, text: window.slice(offset, end) };
      if (++count % STEP_TOKENS === 0) yield undefined;
    }
    if (isLast) return;
    if (end === 0) {
      const token = yield* longToken(source, from, maxLength);
      yield token;
      end = token.text.length;
    }
    from += end;
    yield undefined;
  }
}

/** A token that is larger than a window. */
function* longToken(
  source: string,
  offset: number,
  maxLength: number,
): Generator<undefined, Token, undefined> {
  if (source.charAt(offset) === '"') return yield* longString(source, offset, maxLength);
  for (const [kind, pattern] of LONG_TOKENS) {
    pattern.lastIndex = offset;
    const [text] = pattern.exec(source) ?? [];
    if (text !== undefined) return { kind, offset, text };
  }
  return { kind: "broken", offset, text: source.slice(offset) };
}

const LONG_TOKENS = [
  ["space", /[ \t\r\n]+/y],
  ["value", /-?\d[\d.eE+-]*/y],
] as const;

/** It's looked at as far as it would be shown. */
function* longString(
  source: string,
  offset: number,
  maxLength: number,
): Generator<undefined, Token, undefined> {
  const limit = Math.min(source.length, offset + maxLength + WINDOW);
  let isEscaped = false;
  for (let at = offset + 1; at < limit; at++) {
    if (at % WINDOW === 0) yield;
    const code = source.charCodeAt(at);
    if (code < SPACE) return { kind: "broken", offset, text: source.slice(offset, at) };
    if (code === QUOTE && !isEscaped) return { kind: "value", offset, text: source.slice(offset, at + 1) };
    isEscaped = code === BACKSLASH && !isEscaped;
  }
  const isTooLong = limit < source.length;
  return { kind: isTooLong ? "value" : "broken", offset, text: source.slice(offset, limit) };
}

const [SPACE, QUOTE, BACKSLASH] = [0x20, 0x22, 0x5c];
