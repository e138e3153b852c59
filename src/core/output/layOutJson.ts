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
const STEP_TOKENS = 2000;

/**
 * Indents JSON by two spaces without reading values: numbers, escapes and duplicate keys stay as they came.
 * Undefined if what stands up to the bounds isn't JSON.
 */
export function* layOutJson(source: string, bounds: LayoutBounds): Steps<JsonLayout | undefined> {
  const out: string[] = [];
  const grammar = new JsonGrammar();
  let pieces: string[] = [];
  let [length, lines, count] = [0, 1, 0];
  let previous: JsonTokenKind | undefined;
  for (const { kind, offset, text } of tokensOf(source)) {
    if (++count % STEP_TOKENS === 0) {
      out.push(pieces.join(""));
      pieces = [];
      yield;
    }
    if (kind === "space") continue;
    const before = grammar.depth;
    if (!grammar.take(kind, text.charAt(0))) return undefined;
    const space = gap(previous, kind, Math.min(before, grammar.depth), bounds.depth);
    const room = bounds.chars - length;
    if (space.length + text.length > room) {
      pieces.push(cutText(space + text.slice(0, room), room));
      return { text: out.join("") + pieces.join(""), rest: offset + Math.max(0, room - space.length) };
    }
    if (space.startsWith("\n") && ++lines > bounds.lines)
      return { text: out.join("") + pieces.join(""), rest: offset };
    pieces.push(space, text);
    length += space.length + text.length;
    previous = kind;
  }
  return grammar.complete ? { text: out.join("") + pieces.join("") } : undefined;
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

/** How much of a source is looked at once: a token is no reason to read megabytes in one piece. */
const WINDOW = 64 * 1024;

function* tokensOf(source: string): Generator<Token, void, undefined> {
  let from = 0;
  while (from < source.length) {
    const window = source.slice(from, from + WINDOW);
    const isLast = from + window.length === source.length;
    let end = 0;
    for (const { kind, offset, length } of jsonTokens(window)) {
      // It may go on behind the window.
      if (!isLast && offset + length === window.length) break;
      end = offset + length;
      yield { kind, offset: from + offset, text: window.slice(offset, end) };
    }
    if (isLast) return;
    if (end === 0) {
      const token = longToken(source, from);
      yield token;
      end = token.text.length;
    }
    from += end;
  }
}

/** A token that is larger than a window. */
function longToken(source: string, offset: number): Token {
  if (source.charAt(offset) === '"') {
    const text = source.slice(offset, endOfString(source, offset + 1));
    const isWhole = text.endsWith('"') && !LINE_BREAK.test(text);
    return { kind: isWhole ? "value" : "broken", offset, text };
  }
  for (const [kind, pattern] of LONG_TOKENS) {
    pattern.lastIndex = offset;
    const [text] = pattern.exec(source) ?? [];
    if (text !== undefined) return { kind, offset, text };
  }
  return { kind: "broken", offset, text: source.slice(offset) };
}

const LINE_BREAK = /[\n\r]/;
const LONG_TOKENS = [
  ["space", /[ \t\r\n]+/y],
  ["value", /-?\d[\d.eE+-]*/y],
] as const;

/** Behind the quote that closes a string, or the end of the source. */
function endOfString(source: string, from: number): number {
  for (let quote = source.indexOf('"', from); quote >= 0; quote = source.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (source.charAt(quote - 1 - backslashes) === "\\") backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return source.length;
}
