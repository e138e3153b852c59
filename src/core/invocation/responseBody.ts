import { isUtf8 } from "node:buffer";
import { hasControlCharacters } from "./controlCharacters.ts";
import type { ResponseBody } from "./record.ts";

/** Takes in a response: as text where its bytes are UTF-8 without control characters, else in base64. */
export function readResponse(payload: Uint8Array): ResponseBody {
  return toBody(payload, hasText(payload));
}

/** A response whose bytes are known to be text, or not to be. */
export function toBody(payload: Uint8Array, isText: boolean): ResponseBody {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (bytes.length > MAX_DECODED) return lazily(bytes, isText);
  return isText ? { text: bytes.toString() } : { base64: bytes.toString("base64") };
}

/** The bytes of a response, not copied where it's large. */
export function bytesOf(body: ResponseBody): Buffer {
  const { [BYTES]: bytes } = body as ResponseBody & { [BYTES]?: Buffer };
  if (bytes) return bytes;
  return "text" in body ? Buffer.from(body.text) : Buffer.from(body.base64, "base64");
}

/** Decoding more at once blocks the extension host; most who have a record don't read all of its response. */
const MAX_DECODED = 64 * 1024;
const BYTES = Symbol("bytes");

/** A body that's decoded each time it's read, and keeps its bytes only. */
function lazily(bytes: Buffer, isText: boolean): ResponseBody {
  const get = (): string => bytes.toString(isText ? "utf8" : "base64");
  const body = {};
  Object.defineProperty(body, isText ? "text" : "base64", { get, enumerable: true });
  // Not enumerable: it's no part of the public interface.
  Object.defineProperty(body, BYTES, { value: bytes });
  return body as ResponseBody;
}

function hasText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !hasControlCharacters(bytes);
}
