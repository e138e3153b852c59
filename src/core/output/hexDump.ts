import type { Steps } from "./steps.ts";
import { TextPieces } from "./textPieces.ts";

/** Rows between two steps. */
const STEP_ROWS = 500;
const ROW_BYTES = 16;

/** `00000010  48 65 6c 6c 6f …  |Hello…|`, sixteen bytes a line. */
export function* hexDump(bytes: Uint8Array): Steps<readonly string[]> {
  const text = new TextPieces();
  const row = Buffer.alloc(HEX_LINE);
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const length = hexRow(bytes, at, row);
    const isFirst = at === 0;
    text.add(row, isFirst ? 1 : 0, length);
    if ((at / ROW_BYTES) % STEP_ROWS === 0) yield;
  }
  return text.pieces();
}

/** Characters of a full line of the dump, its line break included. */
export const HEX_LINE = 78;

/** Writes a line break and a row, and returns how many characters that is. */
function hexRow(bytes: Uint8Array, at: number, row: Buffer): number {
  row.fill(SPACE);
  row[0] = LINE_FEED;
  row.write(at.toString(16).padStart(8, "0"), 1, "latin1");
  const length = Math.min(ROW_BYTES, bytes.length - at);
  row[ASCII_AT - 1] = BAR;
  for (let index = 0; index < length; index++) {
    const byte = bytes[at + index] ?? 0;
    row[HEX_AT + index * 3] = DIGITS[byte >> 4] ?? 0;
    row[HEX_AT + index * 3 + 1] = DIGITS[byte & 15] ?? 0;
    row[ASCII_AT + index] = byte >= SPACE && byte < DELETE ? byte : DOT;
  }
  row[ASCII_AT + length] = BAR;
  return ASCII_AT + length + 1;
}

/** Where in a row the bytes are, behind the line break and the address, and where their characters. */
const [HEX_AT, ASCII_AT] = [11, 61];
const [LINE_FEED, SPACE, DOT, BAR, DELETE] = [0x0a, 0x20, 0x2e, 0x7c, 0x7f];
const DIGITS = Buffer.from("0123456789abcdef");
