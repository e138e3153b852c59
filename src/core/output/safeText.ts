import type { Steps } from "./steps.ts";

/**
 * Text that a function, a server or a setting gave, made safe for the panel: colors are removed, and control characters,
 * every line break but the line feed, and marks that turn the direction of text are shown as escapes.
 */
function safeText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(ANSI, "").replace(UNSAFE, escape);
}

/** The same on one line, with at most so many characters. */
export function safeLine(text: string, max = MAX_LINE): string {
  const cut = cutText(text, max);
  const line = safeText(cut).replaceAll("\n", "\\n");
  return cut.length < text.length ? `${line}…` : line;
}

/** The same on lines that all begin with spaces: at column 0 stands only what's ours. */
export function indentedText(text: string, indent = "  "): string {
  return indent + safeText(text).replaceAll("\n", `\n${indent}`);
}

/** The same in steps, for a long text in pieces; the result isn't put together before somebody reads it. */
export function* indentedSteps(pieces: Iterable<string>): Steps<string> {
  let indented = "  ";
  // A carriage return may have its line feed in the next part.
  let left = "";
  for (const piece of pieces)
    for (const part of partsOf(piece)) {
      const text = left + part;
      left = text.endsWith("\r") ? "\r" : "";
      indented += safeText(text.slice(0, text.length - left.length)).replaceAll("\n", "\n  ");
      yield;
    }
  return indented + safeText(left);
}

function* partsOf(text: string): Iterable<string> {
  for (let from = 0; from < text.length;) {
    const part = cutText(text.slice(from, from + STEP_LENGTH + 1), STEP_LENGTH);
    yield part;
    from += part.length;
  }
}

const STEP_LENGTH = 64 * 1024;

/** The first characters of a string, without half of a surrogate pair at the end. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? max - 1 : max);
}

/** The last characters of a string, without half of a surrogate pair at the start. */
export function cutStart(text: string, max: number): string {
  if (text.length <= max) return text;
  const from = text.length - max;
  const first = text.charCodeAt(from);
  const isHalf = first >= 0xdc00 && first <= 0xdfff;
  return text.slice(isHalf ? from + 1 : from);
}

const MAX_LINE = 1000;

/** Control sequences of terminals: CSI, OSC and the other strings, and escapes of two characters (ECMA-48). */
const ANSI =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-OQ-WYZ\\`-~]/g;

/** Controls but tab and line feed, line and paragraph separators, marks of direction, and halves of surrogate pairs. */
const UNSAFE = /(?![\t\n])\p{Cc}|[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

function escape(character: string): string {
  if (character === "\r") return "\\r";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
