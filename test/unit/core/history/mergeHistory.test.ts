import assert from "node:assert/strict";
import fc from "fast-check";
import { tries } from "../../../../tools/testing/variation.ts";
import type { HistoryItem } from "../../../../src/core/history/historyItem.ts";
import {
  type HistoryLimits,
  type MergedItem,
  mergeLine,
  newestWithin,
} from "../../../../src/core/history/mergeHistory.ts";
import { itemOf } from "./samples.ts";

const NOW = Date.parse("2026-11-25T12:00:00.000Z");
const LIMITS: HistoryLimits = { count: 500, ageMs: 90 * 24 * 3600 * 1000, bytes: 100 * 1024 * 1024 };

interface Line {
  id: string;
  revision: number;
}

function merge(lines: readonly Line[]): Map<string, MergedItem> {
  const merged = new Map<string, MergedItem>();
  for (const { id, revision } of lines) {
    const item = itemOf({ id, durationMs: revision });
    const place = { file: "a.jsonl", offset: 0, length: 100, revision };
    merged.set(id, mergeLine(merged.get(id), { item, revision }, place));
  }
  return merged;
}

function kept(items: readonly Partial<HistoryItem>[], limits: Partial<HistoryLimits>): string[] {
  const all = items.map((changes, number) => {
    const item = itemOf({ id: String(number), ...changes });
    return { item, revision: 1, places: [{ file: "a.jsonl", offset: 0, length: 100, revision: 1 }] };
  });
  return newestWithin(all, { ...LIMITS, ...limits }, NOW).map(({ item }) => item.id);
}

describe("the lines of several files", () => {
  const some = fc.array(fc.record({ id: fc.constantFrom("a", "b", "c"), revision: fc.nat({ max: 3 }) }));

  it("come to the same in any order, and however often each is there", () => {
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (lines, order) => {
        const keys = new Map(lines.map((line) => [line, order.next().value]));
        const shuffled = [...lines, ...lines].toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
        const sorted = (found: Map<string, MergedItem>): unknown =>
          ["a", "b", "c"].map((id) => found.get(id));
        assert.deepEqual(sorted(merge(shuffled)), sorted(merge(lines)));
      }),
      tries(100, 2000),
    );
  });

  it("tell of each invocation what the latest of them does", () => {
    fc.assert(
      fc.property(some, (lines) => {
        for (const [id, { item, places }] of merge(lines)) {
          const revisions = lines.filter((line) => line.id === id).map(({ revision }) => revision);
          assert.equal(item.durationMs, Math.max(...revisions));
          assert.deepEqual(
            places.map(({ revision }) => revision),
            [...new Set(revisions)].toSorted((a, b) => a - b),
          );
        }
      }),
      tries(100, 2000),
    );
  });
});

describe("what is kept of the history", () => {
  const days = (count: number): string => new Date(NOW - count * 24 * 3600 * 1000).toISOString();

  it("is the newest, as many as the limit says", () => {
    const items = [2, 5, 1, 4, 3].map((age) => ({ startedAt: days(age) }));
    assert.deepEqual(kept(items, { count: 3 }), ["2", "0", "4"]);
  });

  it("is nothing that's older than the limit says", () => {
    assert.deepEqual(kept([{ startedAt: days(89) }, { startedAt: days(91) }], {}), ["0"]);
  });

  it("is no more than the limit in bytes, but always the newest", () => {
    const items = [3, 2, 1].map((age) => ({ startedAt: days(age), responseBytes: 1000 }));
    assert.deepEqual(kept(items, { bytes: 2500 }), ["2", "1"]);
    assert.deepEqual(kept(items, { bytes: 10 }), ["2"]);
  });

  it("counts the bytes of what is kept only", () => {
    const items = [2, 1].map((age) => ({ startedAt: days(age), responseBytes: 1000, has: [] }));
    assert.deepEqual(kept(items, { bytes: 500 }), ["1", "0"]);
  });

  const hour = { startedAt: days(1 / 24) };
  const open = { verdict: undefined, responseBytes: undefined };
  const accepted = { verdict: "accepted", mode: "Event" } as const;

  for (const [what, item, isKept] of [
    ["an invocation without an end", { ...hour, ...open }, true],
    ["one that has been without an end for a day", { startedAt: days(1.1), ...open }, false],
    ["an event that is followed", { ...hour, ...accepted }, true],
    ["an event that was tried, and will be again", { ...hour, ...accepted, outcome: "unknown" }, true],
    ["an event that has its outcome", { ...hour, ...accepted, outcome: "returned" }, false],
    ["an event that isn't followed any more", { ...hour, ...accepted, followingEnded: true }, false],
    ["an event that Lambda doesn't keep any more", { startedAt: days(0.5), ...accepted }, false],
    ["an invocation that has ended", hour, false],
  ] as const)
    it(`${isKept ? "is" : "isn't"} ${what}, if there are newer ones enough`, () => {
      const items = [item, { startedAt: days(0), responseBytes: 1000 }];
      const expected = isKept ? ["1", "0"] : ["1"];
      assert.deepEqual(kept(items, { count: 1 }), expected);
      assert.deepEqual(kept(items, { bytes: 1000 }), expected);
    });
});
