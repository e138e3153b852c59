import type { Duplex } from "node:stream";
import { frameReader } from "./frames.ts";
import type { Mailbox } from "./mailbox.ts";
import type { RuntimeMessage } from "./runtimeMessages.ts";

/** What a frame from the sandbox begins with, in JSON; the rest of it is the response. */
type ChannelHead =
  | { kind: "next" }
  | { kind: "response"; requestId: string; tooLarge?: boolean; peakMemoryKb?: number }
  | { kind: "error"; requestId: string; peakMemoryKb?: number };

/** The lengths of a frame's head and of its body come first, in 4 bytes each. */
const framing = {
  headerBytes: 8,
  lengthOf: (header: Buffer) => 8 + header.readUInt32BE(0) + header.readUInt32BE(4),
};

/**
 * Speaks with the transport that AWS's runtime client for Node.js has here, over a connection of its own: the Runtime
 * API takes two requests for each event, one after the other, and this one write each way.
 */
export function openChannel(
  stream: Duplex,
  mailbox: Mailbox,
  onMessage: (message: RuntimeMessage) => void,
): void {
  const read = frameReader(framing, (frame) => {
    const bodyAt = framing.headerBytes + frame.readUInt32BE(0);
    const head = JSON.parse(frame.toString("utf8", framing.headerBytes, bodyAt)) as ChannelHead;
    if (head.kind === "next") mailbox.ask(({ headers, body }) => stream.write(encode(headers, body)));
    onMessage(toMessage(head, frame.subarray(bodyAt)));
  });
  stream.on("data", read);
  stream.on("end", () => stream.end());
  // It ends with the sandbox, however that ends.
  stream.on("error", () => stream.destroy());
}

function encode(headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const head = Buffer.from(JSON.stringify(headers));
  const lengths = Buffer.allocUnsafe(framing.headerBytes);
  lengths.writeUInt32BE(head.length, 0);
  lengths.writeUInt32BE(body.length, 4);
  return Buffer.concat([lengths, head, body]);
}

function toMessage(head: ChannelHead, body: Buffer): RuntimeMessage {
  switch (head.kind) {
    case "next":
      return head;
    case "response":
      return { ...head, body: head.tooLarge === true ? "tooLarge" : body };
    case "error":
      return { ...head, body };
  }
}
