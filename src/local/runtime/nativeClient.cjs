"use strict";
// AWS's runtime client for Node.js asks for its native transport by `require("./rapid-client.node")`. This answers
// with the same three functions, `next`, `done` and `error`, over node:http, so that the client itself runs unmodified.
const http = require("node:http");
const Module = require("node:module");
const { Writable } = require("node:stream");

// Taken now, because a function may replace them (tracing libraries do).
const { request } = http;
const exit = process.exit.bind(process);

const [host, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? "").split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const root = "/2018-06-01/runtime/invocation";

let posting = 0;
/** @type {Promise<unknown>} */
let posted = Promise.resolve();

/**
 * @param {string} method
 * @param {string} path
 * @param {http.OutgoingHttpHeaders} headers
 * @param {string} [body]
 * @returns {Promise<{ text: string, headers: http.IncomingHttpHeaders }>}
 */
function send(method, path, headers, body) {
  return new Promise((resolve) => {
    const call = request({ host, port, method, path, agent, headers }, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on("data", (/** @type {Buffer} */ chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ text: Buffer.concat(chunks).toString(), headers: response.headers }),
      );
      response.on("error", () => exit(1));
    });
    // Whoever started this process is gone: so must this be.
    call.on("error", () => exit(1));
    call.end(body);
  });
}

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
  await posted;
  await Promise.all([...used].map(written));
  const { text, headers } = await send("GET", `${root}/next`, {});
  const context = headers["lambda-runtime-client-context"];
  if (typeof context === "string") {
    headers["lambda-runtime-client-context"] = Buffer.from(context, "latin1").toString();
  }
  return { bodyJson: text, headers };
}

/**
 * @param {string} path
 * @param {string} body
 * @param {http.OutgoingHttpHeaders} headers
 */
function post(path, body, headers) {
  posting += 1;
  const length = Buffer.byteLength(body);
  const all = { "content-type": "application/json", "content-length": length, ...peakMemory(), ...headers };
  posted = send("POST", path, all, body).finally(() => (posting -= 1));
}

/** The peak resident set in kilobytes. On Linux it is read from outside, where it is also known of a process that hangs. */
function peakMemory() {
  if (process.platform === "linux") return {};
  return { "lambda-local-peak-memory-kb": String(process.resourceUsage().maxRSS) };
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
  done: (id, body) => post(`${root}/${id}/response`, body, {}),
  /** @type {(id: string, body: string, xrayCause: string) => void} */
  error: (id, body) =>
    post(`${root}/${id}/error`, body, { "lambda-runtime-function-error-type": errorType(body) }),
};

/** @param {string} body */
function errorType(body) {
  return String(JSON.parse(body).errorType ?? "Error").replaceAll(/[^\x20-\x7e]/g, "?");
}

/** @typedef {(name: string, parent: unknown, isMain: boolean) => unknown} Load */
const loader = /** @type {{ _load: Load }} */ (/** @type {unknown} */ (Module));
/** @type {Load} */
const load = Reflect.get(loader, "_load");
loader._load = (name, parent, isMain) =>
  name === "./rapid-client.node" ? client : load(name, parent, isMain);
