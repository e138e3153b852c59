import assert from "node:assert/strict";
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
