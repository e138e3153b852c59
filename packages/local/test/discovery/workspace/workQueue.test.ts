import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { WorkQueue } from "../../../src/discovery/workspace/workQueue.ts";

/** A queue whose items are finished by the test. */
function setUp(maxConcurrent: number) {
  const started: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const endOf = (item: string) => {
    const end = ends.get(item) ?? Promise.withResolvers<void>();
    ends.set(item, end);
    return end;
  };
  const queue = new WorkQueue<string>((item) => {
    started.push(item);
    return endOf(item).promise;
  }, maxConcurrent);
  return { queue, started, endOf };
}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe("local: a work queue", () => {
  it("works on a limited number of items at a time, in their order", async () => {
    const { queue, started, endOf } = setUp(2);
    for (const item of ["a", "b", "c", "d"]) queue.add(item);
    await turn();
    assert.deepEqual(started, ["a", "b"]);
    endOf("b").resolve();
    await turn();
    assert.deepEqual(started, ["a", "b", "c"]);
    for (const item of ["a", "c", "d"]) endOf(item).resolve();
    await queue.done();
    assert.deepEqual(started, ["a", "b", "c", "d"]);
  });

  it("is done once the items are that were added meanwhile", async () => {
    const { queue, started, endOf } = setUp(1);
    queue.add("a");
    let isDone = false;
    const done = queue.done().then(() => (isDone = true));
    queue.add("b");
    endOf("a").resolve();
    await turn();
    assert.deepEqual([isDone, started], [false, ["a", "b"]]);
    endOf("b").resolve();
    await done;
  });

  it("goes on with items that are added after it was done", async () => {
    const { queue, started, endOf } = setUp(1);
    for (const item of ["a", "b"]) {
      queue.add(item);
      endOf(item).resolve();
      await queue.done();
    }
    assert.deepEqual(started, ["a", "b"]);
    await setUp(1).queue.done();
  });

  it("reports an item that can't be used, after it or before", async () => {
    for (const isEarly of [true, false]) {
      const { queue, endOf } = setUp(1);
      queue.add("a");
      const failure = new Error("a failed");
      if (isEarly) endOf("a").reject(failure);
      await turn();
      const done = queue.done();
      endOf("a").reject(failure);
      await assert.rejects(done, failure);
    }
  });
});
