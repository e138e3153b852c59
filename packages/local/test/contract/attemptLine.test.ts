import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type AttemptLine, formatAttemptLine, parseAttemptLine } from "../../src/contract/attemptLine.ts";

const line: AttemptLine = { requestId: "7f3a", number: 2, outcome: "failed", retryInMs: 2000 };

describe("local: attempt lines", () => {
  for (const [title, changes] of Object.entries({
    "with another attempt to come": {},
    "of the last attempt": { retryInMs: undefined },
    "of an attempt that returned": { outcome: "returned" as const, retryInMs: undefined },
  }))
    it(`are parsed as formatted: ${title}`, () => {
      const expected = { ...line, ...changes };
      assert.deepEqual(parseAttemptLine(formatAttemptLine(expected)), expected);
    });

  for (const other of [
    "",
    "ATTEMPT",
    `x ${formatAttemptLine(line)}`,
    `${formatAttemptLine(line)}x`,
    "ATTEMPT RequestId: 7f3a Number: 2 Outcome: fine\n",
  ])
    it(`are distinguished from ${JSON.stringify(other)}`, () => {
      assert.equal(parseAttemptLine(other), undefined);
    });
});
