import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { linesFile, newWindowName } from "../../../../src/workbench/history/files/historyFolder.ts";
import { HistoryWriter } from "../../../../src/workbench/history/files/historyWriter.ts";
import { itemOf } from "../../core/history/samples.ts";

/** Longer than what the system keeps of a pipe that nobody reads: writing it takes as long as the reader likes. */
const LONG = "x".repeat(256 * 1024);

/** Reads a line, lets the next one wait half a second, and the one after that until it's told to read on, or for long. */
const reader = `
const fs = require("node:fs");
const file = fs.openSync(process.argv[1], "r");
const bytes = Buffer.alloc(1024 * 1024);
const readLine = () => { while (!bytes.subarray(0, fs.readSync(file, bytes)).includes(10)); };
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
readLine();
fs.readSync(file, bytes, 0, 1);
sleep(500);
readLine();
const readAll = () => { while (fs.readSync(file, bytes) > 0); process.exit(); };
process.stdin.once("data", readAll);
setTimeout(readAll, 20_000);
`;

// A pipe with a name isn't there on Windows.
const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("a history on a slow disk", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "history-"))));
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it("holds up nothing else once a line has taken long", async () => {
    const window = newWindowName(Date.now(), process.pid, "test");
    const path = join(folder, linesFile(window, 0));
    await promisify(execFile)("mkfifo", [path]);
    const disk = spawn(process.execPath, ["-e", reader, path], { stdio: ["pipe", "inherit", "inherit"] });
    const ended = once(disk, "exit");
    const writer = new HistoryWriter(folder, window, { renew: () => Promise.resolve() });
    const append = (name: string): Promise<void> =>
      writer.append({ item: itemOf({ function: { name } }), details: {}, revision: 0 });
    await append("first");
    await append(LONG);
    let isWritten = false;
    const written = append(LONG).then(() => (isWritten = true));
    await setTimeout(20);
    assert.ok(!isWritten, "nothing else could run until it was written");
    disk.stdin.end("read on");
    await written;
    await writer[Symbol.asyncDispose]();
    await ended;
  });
});
