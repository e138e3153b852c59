import assert from "node:assert/strict";
import { findReport } from "../../../../src/core/invocation/executionReport.ts";

const ID = "8f507cfc-0000-4000-8000-000000000000";
const REPORT = `REPORT RequestId: ${ID}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB`;
const FOUND = { durationMs: 12.34, billedDurationMs: 13, memorySizeMb: 128, maxMemoryUsedMb: 64 };

function platformReport(metrics: object): string {
  return JSON.stringify({
    time: "2026-11-21T10:00:00.000Z",
    type: "platform.report",
    record: { requestId: ID, metrics, status: "success" },
  });
}

const METRICS = { durationMs: 12.34, billedDurationMs: 13, memorySizeMB: 128, maxMemoryUsedMB: 64 };

describe("the report in a log tail", () => {
  it("is read from the REPORT line of Lambda's text format", () => {
    const log = `START RequestId: ${ID} Version: $LATEST\nhello\nEND RequestId: ${ID}\n${REPORT}\t\n`;
    assert.deepEqual(findReport(log), FOUND);
  });

  it("has the cold start's time where there was one", () => {
    assert.deepEqual(findReport(`${REPORT}\tInit Duration: 150.51 ms\t\n`), {
      ...FOUND,
      initDurationMs: 150.51,
    });
  });

  it("has the time of restoring a SnapStart snapshot apart from a cold start's", () => {
    const log = `${REPORT}\tRestore Duration: 474.16 ms\tBilled Restore Duration: 21 ms\t\n`;
    assert.deepEqual(findReport(log), {
      ...FOUND,
      restoreDurationMs: 474.16,
      billedRestoreDurationMs: 21,
    });
  });

  it("is the last one where the log has several", () => {
    const log = `${REPORT.replace("12.34", "1.00")}\nmore\n${REPORT}\n`;
    assert.deepEqual(findReport(log), FOUND);
  });

  it("is found with line breaks of Windows and a trace id behind it", () => {
    const log = `hello\r\n${REPORT}\t\r\nXRAY TraceId: 1-5e1b4151-0\tSegmentId: 1\tSampled: true\t\r\n`;
    assert.deepEqual(findReport(log), FOUND);
  });

  it("is read from the platform.report record of the JSON format", () => {
    const log = `{"level":"INFO","message":"hello"}\n${platformReport(METRICS)}\n`;
    assert.deepEqual(findReport(log), FOUND);
  });

  it("is there without the memory that was used, where nobody could measure that", () => {
    const { maxMemoryUsedMb: _, ...rest } = FOUND;
    assert.deepEqual(findReport(REPORT.slice(0, REPORT.indexOf("\tMax Memory"))), rest);
    const { maxMemoryUsedMB: _used, ...metrics } = METRICS;
    assert.deepEqual(findReport(platformReport(metrics)), rest);
  });

  it("has the cold start's time in the JSON format too", () => {
    const cold = { ...FOUND, initDurationMs: 80.5 };
    assert.deepEqual(findReport(platformReport({ ...METRICS, initDurationMs: 80.5 })), cold);
    const restored = { restoreDurationMs: 80.5, billedRestoreDurationMs: 20 };
    assert.deepEqual(findReport(platformReport({ ...METRICS, ...restored })), { ...FOUND, ...restored });
  });

  for (const [name, log] of [
    ["an empty log", ""],
    ["a log without one", `START RequestId: ${ID}\nhello\n`],
    [
      "a function that prints the word REPORT",
      "REPORT of the day: 5\n this REPORT RequestId: x Duration: 5 ms",
    ],
    ["a line that the 4 KB cut off", REPORT.slice(0, REPORT.indexOf("Memory Size"))],
    ["a JSON record cut off at its start", platformReport(METRICS).slice(10)],
    ["a JSON record without metrics", '{"type":"platform.report","record":{}}'],
    ["a JSON record without a record", '{"type":"platform.report"}'],
    ["JSON that is null beside the words", 'null "platform.report"'],
    ["metrics that aren't numbers", platformReport({ ...METRICS, durationMs: "12" })],
  ] as const) {
    it(`is not there in ${name}`, () => assert.equal(findReport(log), undefined));
  }

  it("is not taken from a function's own line that only mentions one", () => {
    const log = `${JSON.stringify({ message: '"platform.report" follows', record: { metrics: METRICS } })}\n`;
    assert.equal(findReport(log), undefined);
  });
});
