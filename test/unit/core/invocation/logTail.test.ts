import assert from "node:assert/strict";
import fc from "fast-check";
import { tries } from "../../../../tools/testing/variation.ts";
import { GroupTail, LogCursor } from "../../../../src/core/invocation/logTail.ts";
import type { LogLine } from "../../../../src/core/ports.ts";

const never = new AbortController().signal;
const line = (message: string): LogLine => ({ id: message, message, stream: "s", timestamp: 1 });

describe("following all lines of a log, with somebody who takes them late", () => {
  let tail: GroupTail;
  beforeEach(() => {
    tail = new GroupTail(new LogCursor(0), { leave: () => {}, hurry: () => {} });
  });

  const taken = async (): Promise<string[]> => (await tail.next(never)).map(({ message }) => message);

  it("brings the lines of several looks at once", async () => {
    tail.deliver([line("a")]);
    tail.deliver([line("a"), line("b")]);
    assert.deepEqual(await taken(), ["a", "b"]);
  });

  it("brings the lines before a failure, and then the failure, once", async () => {
    tail.deliver([line("a")]);
    tail.fail(new Error("refused"));
    assert.deepEqual(await taken(), ["a"]);
    await assert.rejects(taken(), { message: "refused" });
    tail.deliver([line("b")]);
    assert.deepEqual(await taken(), ["b"]);
  });

  it("leaves out a failure that the next look hasn't had", async () => {
    tail.deliver([line("a")]);
    tail.fail(new Error("refused"));
    tail.deliver([line("b")]);
    assert.deepEqual(await taken(), ["a", "b"]);
    const next = taken();
    tail.deliver([]);
    assert.deepEqual(await next, []);
  });
});

describe("lines that come by reading a log and by Live Tail", () => {
  const live = (message: string): LogLine => ({ ...line(message), id: "" });
  let ids = 0;
  const read = (message: string): LogLine => ({ ...line(message), id: `id${ids++}` });

  it("are taken once, whichever comes first, with or without the line break at their end", () => {
    const cursor = new LogCursor(0);
    assert.equal(cursor.takeLive([live("a")]).length, 1);
    assert.equal(cursor.take([read("a\n"), read("b\n")]).length, 1);
    assert.equal(cursor.takeLive([live("b")]).length, 0);
  });

  it("are as many as the one that has more of them says", () => {
    const some = fc.array(fc.record({ isLive: fc.boolean(), message: fc.constantFrom("a", "b") }));
    fc.assert(
      fc.property(some, (arriving) => {
        const cursor = new LogCursor(0);
        const taken = arriving.flatMap(({ isLive, message }) =>
          isLive ? cursor.takeLive([live(message)]) : cursor.take([read(message)]),
        );
        for (const message of ["a", "b"]) {
          const of = (isLive: boolean): number =>
            arriving.filter((each) => each.message === message && each.isLive === isLive).length;
          const count = taken.filter((each) => each.message === message).length;
          assert.equal(count, Math.max(of(true), of(false)));
        }
      }),
      tries(100, 2000),
    );
  });

  it("of other streams, or of another time, are others", () => {
    const cursor = new LogCursor(0);
    cursor.takeLive([live("a")]);
    assert.equal(
      cursor.take([
        { ...read("a"), stream: "t" },
        { ...read("a"), timestamp: 2 },
      ]).length,
      2,
    );
  });

  it("don't change where reading goes on", () => {
    const cursor = new LogCursor(0);
    cursor.takeLive([{ ...live("a"), timestamp: 1_000_000 }]);
    cursor.moveOn(true);
    assert.equal(cursor.sinceMs, 0);
  });
});
