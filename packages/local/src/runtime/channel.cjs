"use strict";
// A Node.js sandbox's connection to the service: events come, and what became of them goes, in frames of a head in JSON
// and a body. It is made at the address of the Runtime API, which it stands for.
const http = require("node:http");

// Taken now, because a function may replace them (tracing libraries do).
const { request } = http;
const nextTick = process.nextTick.bind(process);
const exit = process.exit.bind(process);

const [host, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? "").split(":");

/** @typedef {{ text: string, headers: Record<string, string> }} RuntimeEvent */
/** @typedef {{ socket: import("node:net").Socket, responseLimit: number }} Channel */

/** @type {Promise<Channel> | undefined} */
let opened;
/** What is to be sent. @type {{ head: object, body: string }[]} */
let outbox = [];
/** @type {Promise<void> | undefined} */
let flushing;
/** @type {((event: RuntimeEvent) => void) | undefined} */
let take;
/** How much of this client's work is under way; a connection at rest must not keep the process from coming to an end. */
let busy = 0;

/** @returns {Promise<Channel>} */
function open() {
  return new Promise((resolve) => {
    const headers = { connection: "Upgrade", upgrade: "lambda-local" };
    const call = request({ host, port, path: "/channel", headers, agent: false });
    call.on("upgrade", (response, socket, first) => {
      socket.setNoDelay(true);
      socket.unref();
      const read = frames((text, head) => {
        rest(socket);
        take?.({ text, headers: JSON.parse(head) });
      });
      socket.on("data", read);
      if (first.length > 0) read(first);
      // Whoever started this process is gone: so must this be.
      socket.on("error", () => exit(1)).on("close", () => exit(1));
      resolve({ socket, responseLimit: Number(response.headers["lambda-local-response-limit"]) });
    });
    call.on("error", () => exit(1));
    call.end();
  });
}

/**
 * Takes frames apart: the lengths of head and body in 4 bytes each, then both.
 * @param {(body: string, head: string) => void} onFrame
 */
function frames(onFrame) {
  /** @type {Buffer[]} */
  let chunks = [];
  let size = 0;
  let wanted = 8;
  return (/** @type {Buffer} */ chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < wanted) return;
    const all = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    const bodyAt = 8 + all.readUInt32BE(0);
    wanted = bodyAt + all.readUInt32BE(4);
    chunks = [all];
    if (size < wanted) return;
    chunks = [];
    size = 0;
    wanted = 8;
    onFrame(all.toString("utf8", bodyAt), all.toString("utf8", 8, bodyAt));
  };
}

/**
 * Sends a frame; what is sent in one turn of the event loop goes out in one write.
 * @param {object} head
 * @param {string} [body]
 */
function send(head, body = "") {
  outbox.push({ head, body });
  flushing ??= flush();
  return flushing;
}

async function flush() {
  busy += 1;
  const { socket, responseLimit } = await (opened ??= open());
  await new Promise((resolve) => nextTick(resolve, undefined));
  flushing = undefined;
  const bytes = Buffer.concat(outbox.flatMap((frame) => encode(frame, responseLimit)));
  outbox = [];
  socket.ref();
  await new Promise((resolve) => socket.write(bytes, resolve));
  rest(socket);
}

/** @param {import("node:net").Socket} socket */
function rest(socket) {
  busy -= 1;
  if (busy === 0) socket.unref();
}

/**
 * @param {{ head: object, body: string }} frame
 * @param {number} responseLimit
 */
function encode({ head, body }, responseLimit) {
  const tooLarge = Buffer.byteLength(body) > responseLimit;
  const text = Buffer.from(JSON.stringify(tooLarge ? { ...head, tooLarge } : head));
  const bytes = Buffer.from(tooLarge ? "" : body);
  const lengths = Buffer.allocUnsafe(8);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(bytes.length, 4);
  return [lengths, text, bytes];
}

/**
 * Asks for the next event.
 * @returns {Promise<RuntimeEvent>}
 */
function ask() {
  busy += 1;
  return new Promise((resolve) => {
    take = resolve;
    void send({ kind: "next" });
  });
}

module.exports = { ask, send };
