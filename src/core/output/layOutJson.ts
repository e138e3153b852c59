import { JsonGrammar } from "../payload/jsonGrammar.ts";
import type { JsonTokenKind } from "../payload/jsonTokens.ts";
import { JsonScanner } from "./jsonScanner.ts";
import type { Steps } from "./steps.ts";
import { TextPieces } from "./textPieces.ts";

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
  pieces: readonly string[];
  /** Where in the source the rest begins that isn't laid out; undefined if there's none. */
  rest?: number | undefined;
}

/** Bytes between two steps; a token counts as some more than it has. */
const STEP_BYTES = 64 * 1024;
const TOKEN_BYTES = 16;

/**
 * Indents JSON by two spaces without reading values: numbers, escapes and duplicate keys stay as they came.
 * Undefined if what stands up to the bounds isn't JSON.
 */
export function* layOutJson(source: Uint8Array, bounds: LayoutBounds): Steps<JsonLayout | undefined> {
  const text = new TextPieces(bounds.chars);
  const grammar = new JsonGrammar();
  const scanner = new JsonScanner(source);
  let [lines, work] = [1, 0];
  let previous: JsonTokenKind | undefined;
  while (scanner.next()) {
    const { kind, start, end, begins } = scanner;
    work += TOKEN_BYTES + end - start;
    if (work > STEP_BYTES) {
      work = 0;
      yield;
    }
    if (kind === "broken") return undefined;
    if (kind === "space") continue;
    if (begins) {
      const before = grammar.depth;
      if (!grammar.take(kind, String.fromCharCode(source[start] ?? 0))) return undefined;
      const space = gap(previous, kind, Math.min(before, grammar.depth), bounds.depth);
      if (space[0] === LINE_FEED && ++lines > bounds.lines) return { pieces: text.pieces(), rest: start };
      if (text.add(space, 0, space.length) < space.length) return { pieces: text.pieces(), rest: start };
      previous = kind;
    }
    const taken = text.add(source, start, end);
    if (taken < end - start) return { pieces: text.pieces(), rest: start + taken };
  }
  return grammar.complete ? { pieces: text.pieces() } : undefined;
}

function gap(
  previous: JsonTokenKind | undefined,
  next: JsonTokenKind,
  depth: number,
  maxDepth: number,
): Buffer {
  const empty = previous === "open" && next === "close";
  const breaks = previous === "open" || previous === "comma" || next === "close";
  if (breaks && !empty && depth <= maxDepth) return INDENTS[depth] ?? indent(depth);
  return previous === "colon" ? SPACE : NOTHING;
}

function indent(depth: number): Buffer {
  return Buffer.from(`\n${"  ".repeat(depth)}`);
}

const INDENTS = Array.from({ length: 20 }, (_, depth) => indent(depth));
const SPACE = Buffer.from(" ");
const NOTHING = Buffer.alloc(0);
const LINE_FEED = 0x0a;
