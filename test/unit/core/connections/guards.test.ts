import assert from "node:assert/strict";
import { type GuardFacts, guardOf } from "../../../../src/core/connections/guards.ts";

const FACTS: GuardFacts = {
  mode: "RequestResponse",
  target: { connection: "prod", function: "order" },
  connection: { kind: "aws", name: "prod", protected: false },
  scripted: false,
  sinceStartMs: undefined,
  runningMs: undefined,
  protectedGlobs: [],
};

function questions(changes: Partial<GuardFacts>): readonly string[] | "doubleClick" {
  const guard = guardOf({ ...FACTS, ...changes });
  return guard.kind === "doubleClick" ? guard.kind : guard.questions.map(({ message }) => message);
}

describe("the guard before a start", () => {
  it("lets a first start pass", () => assert.deepEqual(questions({}), []));

  it("takes a second start at once for a double click, whether the first still runs or has ended", () => {
    assert.equal(questions({ sinceStartMs: 0, runningMs: 0 }), "doubleClick");
    assert.equal(questions({ sinceStartMs: 499 }), "doubleClick");
    assert.deepEqual(questions({ sinceStartMs: 500 }), []);
  });

  it("asks before a second start of a function that is running", () => {
    assert.deepEqual(questions({ sinceStartMs: 12_000, runningMs: 12_000 }), [
      "order has been running for 12 s. Invoke it a second time?",
    ]);
  });

  it("lets a script start a function as often as it likes", () => {
    assert.deepEqual(questions({ scripted: true, sinceStartMs: 0, runningMs: 0 }), []);
  });

  for (const [what, changes] of [
    ["connection", { connection: { kind: "aws", name: "prod", protected: true } }],
    ["glob", { protectedGlobs: ["prod/**"] }],
  ] as const) {
    it(`asks for what a protected ${what} covers, a script too, but not before a dry run`, () => {
      const asked = ["Invoke order on prod synchronously?"];
      assert.deepEqual(questions(changes), asked);
      assert.deepEqual(questions({ ...changes, mode: "Event" }), ["Invoke order on prod asynchronously?"]);
      const target = { connection: "prod", function: "order", qualifier: "live" };
      assert.deepEqual(questions({ ...changes, target }), ["Invoke order:live on prod synchronously?"]);
      assert.deepEqual(questions({ ...changes, scripted: true }), asked);
      assert.deepEqual(questions({ ...changes, mode: "DryRun" }), []);
    });
  }
});
