import type { Duplex } from "node:stream";
import { frameReader } from "./frames.ts";
import type { Mailbox } from "./mailbox.ts";
import type { RuntimeMessage } from "./runtimeMessages.ts";

/** What a frame from the sandbox begins with, in JSON; the rest of it is the response. */
type ChannelHead =
  | { kind: "next" }
  | { kind: "response"; requestId: string; tooLarge?: boolean; peakMemoryKb?: number }
  | { kind: "error"; requestId: string; tooLarge?: boolean; peakMemoryKb?: number };

/** The longest head that is read, in bytes: several times what the transport sends. */
const headLimit = 4096;

/** The lengths of a frame's head and of its body come first, in 4 bytes each. */
const headerBytes = 8;

/**
 * Speaks with the transport that AWS's runtime client for Node.js has here, over a connection of its own: the Runtime
 * API takes two requests for each event, one after the other, and this one write each way. Any process of this machine
 * may have made the connection: what is no frame of that transport, or longer than the limit, ends it.
 */
export function openChannel(
  stream: Duplex,
  mailbox: Mailbox,
  bodyLimit: number,
  onMessage: (message: RuntimeMessage) => void,
): void {
  const lengthOf = (header: Buffer) => {
    const [head, body] = [header.readUInt32BE(0), header.readUInt32BE(4)];
    if (head > headLimit || body > bodyLimit) throw new RangeError("The frame is too long.");
    return headerBytes + head + body;
  };
  const read = frameReader({ headerBytes, lengthOf }, (frame) => {
    const bodyAt = headerBytes + frame.readUInt32BE(0);
    const head = readHead(frame.toString("utf8", headerBytes, bodyAt));
    if (head.kind === "next") mailbox.ask(({ headers, body }) => stream.write(encode(headers, body)));
    else if (mailbox.answer(head.requestId) !== undefined) return;
    onMessage(toMessage(head, frame.subarray(bodyAt)));
  });
  stream.on("data", (chunk: Buffer) => {
    try {
      read(chunk);
    } catch {
      stream.destroy();
    }
  });
  stream.on("end", () => stream.end());
  // It ends with the sandbox, however that ends.
  stream.on("error", () => stream.destroy());
}

/** Throws where the text is no head. */
function readHead(text: string): ChannelHead {
  const head = JSON.parse(text) as Partial<ChannelHead & { requestId: string; peakMemoryKb: number }> | null;
  if (head?.kind === "next") return { kind: "next" };
  if (head?.kind !== "response" && head?.kind !== "error")
    throw new TypeError("The head is of no known kind.");
  if (typeof head.requestId !== "string") throw new TypeError("The head names no request.");
  if (typeof (head.peakMemoryKb ?? 0) !== "number") throw new TypeError("The head's memory is no number.");
  return head as ChannelHead;
}

function encode(headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const head = Buffer.from(JSON.stringify(headers));
  const lengths = Buffer.allocUnsafe(headerBytes);
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
      return { ...head, body: head.tooLarge === true ? Buffer.from("{}") : body };
  }
}
