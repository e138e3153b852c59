import type { Steps } from "./steps.ts";

/** Rows between two steps. */
const STEP_ROWS = 500;
const ROW_BYTES = 16;

/** `00000010  48 65 6c 6c 6f …  |Hello…|`, sixteen bytes a line. */
export function* hexDump(bytes: Uint8Array): Steps<string> {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    rows.push(hexRow(bytes, at));
    if (rows.length % STEP_ROWS === 0) yield;
  }
  return rows.join("\n");
}

/** Characters of a full line of the dump, its line break included. */
export const HEX_LINE = 78;

function hexRow(bytes: Uint8Array, at: number): string {
  let [hex, ascii] = ["", ""];
  for (const byte of bytes.subarray(at, at + ROW_BYTES)) {
    hex += `${HEX[byte] ?? ""} `;
    ascii += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".";
  }
  return `${at.toString(16).padStart(8, "0")}  ${hex.slice(0, -1).padEnd(47)}  |${ascii}|`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
