import { EVENT_STREAM_TYPE, EventFramer } from "../../packages/local/src/api/eventStream.ts";

const framer = new EventFramer();

export const EVENT_STREAM_HEADERS = { "content-type": EVENT_STREAM_TYPE };

/** A part of a streamed response, as InvokeWithResponseStream frames it. */
export function chunkFrame(text: string | Uint8Array): Uint8Array {
  return framer.bytes("PayloadChunk", Buffer.from(text));
}

/** The end of a streamed response, with an error if the function failed. */
export function completeFrame(
  members: { ErrorCode?: string; ErrorDetails?: string; LogResult?: string } = {},
): Uint8Array {
  return framer.json("InvokeComplete", members);
}

/** An error in the middle of a stream. */
export function exceptionFrame(type: string): Uint8Array {
  return framer.exception(type, `It was ${type}.`);
}
