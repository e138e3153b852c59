"use strict";
// Replaces the native transport of AWS's runtime client for Node.js, which the client loads by
// `require("./rapid-client.node")`, with the same three functions, `next`, `done` and `error`. The client itself runs
// unmodified.
const Module = require("node:module");
const { Writable } = require("node:stream");
const { nextEvent, send } = require("./channel.cjs");

// Kept from the start, because a function may replace it.
const exit = process.exit.bind(process);

let sending = 0;
/** @type {Promise<unknown>} */
let lastSend = Promise.resolve();

/**
 * The standard streams that the function has used. Reading `process.stdout` creates the stream, after which its pipe no
 * longer blocks and `fs.writeSync(1, …)` fails when it's full, so only the function may do that.
 * @type {Set<NodeJS.WriteStream>}
 */
const usedStreams = new Set();
for (const name of /** @type {const} */ (["stdout", "stderr"])) {
  const own = Object.getOwnPropertyDescriptor(process, name);
  Object.defineProperty(process, name, {
    ...own,
    get() {
      /** @type {NodeJS.WriteStream} */
      const stream = own?.get?.call(process);
      usedStreams.add(stream);
      return stream;
    },
  });
}

/**
 * Waits until everything in the stream is written, because it belongs to the invocation that's ending.
 * @param {NodeJS.WriteStream} stream
 */
async function drained(stream) {
  if (stream.writableLength === 0) return;
  await new Promise((resolve) => Writable.prototype.write.call(stream, "", "utf8", resolve));
}

async function next() {
  await Promise.all([...usedStreams].map(drained));
  const { body, headers } = await nextEvent();
  return { bodyJson: body, headers };
}

/**
 * @param {object} head
 * @param {string} body
 */
function sendResult(head, body) {
  sending += 1;
  lastSend = send({ ...head, ...peakMemory() }, body).finally(() => (sending -= 1));
}

/** The peak resident set in kilobytes. On Linux the service reads it, also for a process that hangs. */
function peakMemory() {
  if (process.platform === "linux") return {};
  return { peakMemoryKb: process.resourceUsage().maxRSS };
}

/** AWS's client exits right after an error, because its native transport has sent the error by then. */
function exitWhenSent(/** @type {number | string | undefined} */ code) {
  if (sending === 0) exit(code);
  void lastSend.then(() => exit(code));
}
process.exit = /** @type {typeof process.exit} */ (exitWhenSent);

const client = {
  next,
  /** @type {(id: string, body: string) => void} */
  done: (id, body) => sendResult({ kind: "response", requestId: decodeURIComponent(id) }, body),
  /** @type {(id: string, body: string, xrayCause: string) => void} */
  error: (id, body) => sendResult({ kind: "error", requestId: decodeURIComponent(id) }, body),
};

/** @typedef {(name: string, parent: unknown, isMain: boolean) => unknown} Load */
const loader = /** @type {{ _load: Load }} */ (/** @type {unknown} */ (Module));
/** @type {Load} */
const load = Reflect.get(loader, "_load");
loader._load = /** @type {Load} */ (name, parent, isMain) =>
  name === "./rapid-client.node" ? client : load(name, parent, isMain);
