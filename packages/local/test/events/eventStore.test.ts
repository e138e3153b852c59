import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { EventStore } from "../../src/events/eventStore.ts";
import { throttled } from "../../src/model/errors.ts";
import { declare, eventFor, failed, openQueue, returned, type Play, type QueueHost } from "./queueHost.ts";

const full: Play = () => {
  throw throttled("ConcurrentInvocationLimitExceeded");
};
const always: Play = () => returned(1);
const ids = (host: QueueHost) => host.runs.map(({ invocation }) => invocation.requestId).toSorted();

describe("local: events of a service that has ended", () => {
  const fn = declare("fn");

  it("run in the next service, except those that were done", async () => {
    await using first = await openQueue([fn], ({ invocation }, n) =>
      invocation.requestId === "done" ? returned(1) : full({ functionName: "fn", invocation }, n),
    );
    await first.queue.accept(eventFor("fn", "done"));
    await first.until(() => first.runs.length === 1);
    for (const id of ["a", "b"]) await first.queue.accept(eventFor("fn", id, { payload: `"${id}"` }));
    first.stop();
    await using second = await openQueue([fn], always, first.folder);
    void second.queue.adopt();
    await second.until(() => second.runs.length === 2);
    assert.deepEqual(ids(second), ["a", "b"]);
    assert.deepEqual(second.runs.map(({ invocation }) => invocation.payload.toString()).toSorted(), [
      '"a"',
      '"b"',
    ]);
    second.stop();
  });

  it("run in the next service after their folder was removed while the first one ran, and not before that ended", async () => {
    await using first = await openQueue([fn], full);
    await first.queue.accept(eventFor("fn", "a"));
    await rm(first.folder, { recursive: true });
    await first.queue.accept(eventFor("fn", "b"));
    await using second = await openQueue([fn], always, first.folder);
    const adopted = second.queue.adopt();
    await second.queue.accept(eventFor("fn", "own"));
    await second.until(() => second.runs.length === 1);
    assert.deepEqual(ids(second), ["own"]);
    first.stop();
    await adopted;
    await second.until(() => second.runs.length === 3);
    assert.deepEqual(ids(second), ["a", "b", "own"]);
    second.stop();
  });

  it("aren't written any more by a service that has ended", async () => {
    await using first = await openQueue([fn], full);
    await first.queue.accept(eventFor("fn", "a"));
    first.stop();
    await assert.rejects(first.queue.accept(eventFor("fn", "late")));
    await using second = await openQueue([fn], always, first.folder);
    await second.queue.adopt();
    await second.until(() => second.runs.length === 1);
    assert.deepEqual(ids(second), ["a"]);
    second.stop();
  });

  it("keep their remaining retries", async () => {
    await using first = await openQueue([fn], (run, n) => (n === 1 ? failed("once") : full(run, n)));
    await first.queue.accept(eventFor("fn", "id"));
    await first.until(() => first.runs.length >= 2);
    first.stop();
    await using second = await openQueue([fn], () => failed("again"), first.folder);
    await second.queue.adopt();
    await second.until(() => second.notes.includes("Event id for fn won't be retried: it failed 3 times."));
    assert.equal(second.runs.length, 2);
    second.stop();
  });

  it("run in only one of two services that start at the same time", async () => {
    await using first = await openQueue([fn], full);
    const names = Array.from({ length: 20 }, (_, n) => `id-${n}`);
    await Promise.all(names.map((id) => first.queue.accept(eventFor("fn", id))));
    first.stop();
    const others = await Promise.all([1, 2, 3].map(() => openQueue([fn], always, first.folder)));
    const counted = () => others.flatMap(ids);
    const adoptions = others.map(({ queue }) => queue.adopt().catch(() => {}));
    await Promise.race(others.map((host) => host.until(() => counted().length >= 20)));
    assert.deepEqual(counted().toSorted(), names.toSorted());
    for (const host of others) host.stop();
    await Promise.all(adoptions);
  });

  it("aren't taken over until their service has ended", async () => {
    await using first = await openQueue([fn], full);
    await first.queue.accept(eventFor("fn", "id"));
    await using second = await openQueue([fn], always, first.folder);
    const adoption = second.queue.adopt();
    await first.until(() => first.runs.length > 5);
    assert.deepEqual(second.runs, []);
    first.stop();
    await adoption;
    await second.until(() => second.runs.length === 1);
    second.stop();
  });

  it("run once if a service ended during a takeover", async () => {
    await using first = await openQueue([fn], full);
    for (const id of ["a", "b"]) await first.queue.accept(eventFor("fn", id));
    first.stop();
    const [left = ""] = await readdir(first.folder);
    const halfWay = join(first.folder, randomUUID());
    await mkdir(halfWay);
    await rename(join(first.folder, left), join(halfWay, `taken-${left}`));
    await using second = await openQueue([fn], always, first.folder);
    await second.queue.adopt();
    await second.until(() => second.runs.length === 2);
    assert.deepEqual(ids(second), ["a", "b"]);
    second.stop();
  });

  for (const [what, says] of [
    ["says something else", "an HTTP server, perhaps, with a long greeting\n"],
    ["hangs up", ""],
  ] as const) {
    it(`are taken over if another program has the owner's port and ${what}`, async () => {
      const other = createServer((socket) => void (says === "" ? socket.destroy() : socket.write(says)));
      await once(other.listen(0, "127.0.0.1"), "listening");
      const { port } = other.address() as AddressInfo;
      await using host = await openQueue([fn], always);
      const folder = join(host.folder, randomUUID());
      await mkdir(folder);
      await writeFile(
        join(folder, "owner.json"),
        JSON.stringify({ id: randomUUID(), port, pid: process.pid }),
      );
      await writeFile(
        join(folder, "events.jsonl"),
        JSON.stringify({ kind: "accepted", event: eventFor("fn", "id") }),
      );
      await host.queue.adopt();
      await host.until(() => host.runs.length === 1);
      other.close();
    });
  }

  it("are taken over without touching other folders", async () => {
    await using host = await openQueue([fn], always);
    await mkdir(join(host.folder, "history"));
    await writeFile(join(host.folder, "history", "events.jsonl"), "theirs");
    await host.queue.adopt();
    await host.queue.accept(eventFor("fn", "id"));
    await host.until(() => host.runs.length === 1);
    assert.equal(await readFile(join(host.folder, "history", "events.jsonl"), "utf8"), "theirs");
  });

  it("don't stop a service that can't read them", async () => {
    await using host = await openQueue([fn], always);
    const odd = join(host.folder, randomUUID());
    await mkdir(odd);
    await writeFile(join(odd, "events.jsonl"), "\0\0{{{\nnull\n[]\n");
    await host.queue.adopt();
    await host.queue.accept(eventFor("fn", "id"));
    await host.until(() => host.runs.length === 1);
  });
});

describe("local: the file of deliveries", () => {
  it("is replaced when it's full, and made again when it's gone", async () => {
    const folder = await mkdtemp(join(tmpdir(), "deliveries-test-"));
    const lifetime = new AbortController();
    try {
      const store = new EventStore(folder, lifetime.signal);
      const [file, older] = [join(folder, "destinations.jsonl"), join(folder, "destinations.older.jsonl")];
      await store.recordDelivery({ n: 1 });
      await truncate(file, 17 * 1024 * 1024);
      await store.recordDelivery({ n: 2 });
      assert.equal(await readFile(file, "utf8"), '{"n":2}\n');
      assert.equal((await stat(older)).size, 17 * 1024 * 1024);
      await truncate(file, 18 * 1024 * 1024);
      await store.recordDelivery({ n: 3 });
      assert.equal((await stat(older)).size, 18 * 1024 * 1024);
      await rm(folder, { recursive: true });
      await store.recordDelivery({ n: 4 });
      assert.equal(await readFile(file, "utf8"), '{"n":4}\n');
    } finally {
      lifetime.abort();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
