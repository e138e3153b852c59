import { formatTime } from "../format.ts";
import { layOutJson } from "../output/layOutJson.ts";
import { cutText, indentedText, safeLine } from "../output/safeText.ts";
import { finish } from "../output/steps.ts";
import { joined } from "../output/textPieces.ts";
import { type JsonField, jsonFields, stringOf, stringsOf } from "./jsonFields.ts";
import type { ParsedLine } from "./parsedLine.ts";

/** So much of one line of a log is shown, in characters and in lines. */
const MAX_CHARS = 32 * 1024;
const MAX_LINES = 500;
/** A request is shown by so many characters of its id, which are enough to tell it from others in sight. */
const SHORT_ID = 8;
/** An object that fits stays on its line. */
const MAX_INLINE = 100;
const MAX_DEPTH = 4;
/** What loggers and runtimes call what was thrown, and its parts. */
const FAILURE = /^(?:err$|error|exception|stack|traceback)/i;

/** A line of a log as it's shown. */
export interface LaidOutLine {
  whole: string;
  /** Without its details, and with how many there are; undefined where there are none, or they are what matters. */
  folded?: string | undefined;
}

/**
 * Lays out a line of a log: time, level, the start of the request's id and the message; below, indented, what is known of
 * the run, and as details what the logger adds, and the rest. Nothing of a function begins a line.
 */
export function layOutLine(parsed: ParsedLine, atMs: number, requestId: string | undefined): LaidOutLine {
  const [first = "", ...others] = parsed.message.replaceAll("\r\n", "\n").split("\n");
  const time = formatTime(new Date(atMs).toISOString());
  const level = (parsed.level ?? "").padEnd(5);
  const id = safeLine((requestId ?? "").slice(0, SHORT_ID)).padEnd(SHORT_ID);
  const head = `${time} ${level} ${id}  ${safeLine(first, MAX_CHARS).replaceAll("\t", "  ")}`.trimEnd();
  const more = others.length === 0 ? [] : [indentedText(cutText(others.join("\n"), MAX_CHARS))];
  const { facts = [], fields = [], measures = [] } = parsed;
  const always = [...more, ...sentence(measures)];
  const details = [...sentence(facts), ...fields.map((field) => layOutField(field, 1))];
  const whole = bounded([head, ...always, ...details]);
  if (details.length === 0 || saysWhatFailed(parsed)) return { whole };
  return { whole, folded: bounded([`${head}  … ${facts.length + fields.length} more`, ...always]) };
}

/** Its details are what a user looks for. */
function saysWhatFailed({ fields = [], level }: ParsedLine): boolean {
  return level === "ERROR" || level === "FATAL" || fields.some(({ name }) => FAILURE.test(name));
}

function sentence(facts: readonly string[]): string[] {
  return facts.length === 0 ? [] : [`  ${safeLine(facts.join(" · "))}`];
}

function bounded(parts: readonly string[]): string {
  const whole = parts.join("\n");
  const lines = whole.split("\n", MAX_LINES + 1);
  if (whole.length <= MAX_CHARS && lines.length <= MAX_LINES) return whole;
  const text = cutText(lines.slice(0, MAX_LINES).join("\n"), MAX_CHARS);
  return `${text}\n  … the line goes on: ${whole.length.toLocaleString("en-US")} characters in all`;
}

/** Text with line breaks and stacks are shown as they are, all other values as the JSON that they came as. */
function layOutField({ name, raw }: JsonField, depth: number): string {
  const indent = "  ".repeat(depth);
  const label = `${indent}${safeLine(name)}:`;
  const block = blockOf(name, raw);
  if (block !== undefined) return `${label}\n${indentedText(block, `${indent}  `)}`;
  const nested = depth < MAX_DEPTH && raw.includes("\\n") ? jsonFields(raw) : undefined;
  if (nested) return [label, ...nested.map((each) => layOutField(each, depth + 1))].join("\n");
  if (raw.length <= MAX_INLINE || !/^[[{]/.test(raw)) return `${label} ${safeLine(raw, MAX_CHARS)}`;
  const bounds = { chars: MAX_CHARS, lines: MAX_LINES, depth: 20 };
  const layout = finish(layOutJson(new TextEncoder().encode(raw), bounds));
  return `${label} ${indentedText(layout ? joined(layout.pieces) : raw, indent).trimStart()}`;
}

/** A string of several lines, or a stack that is an array. */
function blockOf(name: string, raw: string): string | undefined {
  const text = stringOf(raw);
  if (text !== undefined) return text.trimEnd().includes("\n") ? text.trimEnd() : undefined;
  const lines = /stack|trace/i.test(name) ? stringsOf(raw) : undefined;
  return lines && lines.length > 0 ? lines.map((line) => line.trimEnd()).join("\n") : undefined;
}
