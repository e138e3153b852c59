import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HistoryItem } from "../../../../src/core/history/historyItem.ts";
import { compactHistory } from "../../../../src/workbench/history/files/compactHistory.ts";
import { claimEvent, findLeftEvents } from "../../../../src/workbench/history/files/eventClaims.ts";
import { newWindowName } from "../../../../src/workbench/history/files/historyFolder.ts";
import { HistoryWriter } from "../../../../src/workbench/history/files/historyWriter.ts";
import { WindowMark } from "../../../../src/workbench/history/files/windowMark.ts";
import { itemOf } from "../../core/history/samples.ts";

const NOW = Date.now();
const HOUR_MS = 3_600_000;
/** No process has such an id. */
const GONE = 2 ** 30;

describe("events that closed windows have left", () => {
  let folder: string;
  let windows = 0;
  const writers: HistoryWriter[] = [];
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "history-"))));
  afterEach(async () => {
    for (const writer of writers.splice(0)) await writer[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  interface TestWindow {
    name: string;
    mark: WindowMark;
    write(item: Partial<HistoryItem>, revision?: number): Promise<void>;
  }

  async function openWindow(processId = process.pid): Promise<TestWindow> {
    const name = newWindowName(NOW + windows++, processId, "test");
    const mark = new WindowMark(folder, name);
    await mark.renew();
    const writer = new HistoryWriter(folder, name, mark);
    writers.push(writer);
    const write: TestWindow["write"] = (item, revision = 1) =>
      writer.append({ item: itemOf(item), details: {}, revision });
    return { name, mark, write };
  }

  const accepted = (id: string, changes: Partial<HistoryItem> = {}): Partial<HistoryItem> => ({
    id,
    mode: "Event",
    verdict: "accepted",
    requestId: `request-${id}`,
    destination: { kind: "aws", profile: "dev" },
    startedAt: new Date(NOW - 60_000).toISOString(),
    ...changes,
  });

  async function left(): Promise<string[]> {
    const found = await findLeftEvents(folder, { sinceMs: NOW - 7 * HOUR_MS, nowMs: NOW });
    return found.map(({ id }) => id);
  }

  it("are those whose outcome isn't known, and that Lambda may still try", async () => {
    const window = await openWindow(GONE);
    await window.write(accepted("pending"));
    await window.write(accepted("failedOnce", { outcome: "unknown" }), 2);
    const old = new Date(NOW - 7 * HOUR_MS).toISOString();
    for (const [id, changes] of Object.entries({
      returned: { outcome: "returned" },
      failed: { outcome: "failed" },
      stopped: { outcome: "unknown", followingEnded: true },
      old: { startedAt: old },
      local: { destination: { kind: "local" } },
      lost: { verdict: "unknown" },
      nameless: { requestId: undefined },
    } as const satisfies Record<string, Partial<HistoryItem>>))
      await window.write(accepted(id, changes));
    assert.deepEqual((await left()).toSorted(), ["failedOnce", "pending"]);
    // What later lines say counts.
    await window.write(accepted("pending", { outcome: "returned" }), 3);
    assert.deepEqual(await left(), ["failedOnce"]);
  });

  it("aren't those of windows that are open", async () => {
    const [one, two] = [await openWindow(), await openWindow()];
    await one.write(accepted("a"));
    await two.write(accepted("b"));
    assert.deepEqual(await left(), []);
    one.mark.dispose();
    assert.deepEqual(await left(), ["a"]);
  });

  it("aren't looked for in files that are too old to have one", async () => {
    const window = await openWindow(GONE);
    await window.write(accepted("a"));
    const old = new Date(NOW - 8 * HOUR_MS);
    for (const name of await readdir(folder)) await utimes(join(folder, name), old, old);
    assert.deepEqual(await left(), []);
  });

  it("are taken by one window, however many want them at the same time", async () => {
    for (let round = 0; round < 20; round++) {
      const wanting = await Promise.all(Array.from({ length: 8 }, () => openWindow()));
      const taken = await Promise.all(wanting.map(({ name }) => claimEvent(folder, `id${round}`, name)));
      assert.equal(taken.filter(Boolean).length, 1);
    }
  });

  it("are taken again, by one window, once the one that had them is gone", async () => {
    const [first, crashed] = [await openWindow(), await openWindow(GONE)];
    assert.equal(await claimEvent(folder, "a", first.name), true);
    assert.equal(await claimEvent(folder, "b", crashed.name), true);
    const others = await Promise.all(Array.from({ length: 8 }, () => openWindow()));
    const take = async (id: string): Promise<number> => {
      const taken = await Promise.all(others.map(({ name }) => claimEvent(folder, id, name)));
      return taken.filter(Boolean).length;
    };
    assert.deepEqual([await take("a"), await take("b")], [0, 1]);
    first.mark.dispose();
    assert.deepEqual([await take("a"), await take("a"), await take("b")], [1, 0, 0]);
  });

  it("leave no claims behind for long", async () => {
    const window = await openWindow();
    await claimEvent(folder, "old", window.name);
    await claimEvent(folder, "new", window.name);
    const old = new Date(NOW - 25 * HOUR_MS);
    await utimes(join(folder, "old.1.claim"), old, old);
    await compactHistory(folder, { count: 500, ageMs: 1e12, bytes: 1e12 }, NOW);
    const claims = (await readdir(folder)).filter((name) => name.endsWith(".claim"));
    assert.deepEqual(claims, ["new.1.claim"]);
  });
});
