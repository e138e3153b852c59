import assert from "node:assert/strict";
import type { LogFeed } from "../../../../src/core/invocation/groupFollower.ts";
import { LogGroupReaders } from "../../../../src/core/invocation/logGroupReader.ts";
import type { LogLine, LogQuery } from "../../../../src/core/ports.ts";
import { ManualClock } from "./manualClock.ts";

const MINUTE_MS = 60_000;
const never = new AbortController().signal;

describe("reading a log group for several events", () => {
  let clock: ManualClock;
  let lines: LogLine[];
  let queries: LogQuery[];
  let readers: LogGroupReaders;

  beforeEach(() => {
    clock = new ManualClock();
    lines = [];
    queries = [];
    readers = new LogGroupReaders();
  });

  /** Some services return more than was asked for: this one everything of that time. */
  const searchLog = (query: LogQuery): Promise<readonly LogLine[]> => {
    queries.push(query);
    return Promise.resolve(lines.filter(({ timestamp }) => timestamp >= query.sinceMs));
  };
  const follow = (requestId: string, sinceMs = clock.now()): LogFeed =>
    readers.of("here", { api: { searchLog }, clock, logGroup: "g" }).follow(requestId, sinceMs);

  function write(message: string, ageMs = 0): void {
    lines.push({ id: String(lines.length), stream: "s", message, timestamp: clock.now() - ageMs });
    lines = lines.toSorted((a, b) => a.timestamp - b.timestamp);
  }

  /** What the next look shows of an event. */
  async function next(feed: LogFeed): Promise<string[]> {
    const found = feed.next(never);
    await clock.advance(15_000);
    return (await found).map(({ message }) => message);
  }

  it("gives each event its own lines, also those of earlier looks", async () => {
    using one = follow("one");
    using two = follow("two");
    write("one a");
    write("two a");
    assert.deepEqual([await next(one), await next(two)], [["one a"], ["two a"]]);
    await clock.advance(20 * MINUTE_MS);
    write("one b");
    await clock.advance(MINUTE_MS);
    assert.deepEqual([await next(one), await next(two)], [["one a", "one b"], ["two a"]]);
  });

  it("doesn't read all of it again each time, and misses nothing that arrives late", async () => {
    using feed = follow("one");
    await clock.advance(30 * MINUTE_MS);
    assert.ok((queries.at(-1)?.sinceMs ?? 0) > clock.now() - 10 * MINUTE_MS);
    write("one now");
    await next(feed);
    write("one late", 2 * MINUTE_MS);
    await clock.advance(MINUTE_MS);
    assert.deepEqual(await next(feed), ["one late", "one now"]);
  });

  it("reads back as far as a later event needs it, once", async () => {
    using _one = follow("one");
    await clock.advance(30 * MINUTE_MS);
    write("two long ago", 25 * MINUTE_MS);
    const sinceMs = clock.now() - 28 * MINUTE_MS;
    using two = follow("two", sinceMs);
    queries = [];
    assert.deepEqual(await next(two), ["two long ago"]);
    assert.equal(queries.filter((query) => query.sinceMs <= sinceMs).length, 1);
  });

  it("looks often again as soon as there's another event", async () => {
    using _one = follow("one");
    await clock.advance(30 * MINUTE_MS + 1);
    using _two = follow("two");
    queries = [];
    await clock.advance(5_000);
    assert.ok(queries.length >= 4, `${queries.length} looks in five seconds`);
  });

  it("tells a failure to each, and goes on for those who stay", async () => {
    let refused = true;
    const reader = readers.of("here", {
      api: { searchLog: () => (refused ? Promise.reject(new Error("refused")) : Promise.resolve([])) },
      clock,
      logGroup: "g",
    });
    using one = reader.follow("one", 0);
    using two = reader.follow("two", 0);
    const looks = [assert.rejects(one.next(never), /refused/), assert.rejects(two.next(never), /refused/)];
    await clock.advance(1_000);
    await Promise.all(looks);
    refused = false;
    one[Symbol.dispose]();
    assert.deepEqual(await next(two), []);
  });
});
