import assert from "node:assert/strict";
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HistoryDetails, HistoryItem } from "../../../../src/core/history/historyItem.ts";
import { clearHistory, compactHistory } from "../../../../src/workbench/history/files/compactHistory.ts";
import { bodyFile, newWindowName } from "../../../../src/workbench/history/files/historyFolder.ts";
import { HistoryReader } from "../../../../src/workbench/history/files/historyReader.ts";
import { HistoryWriter } from "../../../../src/workbench/history/files/historyWriter.ts";
import { isOpen, isWaiting, WindowMark } from "../../../../src/workbench/history/files/windowMark.ts";
import { itemOf } from "../../core/history/samples.ts";

const NOW = Date.parse("2026-11-25T12:00:00.000Z");
const LIMITS = { count: 3, ageMs: 1e12, bytes: 1e12 };
/** No process has such an id. */
const GONE = 2 ** 30;

describe("the files of the history", () => {
  let folder: string;
  let windows = 0;
  const writers: HistoryWriter[] = [];

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "history-")), "history");
  });
  afterEach(async () => {
    for (const writer of writers.splice(0)) await writer[Symbol.asyncDispose]();
    await rm(join(folder, ".."), { recursive: true, force: true, maxRetries: 5 });
  });

  interface TestWindow {
    name: string;
    mark: WindowMark;
    write(item: Partial<HistoryItem>, details?: Partial<HistoryDetails>, revision?: number): Promise<void>;
  }

  function makeWriter(name: string, mark: WindowMark): HistoryWriter {
    const writer = new HistoryWriter(folder, name, mark);
    writers.push(writer);
    return writer;
  }

  function openWindow(processId = process.pid): TestWindow {
    const name = newWindowName(NOW + windows++, processId, "test");
    const mark = new WindowMark(folder, name);
    const writer = makeWriter(name, mark);
    const write: TestWindow["write"] = (item, details = {}, revision = 0) =>
      writer.append({ item: itemOf(item), details, revision });
    return { name, mark, write };
  }

  async function ids(): Promise<string[]> {
    const reader = new HistoryReader(folder);
    await reader.refresh();
    return [...reader.items.keys()].toSorted();
  }

  const at = (second: number): Partial<HistoryItem> => ({
    id: `id${second}`,
    startedAt: new Date(NOW + second * 1000).toISOString(),
  });

  it("are read by any window, each only as far as it's new", async () => {
    const [one, two] = [openWindow(), openWindow()];
    const reader = new HistoryReader(folder);
    await reader.refresh();
    assert.equal(reader.items.size, 0);
    await one.write(at(1), { payload: { text: "1" } });
    await reader.refresh();
    assert.deepEqual([...reader.items.keys()], ["id1"]);
    await Promise.all([two.write(at(2)), one.write(at(3)), one.write(at(1), { attempts: 1 }, 1)]);
    await reader.refresh();
    assert.deepEqual([...reader.items.keys()].toSorted(), ["id1", "id2", "id3"]);
    const { payload, attempts } = await reader.details("id1");
    assert.deepEqual([payload, attempts], [{ text: "1" }, 1]);
  });

  it("can be read by their owner only", async function () {
    await openWindow().write(at(1), { payload: { text: "x".repeat(100_000) } });
    for (const name of await readdir(folder)) {
      const { mode } = await stat(join(folder, name));
      if (process.platform !== "win32") assert.equal(mode & 0o077, 0, name);
    }
  });

  for (const [what, body] of [
    ["a short text", { text: 'ü"\u0000\n' }],
    ["a long text", { text: "€\n".repeat(100_000) }],
    ["short bytes", { base64: Buffer.from([0, 255, 128]).toString("base64") }],
    ["long bytes", { base64: Buffer.alloc(100_001, 200).toString("base64") }],
  ] as const) {
    it(`have ${what} as it was`, async () => {
      await openWindow().write(at(1), { payload: body, response: body });
      const reader = new HistoryReader(folder);
      await reader.refresh();
      const { payload, response } = await reader.details("id1");
      assert.deepEqual(payload, body);
      assert.deepEqual(response, body);
    });
  }

  it("have a large response soon after its line, and say so if they can't", async () => {
    const name = newWindowName(NOW + windows++, process.pid, "test");
    const writer = makeWriter(name, new WindowMark(folder, name));
    const failures: NodeJS.ErrnoException[] = [];
    const large = { text: "€".repeat(100_000) };
    const append = (id: string): Promise<void> =>
      writer.append({ item: itemOf({ ...at(1), id }), details: { response: large }, revision: 1 }, (error) =>
        failures.push(error as NodeJS.ErrnoException),
      );
    await append("id1");
    assert.deepEqual(await ids(), ["id1"]);
    await writer.settled();
    const reader = new HistoryReader(folder);
    await reader.refresh();
    assert.deepEqual((await reader.details("id1")).response, large);
    assert.deepEqual(failures, []);
    // The file of the next response can't be written: a folder has its name.
    await mkdir(join(folder, bodyFile("id2", "response")));
    await append("id2");
    await writer.settled();
    assert.deepEqual(await ids(), ["id1", "id2"]);
    const codes = failures.map(({ code }) => code);
    assert.deepEqual(codes, ["EISDIR"]);
    await rm(join(folder, bodyFile("id2", "response")), { recursive: true });
    await append("id2");
    await writer.settled();
    await reader.refresh();
    assert.deepEqual((await reader.details("id2")).response, large);
    assert.equal(failures.length, 1);
  });

  it("say that a payload is gone, or isn't what it was", async () => {
    await openWindow().write(at(1), { payload: { text: "x".repeat(100_000) } });
    const reader = new HistoryReader(folder);
    await reader.refresh();
    const path = join(folder, "id1.payload.body");
    await writeFile(path, "y".repeat(100_000));
    await assert.rejects(reader.details("id1"), { name: "UserError", message: /gone, or was changed/ });
    await rm(path);
    await assert.rejects(reader.details("id1"), { name: "UserError", message: /gone, or was changed/ });
  });

  it("lose no other line where one was cut off", async () => {
    const window = openWindow();
    await window.write(at(1));
    const path = join(folder, `${window.name}.000000.jsonl`);
    await truncate(path, (await stat(path)).size - 5);
    await appendFile(path, "\n");
    await window.write(at(2));
    const reader = new HistoryReader(folder);
    await reader.refresh();
    assert.deepEqual([[...reader.items.keys()], reader.damaged], [["id2"], 1]);
  });

  it("begin a new one before they get large", async () => {
    const window = openWindow();
    for (let second = 0; second < 150; second++) await window.write(at(second), { log: "x".repeat(15_000) });
    const names = (await readdir(folder)).filter((name) => name.endsWith(".jsonl"));
    assert.ok(names.length > 1, names.join());
    assert.equal((await ids()).length, 150);
  });

  it("are joined without what is beyond the limit, once their windows are closed", async () => {
    const closed = [1, 2, 3].map((number) => ({ number, window: openWindow(GONE) }));
    for (const { number, window } of closed)
      await window.write(at(number), { payload: { text: "x".repeat(20_000) } });
    const own = openWindow();
    await own.write(at(4));
    await compactHistory(folder, LIMITS, NOW);
    assert.deepEqual(await ids(), ["id2", "id3", "id4"]);
    const names = await readdir(folder);
    assert.ok(!names.includes("id1.payload.body") && names.includes("id2.payload.body"), names.join());
    assert.deepEqual(
      names.filter((name) => name.endsWith(".open")),
      [`${own.name}.open`],
    );
    assert.equal(names.filter((name) => name.endsWith(".jsonl")).length, 2);
    const reader = new HistoryReader(folder);
    await reader.refresh();
    assert.deepEqual((await reader.details("id3")).payload, { text: "x".repeat(20_000) });
  });

  it("of windows that are open are left as they are", async () => {
    const own = openWindow();
    for (let second = 1; second <= 5; second++) await own.write(at(second));
    const before = await readFile(join(folder, `${own.name}.000000.jsonl`));
    await compactHistory(folder, LIMITS, NOW);
    assert.deepEqual(await readFile(join(folder, `${own.name}.000000.jsonl`)), before);
  });

  it("lose nothing when several windows join them at the same time", async () => {
    for (let second = 1; second <= 12; second++) await openWindow(GONE).write(at(second));
    const limits = { ...LIMITS, count: 10 };
    await Promise.all([1, 2, 3].map(() => compactHistory(folder, limits, NOW)));
    assert.equal((await ids()).filter((id) => Number(id.slice(2)) > 2).length, 10);
  });

  it("are read anew where they were joined or removed", async () => {
    const reader = new HistoryReader(folder);
    for (let second = 1; second <= 5; second++) await openWindow(GONE).write(at(second));
    const own = openWindow();
    await own.write(at(6));
    await reader.refresh();
    await compactHistory(folder, LIMITS, NOW);
    assert.equal((await reader.details("id5")).payload, undefined);
    await reader.refresh();
    assert.deepEqual([...reader.items.keys()].toSorted(), ["id4", "id5", "id6"]);
    await clearHistory(folder);
    await own.write(at(7));
    await own.write(at(8));
    await reader.refresh();
    assert.deepEqual([...reader.items.keys()].toSorted(), ["id7", "id8"]);
  });

  it("tell which windows are open, and which wait for answers", async () => {
    const [own, gone] = [openWindow(), openWindow(GONE)];
    for (const window of [own, gone]) await window.write(at(1));
    assert.equal(await isOpen(folder, own.name), true);
    assert.equal(await isOpen(folder, gone.name), false);
    assert.equal(await isWaiting(folder, own.name, Date.now()), true);
    // Another process may have its number after a restart of the machine.
    const old = new Date(Date.now() - 3_600_000);
    await utimes(join(folder, `${own.name}.open`), old, old);
    assert.equal(await isWaiting(folder, own.name, Date.now()), false);
    own.mark.dispose();
    assert.equal(await isOpen(folder, own.name), false);
  });
});
