"use strict";
// The sandbox's end of a channel: receives events and sends results, in frames with a head in JSON and a body. The
// connection is an upgrade of the Runtime API's address.
const http = require("node:http");

// Kept from the start, because a function may replace them, as tracing libraries do.
const { request } = http;
const nextTick = process.nextTick.bind(process);
const exit = process.exit.bind(process);

const [host, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? "").split(":");

/** @typedef {{ body: string, headers: Record<string, string> }} RuntimeEvent */
/** @typedef {{ socket: import("node:net").Socket, responseLimit: number }} Channel */

/** @type {Promise<Channel> | undefined} */
let channel;
/** Frames to send. @type {{ head: object, body: string }[]} */
let outbox = [];
/** @type {Promise<void> | undefined} */
let flushing;
/** @type {((event: RuntimeEvent) => void) | undefined} */
let onEvent;
/** How many operations are in progress. An idle connection must not keep the process alive. */
let active = 0;

/** @returns {Promise<Channel>} */
function open() {
  return new Promise((resolve) => {
    const headers = { connection: "Upgrade", upgrade: "lambda-local" };
    const upgrade = request({ host, port, path: "/channel", headers, agent: false });
    upgrade.on("upgrade", (response, socket, first) => {
      socket.setNoDelay(true);
      socket.unref();
      const read = frameReader((body, head) => {
        release(socket);
        onEvent?.({ body, headers: JSON.parse(head) });
      });
      socket.on("data", read);
      if (first.length > 0) read(first);
      // The service has ended, so this process must end too.
      socket.on("error", () => exit(1)).on("close", () => exit(1));
      resolve({ socket, responseLimit: Number(response.headers["lambda-local-response-limit"]) });
    });
    upgrade.on("error", () => exit(1));
    upgrade.end();
  });
}

/**
 * Parses frames: the lengths of head and body, 4 bytes each, and then both.
 * @param {(body: string, head: string) => void} onFrame
 */
function frameReader(onFrame) {
  /** @type {Buffer[]} */
  let chunks = [];
  let size = 0;
  let needed = 8;
  return (/** @type {Buffer} */ chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < needed) return;
    const all = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    const bodyStart = 8 + all.readUInt32BE(0);
    needed = bodyStart + all.readUInt32BE(4);
    chunks = [all];
    if (size < needed) return;
    chunks = [];
    size = 0;
    needed = 8;
    onFrame(all.toString("utf8", bodyStart), all.toString("utf8", 8, bodyStart));
  };
}

/**
 * Sends a frame. Frames of one turn of the event loop are sent in one write.
 * @param {object} head
 * @param {string} [body]
 */
function send(head, body = "") {
  outbox.push({ head, body });
  flushing ??= flush();
  return flushing;
}

async function flush() {
  active += 1;
  const { socket, responseLimit } = await (channel ??= open());
  await new Promise((resolve) => nextTick(resolve, undefined));
  flushing = undefined;
  const bytes = Buffer.concat(outbox.flatMap((frame) => encode(frame, responseLimit)));
  outbox = [];
  socket.ref();
  await new Promise((resolve) => socket.write(bytes, resolve));
  release(socket);
}

/** @param {import("node:net").Socket} socket */
function release(socket) {
  active -= 1;
  if (active === 0) socket.unref();
}

/**
 * @param {{ head: object, body: string }} frame
 * @param {number} responseLimit
 */
function encode({ head, body }, responseLimit) {
  const tooLarge = Buffer.byteLength(body) > responseLimit;
  const headBytes = Buffer.from(JSON.stringify(tooLarge ? { ...head, tooLarge } : head));
  const bodyBytes = Buffer.from(tooLarge ? "" : body);
  const lengths = Buffer.allocUnsafe(8);
  lengths.writeUInt32BE(headBytes.length, 0);
  lengths.writeUInt32BE(bodyBytes.length, 4);
  return [lengths, headBytes, bodyBytes];
}

/**
 * Requests the next event.
 * @returns {Promise<RuntimeEvent>}
 */
function nextEvent() {
  active += 1;
  return new Promise((resolve) => {
    onEvent = resolve;
    void send({ kind: "next" });
  });
}

module.exports = { nextEvent, send };
