import assert from "node:assert/strict";
import {
  destinationOf,
  endedLine,
  findingLine,
  isSameDestination,
} from "../../../../src/core/history/historyItem.ts";
import { historyLimitsOf, maskedPathsOf } from "../../../../src/core/history/historySettings.ts";
import { toMarkdown } from "../../../../src/core/history/markdown.ts";
import { mergeLine } from "../../../../src/core/history/mergeHistory.ts";
import { toHistoryRecord } from "../../../../src/core/history/toHistoryRecord.ts";
import type { Finding } from "../../../../src/core/invocation/finding.ts";
import { outputBlock } from "../../../../src/core/output/outputBlock.ts";
import { itemOf } from "./samples.ts";

describe("where an invocation went", () => {
  it("has nothing of a sign-in that an endpoint names", () => {
    const connection = { kind: "aws", name: "dev", endpoint: "http://user:pass@localhost:4566/a" } as const;
    assert.doesNotMatch(JSON.stringify(destinationOf(connection)), /user|pass/);
  });

  it("is the same place under another name, and another one if profile, region or endpoint differ", () => {
    const place = destinationOf({
      kind: "aws",
      name: "dev",
      profile: "p",
      region: "r",
      endpoint: "http://e",
    });
    const same = destinationOf({ kind: "aws", name: "x", profile: "p", region: "r", endpoint: "http://e" });
    assert.ok(isSameDestination(place, same));
    for (const change of [
      { profile: "q" },
      { region: undefined },
      { endpoint: "http://f" },
      { kind: "local" },
    ] as const)
      assert.ok(!isSameDestination(place, { ...same, ...change }), JSON.stringify(change));
    assert.ok(isSameDestination({ kind: "local" }, { kind: "local" }));
  });
});

describe("an invocation without an end", () => {
  const { verdict: _verdict, durationMs: _durationMs, ...open } = itemOf();

  it("is unknown, and has what was sent", () => {
    const record = toHistoryRecord(open, { payload: { text: "[1]" } });
    assert.deepEqual([record.verdict, record.payload.text, record.attempts], ["unknown", "[1]", 1]);
    const block = outputBlock(record, { responseLimit: 1000 });
    assert.match(block, /The window ended before the answer came\./);
    assert.match(block, /The function may have run\. Look at its log/);
  });

  it("that was a check ran nothing", () => {
    const block = outputBlock(toHistoryRecord({ ...open, mode: "DryRun" }, {}), { responseLimit: 1000 });
    assert.match(block, /Nothing ran\./);
    assert.doesNotMatch(block, /may have run/);
  });
});

describe("what a log showed of an invocation without an end", () => {
  const finding: Finding = {
    result: "noRunLogged",
    readAt: "2026-11-25T11:00:00.000Z",
    logGroup: "/shop/orders",
    since: "2026-11-25T10:00:00.000Z",
    until: "2026-11-25T10:05:00.000Z",
    runs: [],
    moreRuns: 0,
    limits: ["noLines"],
  };
  const { verdict: _verdict, durationMs: _durationMs, ...open } = itemOf();
  const place = { file: "a.jsonl", offset: 0, length: 1 };

  it("stands beside the verdict, in the record and in what is shown of it", () => {
    const record = toHistoryRecord(open, { finding });
    assert.deepEqual([record.verdict, record.finding], ["unknown", finding]);
    assert.match(
      outputBlock(record, { responseLimit: 1000 }),
      /\nUNKNOWN {2}[^]*\nFinding \(read [^]*no run/,
    );
    assert.match(toMarkdown(record), /Finding[^]*no run/);
  });

  it("can be written again and again, and gives way to an end that comes after all", () => {
    let merged = mergeLine(undefined, { item: open, revision: 0 }, { ...place, revision: 0 });
    for (let count = 0; count < 40; count++) {
      const { item, revision } = findingLine(merged.item, merged.revision, finding);
      assert.ok(revision > merged.revision && revision < 1, String(revision));
      merged = mergeLine(merged, { item, revision }, { ...place, revision });
      assert.equal(merged.item, item);
    }
    assert.match(merged.item.finding ?? "", /^The log shows no run/);
    const { item, revision } = endedLine(open, { ...toHistoryRecord(open, {}), verdict: "returned" }, true);
    merged = mergeLine(merged, { item, revision }, { ...place, revision });
    assert.equal(merged.item.verdict, "returned");
  });
});

describe("the settings of the history", () => {
  it("are moved into their range, and left out if they aren't what they should be", () => {
    const given = [7, 0, -1, 1e9, 2.5, Number.NaN, "9", null];
    const limits = given.map((each) => historyLimitsOf({ count: each, maxAgeDays: each, maxSizeMb: each }));
    const counts = limits.map(({ count }) => count);
    assert.deepEqual(counts, [7, 1, 1, 10_000, 3, 500, 500, 500]);
    const days = limits.map(({ ageMs }) => ageMs / (24 * 60 * 60 * 1000));
    assert.deepEqual(days, [7, 1, 1, 3650, 2.5, 90, 90, 90]);
    const megabytes = limits.map(({ bytes }) => bytes / (1024 * 1024));
    assert.deepEqual(megabytes, [7, 1, 1, 10_000, 2.5, 100, 100, 100]);
    assert.deepEqual(maskedPathsOf(["a", "", 1, "b"]), ["a", "b"]);
    assert.deepEqual(maskedPathsOf("a"), []);
  });
});
