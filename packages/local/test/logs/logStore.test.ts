import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { LogStore } from "../../src/logs/logStore.ts";

const MEGABYTE = 1024 * 1024;

describe("local: log store", () => {
  const write = (store: LogStore, group: string, message: string) =>
    store.append(group, "stream", { timestamp: 0, message });

  it("keeps the last 4 MB of each group, at most a quarter more, in order", () => {
    const store = new LogStore();
    const text = "x".repeat(1000);
    for (let n = 0; n < 100_000; n += 1) write(store, "busy", `${n} ${text}`);
    write(store, "quiet", "still here");
    const lines = store.lines("busy");
    const bytes = lines.reduce((sum, { message }) => sum + message.length, 0);
    assert.ok(bytes > 3.6 * MEGABYTE && bytes <= 5 * MEGABYTE, `${bytes}`);
    assert.match(lines.at(-1)?.message ?? "", /^99999 /);
    assert.ok(lines.every(({ id }, index) => id === (lines[0]?.id ?? 0) + index));
    assert.deepEqual(
      store.lines("quiet").map(({ message }) => message),
      ["still here"],
    );
  });

  it("keeps a line that exceeds the limit", () => {
    const store = new LogStore();
    for (let n = 0; n < 3; n += 1) write(store, "group", String(n).repeat(20 * MEGABYTE));
    assert.deepEqual(
      store.lines("group").map(({ message }) => message[0]),
      ["2"],
    );
  });

  it("notifies watchers of new lines until they stop watching", () => {
    const store = new LogStore();
    const seen: string[] = [];
    write(store, "group", "before");
    const stop = store.watch((group, { message }) => seen.push(`${group}: ${message}`));
    write(store, "group", "a");
    write(store, "other", "b");
    stop();
    write(store, "group", "after");
    assert.deepEqual(seen, ["group: a", "other: b"]);
    assert.deepEqual(store.groups(), ["group", "other"]);
  });
});
