import type { ResponseBody } from "./record.ts";

/** Decodes a response: text where its bytes are UTF-8 without control characters, else base64. */
export function readResponse(payload: Uint8Array): ResponseBody {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
    if (!CONTROL.test(text)) return { text };
  } catch {
    // not UTF-8: shown as the bytes that it is
  }
  return { base64: Buffer.from(payload).toString("base64") };
}

/** C0 controls that no text has; tab, line feed, form feed, carriage return and escape (colors) are left out. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/;
