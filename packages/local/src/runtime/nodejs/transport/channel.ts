import type { Duplex } from "node:stream";
import { frameReader } from "../../shared/frames.ts";
import type { RuntimeEvent, RuntimeMessage } from "../../shared/runtimeMessages.ts";

/** The service's end of a channel. */
export interface ChannelHost {
  /** Requests the next event. */
  ask(take: (event: RuntimeEvent) => void): void;
  /** Records the answer to an event; returns why it's refused, or undefined. */
  answer(requestId: string): string | undefined;
  onMessage: (message: RuntimeMessage) => void;
  /** The largest body that's accepted, in bytes. */
  maxBodyBytes: number;
}

/** The head of a frame from a sandbox, in JSON. The body follows it. */
type FrameHead =
  | { kind: "next" }
  | { kind: "response"; requestId: string; tooLarge?: boolean; peakMemoryKb?: number }
  | { kind: "error"; requestId: string; tooLarge?: boolean; peakMemoryKb?: number };

/** Several times the size of any head that `channel.cjs` sends. */
const MAX_HEAD_BYTES = 4096;

/** A frame starts with the lengths of its head and its body, 4 bytes each. */
const LENGTHS_BYTES = 8;

/**
 * Exchanges events and results with `channel.cjs`. Any process of this machine may have opened the connection, so a frame
 * that's invalid or too long closes it.
 */
export function openChannel(stream: Duplex, host: ChannelHost): void {
  const lengthOf = (lengths: Buffer) => {
    const [head, body] = [lengths.readUInt32BE(0), lengths.readUInt32BE(4)];
    if (head > MAX_HEAD_BYTES || body > host.maxBodyBytes) throw new RangeError("The frame is too long.");
    return LENGTHS_BYTES + head + body;
  };
  const read = frameReader({ headerBytes: LENGTHS_BYTES, lengthOf }, (frame) => {
    const bodyStart = LENGTHS_BYTES + frame.readUInt32BE(0);
    const head = parseHead(frame.toString("utf8", LENGTHS_BYTES, bodyStart));
    if (head.kind === "next") host.ask(({ headers, body }) => stream.write(encodeEvent(headers, body)));
    else if (host.answer(head.requestId) !== undefined) return;
    host.onMessage(toMessage(head, frame.subarray(bodyStart)));
  });
  stream.on("data", (chunk: Buffer) => {
    try {
      read(chunk);
    } catch {
      stream.destroy();
    }
  });
  stream.on("end", () => stream.end());
  // The connection ends with the sandbox, however that ends.
  stream.on("error", () => stream.destroy());
}

/** Throws if the string isn't a valid head. */
function parseHead(json: string): FrameHead {
  const head = JSON.parse(json) as Partial<FrameHead & { requestId: string; peakMemoryKb: number }> | null;
  if (head?.kind === "next") return { kind: "next" };
  if (head?.kind !== "response" && head?.kind !== "error")
    throw new TypeError("The kind of the head is unknown.");
  if (typeof head.requestId !== "string") throw new TypeError("The head has no request ID.");
  if (typeof (head.peakMemoryKb ?? 0) !== "number") throw new TypeError("The head's memory isn't a number.");
  return head as FrameHead;
}

function encodeEvent(headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const head = Buffer.from(JSON.stringify(headers));
  const lengths = Buffer.allocUnsafe(LENGTHS_BYTES);
  lengths.writeUInt32BE(head.length, 0);
  lengths.writeUInt32BE(body.length, 4);
  return Buffer.concat([lengths, head, body]);
}

function toMessage(head: FrameHead, body: Buffer): RuntimeMessage {
  switch (head.kind) {
    case "next":
      return head;
    case "response":
      return { ...head, body: head.tooLarge === true ? "tooLarge" : body };
    case "error":
      return { ...head, body: head.tooLarge === true ? Buffer.from("{}") : body };
  }
}
