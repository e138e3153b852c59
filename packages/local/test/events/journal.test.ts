import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { QueuedEvent } from "../../src/events/queuedEvent.ts";
import { Journal, readJournal } from "../../src/events/journal.ts";
import { times } from "../../../../tools/testing/variation.ts";
import { never } from "../workspace.ts";

function event(id: string, payload = "{}"): QueuedEvent {
  return { id, functionName: "fn", payload, traceId: "t", acceptedAt: 1, failures: 0, hops: 0 };
}

describe("local: event journal", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "journal-test-"));
    path = join(folder, "events.jsonl");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const accept = (journal: Journal, ...events: QueuedEvent[]) =>
    journal.append(
      events.map((one) => ({ kind: "accepted", event: one })),
      true,
    );
  const ids = async () => (await readJournal(path, never)).map(({ id }) => id);

  it("returns the events that aren't done, in order, with their failures", async () => {
    const journal = await Journal.create(path, never);
    await accept(journal, event("a"), event("b"), event("c", '{"n":12345678901234567890,"ü":"\\u2028 "}'));
    await journal.append([{ kind: "done", id: "a" }], false);
    await journal.append([{ kind: "failed", id: "c", failures: 2 }], false);
    await journal.close();
    const found = await readJournal(path, never);
    assert.deepEqual(found, [
      event("b"),
      { ...event("c", '{"n":12345678901234567890,"ü":"\\u2028 "}'), failures: 2 },
    ]);
  });

  it("doesn't overwrite an existing file", async () => {
    await (await Journal.create(path, never)).close();
    await assert.rejects(Journal.create(path, never), { code: "EEXIST" });
  });

  it("skips a last line cut off at any byte, and keeps the lines before it", async () => {
    const journal = await Journal.create(path, never);
    await accept(journal, event("a"));
    const { size } = await stat(path);
    await accept(journal, event("b", '"ü"'));
    await journal.close();
    const whole = (await stat(path)).size;
    for (let length = whole - 1; length >= size; length -= 1) {
      await truncate(path, length);
      // Only the line feed is missing, so the line is complete.
      assert.deepEqual(await ids(), length === whole - 1 ? ["a", "b"] : ["a"]);
    }
  });

  it("starts a new line after an incomplete one", async () => {
    const journal = await Journal.create(path, never);
    await accept(journal, event("a"));
    await appendFile(path, '{"kind":"accepted","event":{"id":"torn');
    await accept(journal, event("b"));
    await journal.close();
    assert.deepEqual(await ids(), ["a", "b"]);
  });

  it("is compacted to the events that aren't done", async () => {
    const journal = await Journal.create(path, never);
    await accept(journal, event("first"));
    const payload = JSON.stringify("x".repeat(10_000));
    let largest = 0;
    for (let n = 0; n < 1000; n += 1) {
      await journal.append([{ kind: "accepted", event: event(`e${n}`, payload) }], false);
      await journal.append([{ kind: "done", id: `e${n}` }], false);
      largest = Math.max(largest, (await stat(path)).size);
    }
    await accept(journal, event("last"));
    await journal.close();
    assert.deepEqual(await ids(), ["first", "last"]);
    assert.ok(largest < 1.2 * 1024 * 1024, `${largest}`);
  });

  it("loses none of many concurrent appends; with --soak, 100,000", async () => {
    const journal = await Journal.create(path, never);
    const names = Array.from({ length: times(1000, 100_000) }, (_, n) => `e${n}`);
    await Promise.all(names.map((name) => accept(journal, event(name))));
    assert.deepEqual(await ids(), names);
    await journal.close();
  });

  it("reads many events of escapes; with --soak, more than a string can hold", async () => {
    const journal = await Journal.create(path, never);
    // Each character takes six bytes in the journal.
    const payload = JSON.stringify("\u0001".repeat(1_000_000 / 6)).replaceAll("\\u0001", "\u0001");
    const count = times(10, 100);
    const names = Array.from({ length: count }, (_, n) => `e${n}`);
    await accept(journal, ...names.map((name) => event(name, payload.repeat(6))));
    await journal.close();
    assert.ok((await stat(path)).size > count * 5_000_000);
    const found = await readJournal(path, never);
    assert.deepEqual(
      found.map(({ id, payload: { length } }) => [id, length]),
      names.map((name) => [name, payload.length * 6]),
    );
  });

  it("passes over a line that is longer than any record", async () => {
    const journal = await Journal.create(path, never);
    await accept(journal, event("a"));
    const piece = Buffer.alloc(1024 * 1024, "x");
    for (let n = 0; n < 70; n += 1) await appendFile(path, piece);
    await accept(journal, event("b"));
    await journal.close();
    assert.deepEqual(await ids(), ["a", "b"]);
  });

  for (const [what, harm] of [
    ["its file", () => rm(path)],
    ["its folder", () => rm(folder, { recursive: true })],
    [
      "its folder, with one that is empty in its place",
      async () => {
        await rm(folder, { recursive: true });
        await mkdir(folder);
      },
    ],
    [
      "its file, with another one in its place",
      async () => {
        await rm(path);
        await appendFile(path, "");
      },
    ],
  ] as const) {
    it(`loses no event with ${what}`, async () => {
      const restore = async () => void (await mkdir(folder, { recursive: true }));
      const journal = await Journal.create(path, never, restore);
      await accept(journal, event("a"), event("b"));
      await harm();
      await journal.append([{ kind: "done", id: "a" }], true);
      await accept(journal, event("c"));
      await journal.close();
      assert.deepEqual(await ids(), ["b", "c"]);
    });
  }

  it("takes appends again after one that failed because its folder couldn't be made again", async () => {
    let isBroken = true;
    const journal = await Journal.create(path, never, async () => {
      if (isBroken) throw new Error("There is no room.");
      await mkdir(folder, { recursive: true });
    });
    await accept(journal, event("a"));
    await rm(folder, { recursive: true });
    await assert.rejects(accept(journal, event("lost")), /no room/);
    await assert.rejects(accept(journal, event("lost too")), /no room/);
    isBroken = false;
    await accept(journal, event("b"));
    await journal.close();
    assert.deepEqual(await ids(), ["a", "b"]);
  });

  it("leaves its events to the service that took its folder, once its own has ended", async () => {
    const ending = new AbortController();
    let restored = 0;
    const journal = await Journal.create(path, ending.signal, async () => void (restored += 1));
    await accept(journal, event("a"));
    const taken = join(folder, "taken");
    await rename(path, taken);
    ending.abort();
    await assert.rejects(accept(journal, event("late")), { name: "AbortError" });
    await journal.close();
    assert.deepEqual([restored, await readdir(folder)], [0, ["taken"]]);
  });

  it("takes appends after a compaction that failed", async () => {
    const journal = await Journal.create(path, never);
    // What it would write to is a folder.
    await mkdir(`${path}.new`);
    const payload = JSON.stringify("x".repeat(100_000));
    for (let n = 0; n < 30; n += 1) await accept(journal, event(`e${n}`, payload));
    await rm(`${path}.new`, { recursive: true });
    for (let n = 30; n < 60; n += 1) await accept(journal, event(`e${n}`, payload));
    await journal.close();
    assert.deepEqual(
      await ids(),
      Array.from({ length: 60 }, (_, n) => `e${n}`),
    );
  });

  it("is readable only by its owner", async () => {
    await (await Journal.create(path, never)).close();
    if (process.platform !== "win32") assert.equal((await stat(path)).mode & 0o077, 0);
    assert.equal(await readFile(path, "utf8"), "");
  });
});
