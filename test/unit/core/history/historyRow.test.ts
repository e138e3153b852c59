import assert from "node:assert/strict";
import type { HistoryItem } from "../../../../src/core/history/historyItem.ts";
import {
  describeRow,
  groupByDay,
  type HistoryEntry,
  matchesWords,
} from "../../../../src/core/history/historyRow.ts";
import { itemOf } from "./samples.ts";

const NOW = new Date(2026, 10, 25, 12, 0, 0).getTime();

function entry(changes: Partial<HistoryItem> = {}, isRunning = false): HistoryEntry {
  return { item: itemOf({ startedAt: new Date(NOW - 90_000).toISOString(), ...changes }), isRunning };
}

describe("a row of the history", () => {
  const rows: [string, HistoryEntry, string][] = [
    ["that returned", entry(), "returned · 1 min ago · 45 ms · dev"],
    [
      "of an event",
      entry({ mode: "Event", verdict: "accepted" }),
      "accepted · 1 min ago · 45 ms · async · dev",
    ],
    [
      "of an event that failed",
      entry({ mode: "Event", verdict: "accepted", outcome: "failed" }),
      "accepted, then failed · 1 min ago · 45 ms · async · dev",
    ],
    [
      "that's under way",
      entry({ verdict: undefined, durationMs: undefined }, true),
      "running · 1 min ago · dev",
    ],
    [
      "whose window is gone",
      entry({ verdict: undefined, durationMs: undefined }),
      "unknown · 1 min ago · dev",
    ],
  ];
  for (const [what, given, description] of rows)
    it(`${what} says so first`, () => assert.equal(describeRow(given, NOW).description, description));

  it("counts down to the next attempt at an event, right after what became of it", () => {
    const given = entry({ mode: "Event", verdict: "accepted" });
    for (const [leftMs, isEstimate, text] of [
      [47_100, false, "next attempt in 48 s"],
      [47_100, true, "next attempt in about 48 s"],
      [119_000, true, "next attempt in about 1 min 59 s"],
      [1, false, "next attempt in 1 s"],
      [0, false, "next attempt due"],
      [-5_000, true, "next attempt due"],
    ] as const) {
      const next = { functionName: "order", atMs: NOW + leftMs, isEstimate };
      const { description, spoken } = describeRow(given, NOW, next);
      assert.equal(description, `accepted · ${text} · 1 min ago · 45 ms · async · dev`);
      assert.equal(spoken, "order, accepted, to be tried again, on dev, async, 1 min ago, 45 ms");
    }
  });

  it("tells all of it to who hears it", () => {
    const given = entry({
      function: { name: "order", qualifier: "live" },
      verdict: "failed",
      error: "TypeError",
    });
    assert.equal(describeRow(given, NOW).spoken, "order:live, failed, TypeError, on dev, 1 min ago, 45 ms");
  });

  it("tells its age within the hour, and then its time", () => {
    const ages = [0, 59, 60, 3599, 3600, 7200].map((seconds) => {
      const startedAt = new Date(NOW - seconds * 1000).toISOString();
      return describeRow(entry({ startedAt }), NOW).description.split(" · ")[1];
    });
    assert.deepEqual(ages, ["just now", "just now", "1 min ago", "59 min ago", "11:00", "10:00"]);
  });
});

describe("the days of the history", () => {
  it("are named from today, and keep the order of their invocations", () => {
    const at = [new Date(2026, 10, 25, 0, 0), new Date(2026, 10, 24, 23, 59), new Date(2026, 10, 23, 12)];
    const entries = at.map((date, index) => entry({ id: `${index}`, startedAt: date.toISOString() }));
    assert.deepEqual(
      groupByDay(entries, NOW).map(({ title, key, entries: own }) => [title, key, own.length]),
      [
        ["Today", "2026-11-25", 1],
        ["Yesterday", "2026-11-24", 1],
        ["Monday, November 23", "2026-11-23", 1],
      ],
    );
  });
});

describe("a filter of the history", () => {
  const given = entry({ verdict: "failed", error: "TypeError", requestId: "abc-1", mode: "Event" });
  for (const words of ["order", "FAILED order", "dev typeerror", "abc-1", "async"])
    it(`finds it by “${words}”`, () => assert.ok(matchesWords(given, words)));
  for (const words of ["orders", "order returned", "prod"])
    it(`doesn't find it by “${words}”`, () => assert.ok(!matchesWords(given, words)));
});
