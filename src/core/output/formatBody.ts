import { JsonGrammar } from "../payload/jsonGrammar.ts";
import { jsonTokens, type JsonTokenKind } from "../payload/jsonTokens.ts";
import type { ResponseBody } from "../invocation/record.ts";

/** A formatted string of at most `limit` characters, and whether it's complete. */
export interface Excerpt {
  text: string;
  language: "json" | "text" | "hex";
  cut: boolean;
}

/** Lays out a response: JSON indented with every token as it came, text as it is, bytes as a hex dump. */
export function formatBody(body: ResponseBody, limit: number): Excerpt {
  if ("base64" in body) return hexDump(Buffer.from(body.base64, "base64"), limit);
  return indentJson(body.text, limit) ?? cutText(body.text, limit);
}

function cutText(text: string, limit: number): Excerpt {
  const cut = text.length > limit;
  return { text: cut ? text.slice(0, limit) : text, language: "text", cut };
}

/**
 * Indents JSON by two spaces without reading values: numbers, escapes and duplicate keys stay as they came.
 * `undefined` where what stands up to the limit is not JSON.
 */
function indentJson(source: string, limit: number): Excerpt | undefined {
  const out: string[] = [];
  const grammar = new JsonGrammar();
  let length = 0;
  let previous: JsonTokenKind | undefined;
  for (const { kind, offset, length: size } of jsonTokens(source)) {
    if (kind === "space") continue;
    const before = grammar.depth;
    if (!grammar.take(kind, source.charAt(offset))) return undefined;
    const depth = Math.min(before, grammar.depth);
    const piece = gap(previous, kind, depth) + source.slice(offset, offset + size);
    if (length + piece.length > limit) {
      return { text: out.join("") + piece.slice(0, limit - length), language: "json", cut: true };
    }
    out.push(piece);
    length += piece.length;
    previous = kind;
  }
  return grammar.complete ? { text: out.join(""), language: "json", cut: false } : undefined;
}

function gap(previous: JsonTokenKind | undefined, next: JsonTokenKind, depth: number): string {
  const empty = previous === "open" && next === "close";
  const breaks = previous === "open" || previous === "comma" || next === "close";
  if (breaks && !empty) return `\n${"  ".repeat(depth)}`;
  return previous === "colon" ? " " : "";
}

/** `00000010  48 65 6c 6c 6f …  |Hello…|`, sixteen bytes a line. */
function hexDump(bytes: Uint8Array, limit: number): Excerpt {
  const lines: string[] = [];
  const shown = Math.min(bytes.length, Math.max(1, Math.floor(limit / HEX_LINE)) * 16);
  for (let at = 0; at < shown; at += 16) {
    const row = bytes.subarray(at, Math.min(at + 16, shown));
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const ascii = [...row]
      .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."))
      .join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hex.padEnd(47)}  |${ascii}|`);
  }
  return { text: lines.join("\n"), language: "hex", cut: shown < bytes.length };
}

/** Characters of a full line of the dump, its line break included. */
const HEX_LINE = 78;
