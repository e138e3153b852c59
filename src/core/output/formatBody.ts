import type { ResponseBody } from "../invocation/record.ts";
import { HEX_LINE, hexDump } from "./hexDump.ts";
import { type LayoutBounds, layOutJson } from "./layOutJson.ts";
import { cutText } from "./safeText.ts";
import { finish, type Steps } from "./steps.ts";

/** A formatted string of at most `limit` characters, and whether it's complete. */
export interface Excerpt {
  text: string;
  language: "json" | "text" | "hex";
  cut: boolean;
}

/** Lays out a response: JSON indented with every token as it came, text as it is, bytes as a hex dump. */
export function formatBody(body: ResponseBody, limit: number): Excerpt {
  return finish(excerptOf(body, limit));
}

/** The same in steps. */
export function* excerptOf(body: ResponseBody, limit: number): Steps<Excerpt> {
  if ("base64" in body) return yield* dump(body.base64, Math.max(1, Math.floor(limit / HEX_LINE)) * 16);
  const layout = yield* layOutJson(body.text, { ...BOUNDS, chars: limit });
  if (layout) return { text: layout.text, language: "json", cut: layout.rest !== undefined };
  return { text: cutText(body.text, limit), language: "text", cut: body.text.length > limit };
}

/** Lays out as much of a whole response as an editor takes well; the rest follows as it came, except for bytes. */
export function* wholeOf(body: ResponseBody): Steps<Excerpt> {
  if ("base64" in body) return yield* dump(body.base64, MAX_DUMPED_BYTES);
  const layout = yield* layOutJson(body.text, BOUNDS);
  if (!layout) return { text: body.text, language: "text", cut: false };
  const rest = layout.rest === undefined ? "" : body.text.slice(layout.rest);
  return { text: layout.text + rest, language: "json", cut: false };
}

/** How many bytes of a response `wholeOf` shows if that isn't all of them. */
export function shownBytes(body: ResponseBody): number | undefined {
  const isCut = "base64" in body && Buffer.byteLength(body.base64, "base64") > MAX_DUMPED_BYTES;
  return isCut ? MAX_DUMPED_BYTES : undefined;
}

/** A layout that goes further takes seconds and hundreds of megabytes, and nobody reads it. */
const BOUNDS: LayoutBounds = { chars: 8 * 1024 * 1024, lines: 200_000, depth: 50 };
const MAX_DUMPED_BYTES = 1024 * 1024;

function* dump(base64: string, maxBytes: number): Steps<Excerpt> {
  // Four characters hold three bytes.
  const bytes = Buffer.from(base64.slice(0, Math.ceil(maxBytes / 3) * 4), "base64").subarray(0, maxBytes);
  const isCut = Buffer.byteLength(base64, "base64") > bytes.length;
  return { text: yield* hexDump(bytes), language: "hex", cut: isCut };
}
