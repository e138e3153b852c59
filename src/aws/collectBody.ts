import { IncomingMessage } from "node:http";
import { finished } from "node:stream/promises";
import { streamCollector } from "@smithy/node-http-handler";
import { GrowingBytes } from "../core/growingBytes.ts";

/** Without a length in its head, a body may be larger: its memory grows then. */
const FIRST_BYTES = 64 * 1024;
/** What a head says is believed up to this; Lambda's largest response is 6 MB. */
const MAX_FIRST_BYTES = 8 * 1024 * 1024;

/**
 * Collects the body of an answer. The SDK keeps its parts and joins them at the end: with megabytes, that blocks the
 * extension host, and takes the memory twice. Here each part goes to its place as it arrives.
 */
export function collectBody(stream: unknown): Promise<Uint8Array> {
  if (!(stream instanceof IncomingMessage)) return streamCollector(stream as never);
  const body = new GrowingBytes(lengthOf(stream));
  stream.on("data", (part: Uint8Array) => body.add(part));
  return finished(stream, { writable: false }).then(() => body.bytes());
}

function lengthOf({ headers }: IncomingMessage): number {
  const length = Number(headers["content-length"] ?? FIRST_BYTES);
  return Number.isSafeInteger(length) ? Math.min(Math.max(length, 0), MAX_FIRST_BYTES) : FIRST_BYTES;
}
