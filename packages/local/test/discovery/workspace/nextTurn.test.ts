import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { nextTurn } from "../../../src/discovery/workspace/nextTurn.ts";

describe("local: the next turn of the event loop", () => {
  it("is one waiter's, in the order in which they came, also of those who come back", async () => {
    const steps: string[] = [];
    let isDone = false;
    const count = (): void => {
      steps.push("|");
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const work = async (name: string): Promise<void> => {
      for (const piece of [1, 2]) {
        await nextTurn();
        steps.push(`${name}${piece}`);
      }
    };
    await Promise.all(["a", "b", "c"].map(work));
    isDone = true;
    const pieces = steps.filter((step) => step !== "|");
    assert.deepEqual(pieces, ["a1", "b1", "c1", "a2", "b2", "c2"]);
    // Between two pieces, the event loop turned.
    assert.ok(!/\w\d\w/.test(steps.join("")), steps.join(""));
  });
});
