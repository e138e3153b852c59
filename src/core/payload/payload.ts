import { jsonTokens } from "./jsonTokens.ts";
import { findMistake, type PayloadProblem } from "./mistake.ts";

/** What an editor's text comes to: a payload to send, nothing at all, or a mistake and its place. */
export type ParsedPayload =
  | { kind: "payload"; text: string; bytes: number }
  | { kind: "empty" }
  | { kind: "problem"; problem: PayloadProblem };

interface Range {
  offset: number;
  length: number;
}

/**
 * Reads JSON with comments and trailing commas, and removes only these (and a byte order mark), by their offsets:
 * every other character leaves as it was typed.
 */
export function parsePayload(source: string): ParsedPayload {
  const surrogate = loneSurrogate(source);
  if (surrogate !== undefined) {
    const message =
      "This half of a surrogate pair is not a character and cannot be sent. Remove it or write \\uXXXX";
    return { kind: "problem", problem: { message, offset: surrogate, length: 1 } };
  }
  const { removals, tokens } = findRemovals(source);
  if (tokens === 0) return { kind: "empty" };
  const text = remove(source, removals);
  const problem = findProblem(source, text, removals);
  return problem ? { kind: "problem", problem } : { kind: "payload", text, bytes: byteLength(text) };
}

/** The length of a string in bytes of UTF-8. */
function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** What JSON does not allow but an editor does, and how many tokens stand beside it. */
function findRemovals(source: string): { removals: Range[]; tokens: number } {
  const removals: Range[] = source.startsWith("\uFEFF") ? [{ offset: 0, length: 1 }] : [];
  let tokens = 0;
  let comma: Range | undefined;
  for (const { kind, offset, length } of jsonTokens(source, removals.length)) {
    if (kind === "space") continue;
    if (kind === "comment") removals.push({ offset, length });
    else {
      if (kind === "close" && comma) removals.push(comma);
      comma = kind === "comma" ? { offset, length } : undefined;
      tokens++;
    }
  }
  return { removals: removals.sort((a, b) => a.offset - b.offset), tokens };
}

function remove(source: string, removals: readonly Range[]): string {
  const kept: string[] = [];
  let from = 0;
  for (const { offset, length } of removals) {
    kept.push(source.slice(from, offset));
    from = offset + length;
  }
  kept.push(source.slice(from));
  return kept.join("");
}

/**
 * The first mistake. The text that would leave must be JSON; and where something was removed, the source too must be
 * well formed, since a removal can join what stood apart (`1/**\/2`).
 */
function findProblem(source: string, text: string, removals: readonly Range[]): PayloadProblem | undefined {
  const failure = parseFailure(text);
  if (failure === undefined && removals.length === 0) return undefined;
  const problem = findMistake(source);
  if (problem || failure === undefined) return problem;
  return { message: "This is not valid JSON", offset: toSource(failure, removals), length: 1 };
}

/** Where `JSON.parse` stops, or `undefined` where it does not. */
function parseFailure(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const at = /position (\d+)/.exec(String(error))?.[1];
    return at === undefined ? text.length : Number(at);
  }
}

function toSource(offset: number, removals: readonly Range[]): number {
  let at = offset;
  for (const removal of removals) {
    if (removal.offset > at) break;
    at += removal.length;
  }
  return at;
}

function loneSurrogate(text: string): number | undefined {
  if (text.isWellFormed()) return undefined;
  return text.search(/\p{Surrogate}/u);
}
