import assert from "node:assert/strict";
import type { LogFeed } from "../../../../src/core/invocation/groupFollower.ts";
import { LogGroupReaders } from "../../../../src/core/invocation/logGroupReader.ts";
import { LogCursor, type LogTail } from "../../../../src/core/invocation/logTail.ts";
import type { LogLine, LogQuery } from "../../../../src/core/ports.ts";
import { ManualClock } from "./manualClock.ts";

const MINUTE_MS = 60_000;
const never = new AbortController().signal;

describe("reading a log group for several events", () => {
  let clock: ManualClock;
  let lines: LogLine[];
  let queries: LogQuery[];
  let readers: LogGroupReaders;
  let refusal: Error | undefined;

  beforeEach(() => {
    clock = new ManualClock();
    lines = [];
    queries = [];
    readers = new LogGroupReaders();
    refusal = undefined;
  });

  /** Some services return more than was asked for: this one everything of that time. */
  const searchLog = (query: LogQuery): Promise<readonly LogLine[]> => {
    queries.push(query);
    return Promise.resolve(lines.filter(({ timestamp }) => timestamp >= query.sinceMs));
  };
  /** A page each; what is thrown comes instead. */
  async function* readLog(query: LogQuery): AsyncGenerator<readonly LogLine[]> {
    queries.push(query);
    await Promise.resolve();
    if (refusal) throw refusal;
    const found = lines.filter(({ timestamp }) => timestamp >= query.sinceMs);
    yield found.slice(0, 2);
    if (found.length > 2) yield found.slice(2);
  }
  const tailFrom = (cursor: LogCursor): LogTail =>
    readers.of("here", { api: { searchLog, readLog }, clock, logGroup: "g" }).tail(cursor);
  const follow = (requestId: string, sinceMs = clock.now()): LogFeed =>
    readers.of("here", { api: { searchLog, readLog }, clock, logGroup: "g" }).follow(requestId, sinceMs);

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
      api: {
        readLog,
        searchLog: () => (refused ? Promise.reject(new Error("refused")) : Promise.resolve([])),
      },
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

  describe("and for all of its lines", () => {
    /** What the next look shows. */
    async function shown(tail: LogTail, waitMs = 5_000): Promise<string[]> {
      const found = tail.next(never);
      await clock.advance(waitMs);
      return (await found).map(({ message }) => message);
    }

    it("gives each line once, also one that arrives late, from the cursor on", async () => {
      write("before", 2 * MINUTE_MS);
      write("a", 1000);
      write("b");
      write("c");
      using tail = tailFrom(new LogCursor(clock.now() - MINUTE_MS));
      assert.deepEqual(await shown(tail, 0), ["a", "b", "c"]);
      write("late", 20_000);
      write("d");
      assert.deepEqual(await shown(tail), ["late", "d"]);
      assert.deepEqual(await shown(tail), []);
    });

    it("goes on where another one with the same cursor ended", async () => {
      const cursor = new LogCursor(clock.now());
      const first = tailFrom(cursor);
      write("a");
      assert.deepEqual(await shown(first), ["a"]);
      first[Symbol.dispose]();
      await clock.advance(30 * MINUTE_MS);
      write("meanwhile", 10 * MINUTE_MS);
      using second = tailFrom(cursor);
      assert.deepEqual(await shown(second, 0), ["meanwhile"]);
    });

    it("misses nothing if this machine's clock is ahead", async () => {
      using tail = tailFrom(new LogCursor(clock.now() - 10 * MINUTE_MS));
      write("a", 5 * MINUTE_MS);
      assert.deepEqual(await shown(tail), ["a"]);
      await clock.advance(MINUTE_MS);
      assert.deepEqual(await shown(tail, 0), []);
      write("b", 5 * MINUTE_MS);
      assert.deepEqual(await shown(tail), ["b"]);
    });

    it("reads with one reader for both, until the last one leaves", async () => {
      const event = follow("one");
      const tail = tailFrom(new LogCursor(clock.now()));
      write("one a");
      write("other");
      const both = Promise.all([event.next(never), tail.next(never)]);
      await clock.advance(1_000);
      const [own, all] = (await both).map((found) => found.map(({ message }) => message));
      assert.deepEqual([own, all], [["one a"], ["one a", "other"]]);
      event[Symbol.dispose]();
      queries = [];
      await clock.advance(1_000);
      assert.deepEqual(
        queries.map(({ text }) => text),
        [undefined],
      );
      tail[Symbol.dispose]();
      queries = [];
      await clock.advance(MINUTE_MS);
      assert.deepEqual(queries, []);
    });

    it("waits at most five seconds, and one after a hurry", async () => {
      using tail = tailFrom(new LogCursor(clock.now()));
      await clock.advance(30 * MINUTE_MS);
      queries = [];
      await clock.advance(20_000);
      assert.equal(queries.length, 4);
      tail.hurry();
      queries = [];
      await clock.advance(4_000);
      assert.ok(queries.length >= 4, `${queries.length} looks in four seconds`);
    });

    it("tells a failure, and goes on", async () => {
      refusal = new Error("refused");
      using tail = tailFrom(new LogCursor(clock.now()));
      const failed = assert.rejects(tail.next(never), /refused/);
      await clock.advance(0);
      await failed;
      refusal = undefined;
      write("a");
      assert.deepEqual(await shown(tail, 15_000), ["a"]);
    });
  });
});
