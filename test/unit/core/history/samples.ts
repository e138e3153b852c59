import fc from "fast-check";
import type { HistoryItem, HistoryLine } from "../../../../src/core/history/historyItem.ts";

/** An invocation that has returned, unless told otherwise. */
export function itemOf(changes: Partial<HistoryItem> = {}): HistoryItem {
  return {
    id: "11111111-2222-3333-4444-555555555555",
    function: { name: "order" },
    connection: "dev",
    destination: { kind: "aws", profile: "dev", region: "eu-west-1" },
    mode: "RequestResponse",
    startedAt: "2026-11-25T10:00:00.000Z",
    payloadBytes: 7,
    responseBytes: 4,
    has: ["payload", "response"],
    verdict: "returned",
    durationMs: 45,
    ...changes,
  };
}

const text = fc.string({ unit: "binary" });

const line: fc.Arbitrary<HistoryLine> = fc.record({
  item: fc
    .record({ id: fc.uuid(), connection: text, name: text, at: fc.date({ noInvalidDate: true }) })
    .map(({ id, connection, name, at }) =>
      itemOf({ id, connection, function: { name }, startedAt: at.toISOString() }),
    ),
  revision: fc.nat({ max: 5 }),
  details: fc.record({ payload: fc.record({ text }), log: text, attempts: fc.nat() }),
});

/** Some lines with any strings in them. */
export const lines = fc.array(line, { minLength: 1, maxLength: 8 });
