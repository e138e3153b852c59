import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { seededRandom, type Random } from "../../../../tools/testing/random.ts";
import { times, variation } from "../../../../tools/testing/variation.ts";
import { until } from "../processes.ts";
import { start, type TestService } from "../workspace.ts";
import { processUse, type ProcessUse } from "./serviceUse.ts";
import { Storm } from "./storm.ts";
import { expectedOf, functionNames, writeAll } from "./stormFiles.ts";
import { pause } from "../pause.ts";

const operations = times(160, 10_000);
/** So many operations, then every function must run what is on disk. */
const OPERATIONS_PER_ROUND = 40;
const CLIENTS = 4;
/** Includes what the garbage collector hasn't taken yet. */
const MAX_GROWTH_MB = 48;
const isLinux = process.platform === "linux";

interface Stormy extends AsyncDisposable {
  local: TestService;
  folder: string;
  storm: Storm;
  /** The service's process. */
  pid: number;
}

async function open(random: Random): Promise<Stormy> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "local-storm-")));
  const [folder, aside] = [join(root, "workspace"), join(root, "aside")];
  await mkdir(aside);
  await writeAll(folder);
  const local = await start({}, { workspace: { folders: [folder], trusted: true } });
  const pid = Number((await local.invoke("pids")).payload);
  return {
    local,
    folder,
    pid,
    storm: new Storm(folder, aside, random),
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Keeps invoking random functions, whatever comes of it, until the signal. Returns how many answers were a function's. */
async function invokeAll({ local }: Stormy, random: Random, signal: AbortSignal): Promise<number> {
  const client = async (): Promise<number> => {
    let answers = 0;
    while (!signal.aborted) {
      const name = functionNames[random(functionNames.length)] ?? "";
      // Its code or its template may be away.
      const result = await local.invoke(name).catch(() => undefined);
      if (result && result.error === undefined) answers += 1;
      await new Promise(setImmediate);
    }
    return answers;
  };
  const answers = await Promise.all(Array.from({ length: CLIENTS }, client));
  return answers.reduce((sum, each) => sum + each, 0);
}

/** Fails unless the next invocation of each function runs what is on disk. Elsewhere than on Linux, watchers may be late. */
async function check({ local, folder, storm }: Stormy): Promise<void> {
  for (const name of functionNames) {
    const expected = expectedOf(folder, name);
    const next = async () =>
      (await local.invoke(name).catch((error: unknown) => ({ payload: String(error) }))).payload;
    const payload = isLinux ? await next() : await eventually(next, expected);
    const last = storm.done.slice(-OPERATIONS_PER_ROUND).join("\n");
    assert.equal(
      payload,
      expected,
      `${name}, after ${storm.done.length} operations, the last of them:\n${last}`,
    );
  }
}

async function eventually(next: () => Promise<unknown>, expected: string): Promise<string> {
  while ((await next()) !== expected) await pause();
  return expected;
}

/** What the service uses when one sandbox of each function runs, with its current code. */
async function settledUse(stormy: Stormy, before?: ProcessUse): Promise<ProcessUse> {
  await stormy.storm.checkOutAll();
  await check(stormy);
  // Replaced sandboxes and idle connections take a moment to close.
  if (before) await until(() => processUse(stormy.pid).descriptors <= before.descriptors);
  return processUse(stormy.pid);
}

describe("local: a storm of changes", () => {
  it(`of ${operations} operations: then functions run what is on disk, and nothing is left open`, async () => {
    const random = seededRandom(variation.seed);
    await using stormy = await open(random);
    const ending = new AbortController();
    const clients = invokeAll(stormy, seededRandom(variation.seed + 1), ending.signal);
    let before: ProcessUse | undefined;
    for (let n = 0; n < operations; n += 1) {
      await stormy.storm.next();
      if (n % OPERATIONS_PER_ROUND !== OPERATIONS_PER_ROUND - 1) continue;
      await check(stormy);
      // The first half loads everything that a service needs.
      if (isLinux && n >= operations / 2 - OPERATIONS_PER_ROUND) before ??= await settledUse(stormy);
    }
    ending.abort();
    assert.ok((await clients) > 0, "the clients got answers");
    if (!before) return;
    const after = await settledUse(stormy, before);
    assert.equal(after.watches, before.watches);
    // A few operations leave a service's memory where it is just after the start: still growing, as any program's does.
    if (!variation.soak) return;
    const growth = after.memoryMb - before.memoryMb;
    assert.ok(growth <= MAX_GROWTH_MB, `the service's memory grew by ${growth.toFixed(1)} MB`);
  });
});
