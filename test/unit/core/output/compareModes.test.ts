import assert from "node:assert/strict";
import type { Attempt } from "../../../../src/core/invocation/attempt.ts";
import type { InvocationRecord } from "../../../../src/core/invocation/record.ts";
import { compareDocument } from "../../../../src/core/output/compareModes.ts";

const RECORD: InvocationRecord = {
  id: "1",
  function: { name: "order" },
  connection: "dev",
  mode: "RequestResponse",
  payload: { text: "{}", bytes: 2 },
  startedAt: "2026-11-21T10:00:00.000Z",
  durationMs: 250,
  attempts: 1,
  verdict: "returned",
  requestId: "r-1",
  responseBytes: 12,
  report: { durationMs: 40, billedDurationMs: 190, memorySizeMb: 128, initDurationMs: 150 },
};
const EVENT: InvocationRecord = {
  ...RECORD,
  mode: "Event",
  verdict: "accepted",
  durationMs: 20,
  requestId: "r-2",
};
const attempt = (number: number, outcome: Attempt["outcome"], isLast: boolean): Attempt => ({
  number,
  outcome,
  isLast,
  evidence: "platform",
  deliveries: [],
  endedAtMs: 0,
  log: "",
  report: { durationMs: 30 + number, billedDurationMs: 31, memorySizeMb: 128 },
});

/** The cells of each row, by their first. */
function rowsOf(
  synchronous: InvocationRecord,
  asynchronous: InvocationRecord,
  isFollowed = true,
): Record<string, string[]> {
  const lines = compareDocument({ synchronous, asynchronous, isFollowed }).split("\n");
  const rows = lines.filter((line) => line.startsWith("|"));
  assert.equal(new Set(rows.map((row) => row.length)).size, 1, "the columns are aligned");
  const cells = rows.map((row) => row.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$/g, "").trim()));
  return Object.fromEntries(cells.map(([first = "", ...others]) => [first, others]));
}

describe("the document that compares both modes", () => {
  it("says what each caller waited and gets, before the event has run", () => {
    const rows = rowsOf(RECORD, EVENT);
    assert.deepEqual(rows["What became of it"], ["RETURNED", "ACCEPTED"]);
    assert.deepEqual(rows["The caller waited"], ["250 ms", "20 ms"]);
    assert.deepEqual(rows["The function took"], ["40 ms", "waiting for its log…"]);
    assert.deepEqual(rows["Start"]?.[0], "cold, 150 ms");
    assert.deepEqual(rows["Payload limit"], ["6.0 MB", "1.0 MB"]);
    const document = compareDocument({ synchronous: RECORD, asynchronous: EVENT, isFollowed: true });
    assert.match(document, /twice more, after 1 minute and 2 minutes/);
    assert.match(document, /Request ids: r-1 \(synchronous\), r-2 \(asynchronous\)/);
  });

  it("goes on with the attempts of the event", () => {
    const attempts = [attempt(1, "failed", false)];
    const once = rowsOf(RECORD, { ...EVENT, outcome: { verdict: "unknown", attempts } });
    assert.deepEqual([once["What became of it"]?.[1], once["Executions"]], ["ACCEPTED", ["1", "1 so far"]]);
    const outcome = { verdict: "returned", attempts: [...attempts, attempt(2, "ended", true)] } as const;
    const rows = rowsOf(RECORD, { ...EVENT, outcome });
    assert.deepEqual(rows["What became of it"]?.[1], "ACCEPTED, then RETURNED");
    assert.deepEqual(rows["The function took"]?.[1], "31 ms, then 32 ms");
    assert.deepEqual([rows["Start"]?.[1], rows["Executions"]?.[1]], ["warm, then warm", "2"]);
  });

  it("doesn't claim more than is known", () => {
    const lost: InvocationRecord = { ...EVENT, verdict: "unknown", requestId: undefined };
    const rows = rowsOf({ ...RECORD, report: undefined }, lost);
    assert.deepEqual(rows["The function took"], ["not known", "not known"]);
    assert.deepEqual(rows["Executions"], ["1", "not known"]);
    assert.match(rowsOf(RECORD, EVENT, false)["Billed"]?.[1] ?? "", /^not followed$/);
    const gaveUp = rowsOf(RECORD, { ...EVENT, outcome: { verdict: "unknown", attempts: [] } });
    assert.equal(gaveUp["The function took"]?.[1], "not known");
  });

  it("has the function's error, and no name breaks its table", () => {
    const failed: InvocationRecord = {
      ...RECORD,
      verdict: "failed",
      error: { name: "Unhandled", errorType: "A|B\n", message: "" },
    };
    assert.match(
      compareDocument({ synchronous: failed, asynchronous: EVENT, isFollowed: true }),
      /the error A\\\|B\\n/,
    );
  });
});
