import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  formatDestinationLine,
  parseDestinationLine,
  type DestinationLine,
} from "../../src/contract/destinationLine.ts";

const line: DestinationLine = {
  requestId: "7f3a",
  kind: "OnFailure",
  to: "arn:aws:sqs:us-east-1:000000000000:lost",
  result: "recorded, not sent",
  body: '{"a":"(b)\\tc"}',
};

describe("local: destination lines", () => {
  for (const [title, changes] of Object.entries({
    "with a record": {},
    "with parentheses in the result": { result: "not delivered (twice): it's larger than 1048576 bytes" },
    "with an empty body": { body: "" },
    "with line breaks in the body": { body: '{\n  "a": 1\n}\n' },
    "for a dead-letter queue": { kind: "DeadLetter" as const },
  }))
    it(`are parsed as formatted: ${title}`, () => {
      const expected = { ...line, ...changes };
      assert.deepEqual(parseDestinationLine(formatDestinationLine(expected)), expected);
    });

  for (const other of [
    "",
    "DESTINATION",
    "START RequestId: 7f3a Version: $LATEST\n",
    `x ${formatDestinationLine(line)}`,
  ])
    it(`are distinguished from ${JSON.stringify(other)}`, () => {
      assert.equal(parseDestinationLine(other), undefined);
    });
});
