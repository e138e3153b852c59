import assert from "node:assert/strict";
import { checkStart, type StartFacts } from "../../../../src/core/guard/startCheck.ts";

const FACTS: StartFacts = {
  functionName: "order",
  scripted: false,
  sinceStartMs: undefined,
  runningMs: undefined,
};
const check = (changes: Partial<StartFacts>): string => {
  const found = checkStart({ ...FACTS, ...changes });
  return found.kind === "question" ? found.question.message : found.kind;
};

describe("the check before a start", () => {
  it("lets a first start pass", () => assert.equal(check({}), "start"));

  it("takes a second start at once for a double click, whether the first still runs or has ended", () => {
    assert.equal(check({ sinceStartMs: 0, runningMs: 0 }), "doubleClick");
    assert.equal(check({ sinceStartMs: 499 }), "doubleClick");
    assert.equal(check({ sinceStartMs: 500 }), "start");
  });

  it("asks before a second start of a function that is running", () => {
    const question = "order has been running for 12 s. Invoke it a second time?";
    assert.equal(check({ sinceStartMs: 12_000, runningMs: 12_000 }), question);
  });

  it("lets a script start a function as often as it likes", () => {
    assert.equal(check({ scripted: true, sinceStartMs: 0, runningMs: 0 }), "start");
  });
});
