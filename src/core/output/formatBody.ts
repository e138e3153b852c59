import type { ResponseBody } from "../invocation/record.ts";
import { bytesOf } from "../invocation/responseBody.ts";
import { HEX_LINE, hexDump } from "./hexDump.ts";
import { type LayoutBounds, layOutJson } from "./layOutJson.ts";
import { finish, type Steps } from "./steps.ts";
import { characterStart, joined, TextPieces } from "./textPieces.ts";

/** A formatted text of at most so many characters, and whether it's complete. */
export interface Excerpt {
  pieces: readonly string[];
  language: "json" | "text" | "hex";
  cut: boolean;
}

/** An excerpt as one string. */
export interface WholeExcerpt extends Omit<Excerpt, "pieces"> {
  text: string;
}

/** Lays out a response: JSON indented with every token as it came, text as it is, bytes as a hex dump. */
export function formatBody(body: ResponseBody, limit: number): WholeExcerpt {
  const { pieces, ...excerpt } = finish(excerptOf(body, limit));
  return { text: joined(pieces), ...excerpt };
}

/** The same in steps. */
export function* excerptOf(body: ResponseBody, limit: number): Steps<Excerpt> {
  const bytes = bytesOf(body);
  if ("base64" in body) return yield* dump(bytes, Math.max(1, Math.floor(limit / HEX_LINE)) * 16);
  const layout = yield* layOutJson(bytes, { ...BOUNDS, chars: limit });
  if (layout) return { pieces: layout.pieces, language: "json", cut: layout.rest !== undefined };
  return { ...(yield* decode(bytes, 0, limit)), language: "text" };
}

/** Lays out as much of a whole response as an editor takes well; the rest follows as it came, except for bytes. */
export function* wholeOf(body: ResponseBody): Steps<Excerpt> {
  const bytes = bytesOf(body);
  if ("base64" in body) return yield* dump(bytes, MAX_DUMPED_BYTES);
  const layout = yield* layOutJson(bytes, BOUNDS);
  const rest = yield* decode(bytes, layout ? (layout.rest ?? bytes.length) : 0);
  const pieces = [...(layout?.pieces ?? []), ...rest.pieces];
  return { pieces, language: layout ? "json" : "text", cut: false };
}

/** Whether a response looks like JSON from its beginning. */
export function looksLikeJson(body: ResponseBody | undefined): boolean {
  return body !== undefined && formatBody(body, GLANCE).language === "json";
}

/** How many bytes of a response `wholeOf` shows if that isn't all of them. */
export function shownBytes(body: ResponseBody): number | undefined {
  return "base64" in body && bytesOf(body).length > MAX_DUMPED_BYTES ? MAX_DUMPED_BYTES : undefined;
}

/** A layout that goes further takes seconds and hundreds of megabytes, and nobody reads it. */
const BOUNDS: LayoutBounds = { chars: 8 * 1024 * 1024, lines: 200_000, depth: 50 };
const MAX_DUMPED_BYTES = 1024 * 1024;
const GLANCE = 1024;
const STEP_BYTES = 64 * 1024;

function* dump(bytes: Buffer, maxBytes: number): Steps<Excerpt> {
  const shown = bytes.subarray(0, maxBytes);
  return { pieces: yield* hexDump(shown), language: "hex", cut: shown.length < bytes.length };
}

/** The text from a byte on, and whether it's cut. */
function* decode(bytes: Buffer, from: number, limit?: number): Steps<Pick<Excerpt, "pieces" | "cut">> {
  const text = new TextPieces(limit);
  for (let start = from; start < bytes.length;) {
    const end = characterStart(bytes, Math.min(bytes.length, start + STEP_BYTES));
    if (text.add(bytes, start, end) < end - start) return { pieces: text.pieces(), cut: true };
    start = end;
    yield;
  }
  return { pieces: text.pieces(), cut: false };
}
