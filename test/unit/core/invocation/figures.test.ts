import assert from "node:assert/strict";
import { outputBlock } from "../../../../src/core/output/outputBlock.ts";
import { run } from "./running.ts";
import { answer, failure } from "./scriptedApi.ts";

const REPORT =
  "REPORT RequestId: r\tDuration: 900 ms\tBilled Duration: 1000 ms\tMemory Size: 1024 MB\tMax Memory Used: 9 MB";
const price = { region: "eu-west-1", architecture: "arm64" } as const;
const options = { responseLimit: 1000 };

describe("the figures of an invocation", () => {
  it("have the cost of what was billed, marked as an estimate with the date of its prices", async () => {
    const { record } = await run([answer(200, "1", { requestId: "r", log: REPORT })], { price });
    assert.match(record.cost?.pricesAsOf ?? "", /^\d{4}-\d\d$/);
    assert.match(outputBlock(record, options), / about \$0\.000014 \(estimate, prices of \d{4}-\d\d\)\n/);
  });

  it("have no cost without a report, or where nothing is billed", async () => {
    assert.equal("cost" in (await run([answer(200, "1")], { price })).record, false);
    const onLocal = await run([answer(200, "1", { requestId: "r", log: REPORT })]);
    assert.equal("cost" in onLocal.record, false);
  });

  it("have the restoring of a snapshot apart from a cold start", async () => {
    const log = `${REPORT}\tRestore Duration: 474.16 ms\tBilled Restore Duration: 21 ms`;
    const block = outputBlock((await run([answer(200, "1", { requestId: "r", log })])).record, options);
    assert.match(block, / · snapshot restored in 474 ms · /);
    assert.doesNotMatch(block, /cold start/);
  });

  it("say so where a function on managed instances has none", async () => {
    const refusal = failure("InvalidParameterValueException", 400, {
      message: "Tail logs are not supported for this function.",
    });
    const { record } = await run([refusal, answer(200, "1")]);
    assert.equal(record.withoutLogTail, true);
    assert.match(
      outputBlock(record, options),
      /no log or figures here: functions on managed instances have no log tail/,
    );
  });
});
