import assert from "node:assert/strict";
import { formatAttemptLine, SERVICE_STREAMS } from "@lambda-invoke/local/contract/attemptLine.ts";
import { LogRuns } from "../../../../src/core/findings/logRuns.ts";
import type { FoundRun } from "../../../../src/core/invocation/finding.ts";
import { idOf, jsonLine, jsonRun, type Logged, textRun, T0 } from "./logs.ts";

/** What the runs of a log come to, each as `id outcome` and what else there is to say. */
function read(lines: readonly Logged[], isLocal = false): readonly FoundRun[] {
  const runs = new LogRuns(isLocal);
  // In parts, as pages are.
  for (const [index, line] of lines.entries())
    runs.add([{ id: String(index), stream: "one", ...line, timestamp: T0 + line.at }]);
  assert.equal(runs.lines, lines.length);
  return runs.runs();
}

const outcomes = (lines: readonly Logged[], isLocal = false): string[] =>
  read(lines, isLocal).map(({ requestId, outcome }) => `${requestId.at(-1)} ${outcome}`);

describe("the runs in a log", () => {
  it("have a start, an end and a duration, in text", () => {
    assert.deepEqual(read(textRun(1, 10, ["a line"])), [
      { requestId: idOf(1), startedAt: new Date(T0 + 10).toISOString(), outcome: "ended", durationMs: 5.2 },
    ]);
  });

  it("have what Lambda says of their end, in JSON", () => {
    const statuses = ["success", "failure", "error", "timeout"];
    const lines = statuses.flatMap((status, index) => jsonRun(index, index * 100, status));
    assert.deepEqual(outcomes(lines), ["0 returned", "1 failed", "2 failed", "3 timedOut"]);
  });

  it("have failed if their runtime says so last, and only then", () => {
    const node = `2026-11-26T10:00:00.000Z\t${idOf(1)}\tERROR\tInvoke Error \t{"errorType":"Error"}`;
    const python = "[ERROR] KeyError: 'id'\nTraceback (most recent call last):\n";
    const go = '{"errorMessage":"no stock","errorType":"errorString"}';
    const crash = `RequestId: ${idOf(1)} Error: Runtime exited with error: exit status 1\n`;
    for (const line of [node, python, go, crash])
      assert.deepEqual(outcomes(textRun(1, 0, ["fine", line])), ["1 failed"], line);
    for (const line of [node, python, go])
      assert.deepEqual(outcomes(textRun(1, 0, [line, "and on it goes"])), ["1 ended"], line);
  });

  it("were ended at their timeout if Lambda says so", () => {
    const timeout = `2026-11-26T10:00:03.000Z ${idOf(1)} Task timed out after 3.00 seconds\n\n`;
    assert.deepEqual(outcomes(textRun(1, 0, [timeout])), ["1 timedOut"]);
    const [start, report] = textRun(1, 0, []);
    assert.ok(start && report);
    const told = { ...report, message: `${report.message.trimEnd()}\tStatus: timeout\n` };
    assert.deepEqual(outcomes([start, told]), ["1 timedOut"]);
  });

  it("have no end until the log has it", () => {
    const [start, line] = textRun(1, 0, ["working"]);
    assert.ok(start && line);
    assert.deepEqual(outcomes([start, line]), ["1 open"]);
    const [begun] = jsonRun(2, 0, "success");
    assert.ok(begun);
    assert.deepEqual(outcomes([begun]), ["2 open"]);
  });

  it("are several in the order of their starts, also of sandboxes at the same time", () => {
    const first = textRun(1, 0, ["a"]);
    const second = textRun(2, 1, [`2026-11-26T10:00:00.000Z\t${idOf(2)}\tERROR\tInvoke Error \t{}`]).map(
      (line) => ({ ...line, stream: "two" }),
    );
    const third = textRun(3, 100, []);
    const lines = [...first, ...second].toSorted((a, b) => a.at - b.at);
    assert.deepEqual(outcomes([...lines, ...third]), ["1 ended", "2 failed", "3 ended"]);
  });

  it("are several in one sandbox at a time, with logs in JSON", () => {
    const lines = [...jsonRun(1, 0, "success"), ...jsonRun(2, 1, "error")].toSorted((a, b) => a.at - b.at);
    assert.deepEqual(outcomes(lines), ["1 returned", "2 failed"]);
  });

  it("count the attempts with an event, and have the outcome of the last one", () => {
    const error = `2026-11-26T10:00:00.000Z\t${idOf(1)}\tERROR\tInvoke Error \t{}`;
    const lines = [
      ...textRun(1, 0, [error]),
      ...textRun(1, 60_000, [error]),
      ...textRun(1, 180_000, ["fine"]),
    ];
    assert.deepEqual(
      read(lines).map(({ attempts, outcome, startedAt }) => [attempts, outcome, Date.parse(startedAt) - T0]),
      [[3, "ended", 0]],
    );
  });

  it("have what Local says of an attempt, which a function can't write", () => {
    const message = formatAttemptLine({ requestId: idOf(1), number: 1, outcome: "failed" });
    const told = { message, at: 20, stream: SERVICE_STREAMS.attempts };
    assert.deepEqual(outcomes([...textRun(1, 0, []), told], true), ["1 failed"]);
    assert.deepEqual(outcomes([...textRun(1, 0, []), told], false), ["1 ended"]);
  });

  it("aren't those that a function prints, such as one that forwards logs", () => {
    const printed = textRun(2, 1, ["theirs"]);
    const lines = [
      ...textRun(
        1,
        0,
        printed.map(({ message }) => message),
      ),
    ];
    assert.deepEqual(outcomes(lines), ["1 ended"]);
    // What comes after the end is nobody's print.
    assert.deepEqual(outcomes([...lines, ...textRun(3, 100, [])]), ["1 ended", "3 ended"]);
    // Without the end of the outer run, nothing proves it.
    assert.deepEqual(outcomes(lines.slice(0, -1)), ["1 open", "2 ended"]);
  });

  it("are found by their reports if the log begins in the middle of them", () => {
    const [, report] = textRun(1, 10, []);
    assert.ok(report);
    const [found] = read([{ ...report, at: 100 }]);
    assert.deepEqual([found?.outcome, found?.startedAt], ["ended", new Date(T0 + 94.8).toISOString()]);
  });

  it("are found by what the function logs in JSON if nothing tells of starts", () => {
    const lines = [
      jsonLine({ requestId: idOf(1), level: "INFO" }, 5),
      jsonLine({ AWSRequestId: idOf(2) }, 6),
    ];
    assert.deepEqual(outcomes(lines), ["1 open", "2 open"]);
    // A function that logs the ids of others' requests has a start of its own.
    assert.deepEqual(outcomes([...jsonRun(3, 0, "success"), ...lines]), ["3 returned"]);
  });

  it("aren't made of lines that only look like it", () => {
    const lines = [
      "START RequestId: ",
      "START RequestId: x",
      "REPORT RequestId: x",
      `REPORT RequestId: ${idOf(1)}\tDuration: none`,
      "{",
      "{}",
      '{"requestId":7}',
      '{"record":{"requestId":"x"},"type":"platform.other"}',
      `{"requestId":"${"x".repeat(200)}"}`,
      "null",
    ].map((message, at) => ({ message, at }));
    assert.deepEqual(outcomes(lines), []);
  });
});
