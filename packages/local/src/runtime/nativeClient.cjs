"use strict";
// AWS's runtime client for Node.js asks for its native transport by `require("./rapid-client.node")`. This answers
// with the same three functions, `next`, `done` and `error`, over a connection of its own, so that the client itself runs
// unmodified.
const Module = require("node:module");
const { Writable } = require("node:stream");
const { ask, send } = require("./channel.cjs");

// Taken now, because a function may replace it.
const exit = process.exit.bind(process);

let posting = 0;
/** @type {Promise<unknown>} */
let posted = Promise.resolve();

/**
 * The standard streams that the function has used. To look at one is to make it, and that is not for this to do: from then
 * on its pipe no longer blocks, and a plain `fs.writeSync(1, …)` fails when it is full.
 * @type {Set<NodeJS.WriteStream>}
 */
const used = new Set();
for (const name of /** @type {const} */ (["stdout", "stderr"])) {
  const own = Object.getOwnPropertyDescriptor(process, name);
  Object.defineProperty(process, name, {
    ...own,
    get() {
      /** @type {NodeJS.WriteStream} */
      const stream = own?.get?.call(process);
      used.add(stream);
      return stream;
    },
  });
}

/**
 * A pipe that is full takes the rest of a function's lines later: they belong to the invocation that is ending.
 * @param {NodeJS.WriteStream} stream
 */
async function written(stream) {
  if (stream.writableLength === 0) return;
  await new Promise((resolve) => Writable.prototype.write.call(stream, "", "utf8", resolve));
}

async function next() {
  await Promise.all([...used].map(written));
  const { text, headers } = await ask();
  return { bodyJson: text, headers };
}

/**
 * @param {object} head
 * @param {string} body
 */
function post(head, body) {
  posting += 1;
  posted = send({ ...head, ...peakMemory() }, body).finally(() => (posting -= 1));
}

/** The peak resident set in kilobytes. On Linux it is read from outside, where it is also known of a process that hangs. */
function peakMemory() {
  if (process.platform === "linux") return {};
  return { peakMemoryKb: process.resourceUsage().maxRSS };
}

/** The native client posts before it returns, and AWS's client relies on that when it exits right after an error. */
function exitWhenPosted(/** @type {number | string | undefined} */ code) {
  if (posting === 0) exit(code);
  void posted.then(() => exit(code));
}
process.exit = /** @type {typeof process.exit} */ (exitWhenPosted);

const client = {
  next,
  /** @type {(id: string, body: string) => void} */
  done: (id, body) => post({ kind: "response", requestId: decodeURIComponent(id) }, body),
  /** @type {(id: string, body: string, xrayCause: string) => void} */
  error: (id, body) => post({ kind: "error", requestId: decodeURIComponent(id) }, body),
};

/** @typedef {(name: string, parent: unknown, isMain: boolean) => unknown} Load */
const loader = /** @type {{ _load: Load }} */ (/** @type {unknown} */ (Module));
/** @type {Load} */
const load = Reflect.get(loader, "_load");
loader._load = (name, parent, isMain) =>
  name === "./rapid-client.node" ? client : load(name, parent, isMain);
