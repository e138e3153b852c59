import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { times } from "../../../../tools/testing/variation.ts";
import { findPythons } from "../runtime/python/findPythons.ts";
import { processUse } from "../storms/serviceUse.ts";
import { functions, start, template, type TestService } from "../workspace.ts";
import { pause } from "../pause.ts";

/** What a way of writing writes: 1 GB with `--soak`. */
const MEGABYTES = times(64, 1024);
/** What the service may have more than before, whatever is written. A short run has a part of it before memory is collected. */
const LIMIT_MB = times(48, 32);

/** Writes whole chunks to a descriptor, also where it's full. */
const writeAll = `
const write = (fd, bytes) => {
  for (let at = 0; at < bytes.length; ) {
    try { at += fs.writeSync(fd, bytes, at); } catch (error) { if (error.code !== "EAGAIN") throw error; }
  }
};
const frame = (bytes, length = bytes.length) => {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(0xa55a0003, 0);
  header.writeUInt32BE(length, 4);
  header.writeBigUInt64BE(BigInt(Date.now()) * 1000n, 8);
  return Buffer.concat([header, bytes]);
};
const megabyte = 1024 * 1024;
const lines = (size) => Buffer.from(("x".repeat(size - 1) + "\\n").repeat(megabyte / size));
const noise = Buffer.from(Uint8Array.from({ length: megabyte }, (_, n) => (n * 2654435761) >>> 13));
const repeat = (fd, bytes) => (count) => { for (let n = 0; n < count; n += 1) write(fd, bytes); };
const sayEnd = (way) => {
  const fd = way.startsWith("standard output") ? 1 : way.startsWith("standard error") ? 2 : 3;
  write(fd, Buffer.from("\\nthe end\\n"));
};
const ways = {
  "standard output, in lines": repeat(1, lines(128)),
  "standard output, in one line": repeat(1, Buffer.alloc(megabyte, "x")),
  "standard output, in characters of three bytes": repeat(1, Buffer.from("\\u20ac".repeat(megabyte / 3))),
  "standard output, in bytes without meaning": repeat(1, noise),
  "standard output, in frames": repeat(1, frame(Buffer.alloc(megabyte, "x"))),
  "standard error, in lines": repeat(2, lines(128)),
  "standard error, in one line": repeat(2, Buffer.alloc(megabyte, "x")),
  "the descriptor for frames, in frames": repeat(3, frame(Buffer.alloc(megabyte, "x"))),
  "the descriptor for frames, in small frames": repeat(3, Buffer.concat(Array(4096).fill(frame(Buffer.alloc(240, "x"))))),
  "the descriptor for frames, in one frame": (count) => {
    write(3, frame(Buffer.alloc(0), count * megabyte));
    repeat(3, Buffer.alloc(megabyte, "x"))(count);
  },
  "the descriptor for frames, in lines": repeat(3, lines(128)),
  "the descriptor for frames, in bytes without meaning": repeat(3, noise),
};
`;

const writer = `
import fs from "node:fs";
${writeAll}
export const handler = async ({ way, megabytes }) => {
  ways[way](megabytes);
  sayEnd(way);
  return megabytes;
};`;

/** Writes from a process of its own. */
const parent = `
import { spawnSync } from "node:child_process";
import fs from "node:fs";
${writeAll}
const program = ${JSON.stringify(`const fs = require("node:fs");\n${writeAll}\nways[process.argv[1]](Number(process.argv[2]));`)};
export const handler = async ({ way, megabytes }) => {
  spawnSync(process.execPath, ["-e", program, way, String(megabytes)], { stdio: ["ignore", "inherit", "inherit", 3] });
  sayEnd(way);
  return megabytes;
};`;

/** Node.js as a runtime of its own, so that no shell tool is needed. */
const bootstrap = `#!${process.execPath}
const fs = require("node:fs");
${writeAll}
(async () => {
  const api = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2018-06-01/runtime/invocation/";
  for (;;) {
    const next = await fetch(api + "next");
    const { way, megabytes } = await next.json();
    ways[way](megabytes);
    sayEnd(way);
    await fetch(api + next.headers.get("lambda-runtime-aws-request-id") + "/response", { method: "POST", body: String(megabytes) });
  }
})();
`;

const pythonWriter = `
import logging, os, sys

def lines(megabytes):
    for _ in range(megabytes):
        sys.stdout.write(("x" * 127 + "\\n") * 8192)

def one_line(megabytes):
    for _ in range(megabytes):
        sys.stdout.write("x" * 1048576)

def errors(megabytes):
    for _ in range(megabytes):
        os.write(2, b"x" * 1048576)

def records(megabytes):
    for _ in range(megabytes):
        logging.error("x" * 1048576)

def handler(event, context):
    globals()[event["way"]](event["megabytes"])
    print("\\nthe end")
    return event["megabytes"]
`;

const allWays = [...writeAll.matchAll(/^ {2}"([^"]+)": /gm)].map(([, way = ""]) => way);
/** One of each kind; all of them with `--soak`. */
const someWays: Readonly<Record<string, readonly string[]>> = {
  writer: [
    "standard output, in lines",
    "standard output, in one line",
    "the descriptor for frames, in small frames",
    "the descriptor for frames, in one frame",
  ],
  parent: ["standard error, in lines"],
  own: ["standard output, in frames"],
};
const quiet = "export const handler = async () => process.ppid;";

/** Has a function write, and measures the service and another function meanwhile. */
async function flood(local: TestService, name: string, way: string): Promise<void> {
  const service = Number((await local.invoke("quiet")).payload);
  const memory = () => processUse(service).memoryMb;
  const alone: number[] = [];
  for (let n = 0; n < 40; n += 1) alone.push(await latency(local));
  const first = memory();
  const running = { peak: first, beside: [] as number[], done: false };
  const flooding = local.invoke(name, { way, megabytes: MEGABYTES }).finally(() => (running.done = true));
  while (!running.done) {
    running.beside.push(await latency(local));
    running.peak = Math.max(running.peak, memory());
    await pause();
  }
  const { payload, error, log } = await flooding;
  assert.equal(error, undefined, log);
  assert.equal(payload, MEGABYTES);
  assert.ok(log.includes("\nthe end\n"), "The last line is in the log.");
  const grown = running.peak - first;
  report(name, way, { grown, alone: median(alone), beside: median(running.beside) });
  assert.ok(grown <= LIMIT_MB, `The service has ${grown} MB more.`);
}

/** How long an invocation of another function takes, in ms. */
async function latency(local: TestService): Promise<number> {
  const startedAt = performance.now();
  await local.invoke("quiet");
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Shows the figures of a long run. A test depends on none of its times, because the machine has other work. */
function report(name: string, way: string, of: Readonly<Record<string, number>>): void {
  if (!isLong) return;
  const figures = Object.entries(of).map(([what, value]) => `${what} ${value.toFixed(1)}`);
  console.log(`      ${name}, ${way}: ${figures.join(", ")}`);
}

const isLong = MEGABYTES >= 1024;
const writers = { writer: "a Node.js function", parent: "its child process", own: "a runtime of its own" };

// Memory is read from /proc.
if (process.platform === "linux")
  describe(`local: ${MEGABYTES} MB of output`, () => {
    let local: TestService;
    before(async () => {
      const declared = {
        writer: { timeout: 900, memory: 512 },
        parent: { timeout: 900, memory: 512 },
        own: { runtime: "provided.al2023", timeout: 900 },
      };
      const files = functions({ writer, parent, quiet, own: "" }, declared);
      local = await start({ ...files, "own/bootstrap": bootstrap });
      await chmod(join(local.folder, "own", "bootstrap"), 0o755);
    });
    after(() => local[Symbol.asyncDispose]());

    for (const [name, what] of Object.entries(writers))
      for (const way of (isLong ? undefined : someWays[name]) ?? allWays) {
        it(`of ${what} on ${way}: memory stays, and others go on`, async function () {
          this.timeout(900_000);
          await flood(local, name, way);
        });
      }
  });

const [python] = process.platform === "linux" ? await findPythons() : [];
if (python)
  describe(`local: ${MEGABYTES} MB of output of a Python function`, () => {
    let local: TestService;
    before(async () => {
      local = await start({
        "template.yaml": template({ py: { runtime: "python3.13", timeout: 900 }, quiet: {} }),
        "quiet/index.mjs": quiet,
        "py/index.py": pythonWriter,
      });
      local.service.setWorkspace({ folders: [local.folder], trusted: true, pythonPath: python.path });
    });
    after(() => local[Symbol.asyncDispose]());

    for (const way of isLong ? ["lines", "one_line", "errors", "records"] : ["one_line", "records"]) {
      it(`as ${way}: memory stays, and others go on`, async function () {
        this.timeout(900_000);
        await flood(local, "py", way);
      });
    }
  });
