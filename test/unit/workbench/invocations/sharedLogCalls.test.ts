import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { LogCallBudgets } from "../../../../src/core/invocation/logCallBudget.ts";
import { SharedLogCalls } from "../../../../src/workbench/invocations/sharedLogCalls.ts";
import { WAIT_MS } from "../../../../tools/testing/limits.ts";
import { ManualClock } from "../../core/invocation/manualClock.ts";

const PLACE = { caller: "123456789012", region: "eu-central-1", endpoint: undefined };
const MINUTE_MS = 60_000;
const window = fileURLToPath(new URL("reservingProcess.ts", import.meta.url));

/** The most times within any second. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(
    ...times.map((first) => times.filter((each) => each >= first && each <= first + 1000).length),
  );
}

describe("the calls that windows share a quota for", () => {
  let folder: string;
  let clock: ManualClock;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "log-calls-")), "shared");
    clock = new ManualClock();
  });
  afterEach(() => rm(join(folder, ".."), { recursive: true, force: true, maxRetries: 5 }));

  it("are within it, of however many windows they are", async () => {
    const [windows, count] = [4, 8];
    const reserve = async (place: string): Promise<number[]> => {
      const { stdout } = await promisify(execFile)(process.execPath, [window, folder, place, `${count}`], {
        timeout: WAIT_MS,
      });
      return stdout.trim().split("\n").map(Number);
    };
    const [others, ...each] = await Promise.all([
      reserve("other"),
      ...Array.from({ length: windows }, () => reserve("one")),
    ]);
    const times = each.flat();
    assert.equal(times.length, windows * count);
    assert.ok(mostInASecond(times) <= 5, times.join(" "));
    // Those of another account or region are counted apart.
    assert.ok(mostInASecond([...times, ...others]) > 5);
  });

  it("are counted on where a minute ends, and what nobody counts any more is removed", async () => {
    const [first, second] = [new SharedLogCalls(folder, clock), new SharedLogCalls(folder, clock)];
    await clock.advance(MINUTE_MS - (clock.now() % MINUTE_MS) - 1);
    assert.deepEqual([await first.reserve("one"), await second.reserve("one")], [0, 0]);
    await clock.advance(1);
    assert.equal(await first.reserve("one"), 333);
    assert.equal((await readdir(folder)).length, 2);
    await clock.advance(2 * MINUTE_MS);
    assert.equal(await second.reserve("one"), 0);
    assert.equal((await readdir(folder)).length, 1);
  });

  it("are as many as before where the machine's clock was set back", async () => {
    const calls = new SharedLogCalls(folder, clock);
    await calls.reserve("one");
    const [file = ""] = await readdir(folder);
    for (const line of [`${clock.now() + 3_600_000} a-later-one`, "no line", ""])
      await appendFile(join(folder, file), `${line}\n`);
    assert.equal(await calls.reserve("one"), 0);
    assert.equal(await calls.reserve("one"), 334);
  });

  it("say nothing of who makes them", async () => {
    await new SharedLogCalls(folder, clock).reserve(JSON.stringify(PLACE));
    const [file = "", ...others] = await readdir(folder);
    assert.match(file, /^[0-9a-f]{32}\.\d+$/);
    assert.deepEqual(others, []);
    assert.match(await readFile(join(folder, file), "utf8"), /^\d{13} id-\d+\n$/);
  });

  /** Asks so often, and tells how many may call. */
  function askFor(count: number, budgets: LogCallBudgets, signal: AbortSignal): () => number {
    let allowed = 0;
    const budget = budgets.of(PLACE);
    for (let index = 0; index < count; index++)
      void budget.take(signal).then(
        () => allowed++,
        () => {},
      );
    return () => allowed;
  }

  /** Lets what is under way reach the disk and come back. */
  async function until(isDone: () => boolean): Promise<void> {
    while (!isDone()) await sleep(5);
  }

  it("are the next one's where somebody doesn't wait any more", async () => {
    const budgets = new LogCallBudgets(clock, new SharedLogCalls(folder, clock));
    const stopping = new AbortController();
    const first = askFor(3, budgets, stopping.signal);
    await until(() => first() === 2 && clock.waiting === 1);
    stopping.abort();
    const second = askFor(1, budgets, new AbortController().signal);
    await until(() => clock.waiting === 1);
    await clock.advance(334);
    await until(() => second() === 1);
    assert.equal(first(), 2);
    const [file = ""] = await readdir(folder);
    const { length } = (await readFile(join(folder, file), "utf8")).trim().split("\n");
    assert.equal(length, 3);
  });

  it("are those of each window alone where nothing can be written", async () => {
    await writeFile(folder, "a file, and no folder");
    const budgets = new LogCallBudgets(clock, new SharedLogCalls(folder, clock));
    const allowed = askFor(3, budgets, new AbortController().signal);
    await until(() => allowed() === 2 && clock.waiting === 1);
    await clock.advance(334);
    await until(() => allowed() === 3);
  });
});
