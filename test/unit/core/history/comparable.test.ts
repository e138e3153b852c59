import assert from "node:assert/strict";
import fc from "fast-check";
import { tries } from "../../../../tools/testing/variation.ts";
import { comparable } from "../../../../src/core/history/comparable.ts";

describe("JSON laid out for a comparison", () => {
  it("has its keys sorted at every level, and its values as they were typed", () => {
    const text = '{"b":12345678901234567890,"a":[{"d":1.0,"c":"\\u00e9"},{}],"":[]}';
    const expected = `{
  "": [],
  "a": [
    {
      "c": "\\u00e9",
      "d": 1.0
    },
    {}
  ],
  "b": 12345678901234567890
}`;
    assert.equal(comparable(text, []), expected);
  });

  it("has what a pattern masks out of sight", () => {
    const text = '{"id":1,"items":[{"id":2,"at":{"x":3}},{"id":4}],"a/b":5}';
    const masked = (...patterns: string[]): unknown => JSON.parse(comparable(text, patterns) ?? "");
    const all = { id: 1, items: [{ id: 2, at: { x: 3 } }, { id: 4 }], "a/b": 5 };
    assert.deepEqual(masked("**/id"), { ...all, id: "…", items: [{ id: "…", at: { x: 3 } }, { id: "…" }] });
    assert.deepEqual(masked("items/*/at"), { ...all, items: [{ id: 2, at: "…" }, { id: 4 }] });
    assert.deepEqual(masked("a~1b"), { ...all, "a/b": "…" });
    assert.deepEqual(masked("nothing"), all);
  });

  it("is the same value, and the same for any order of keys", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const laidOut = comparable(text, []);
        assert.ok(laidOut !== undefined);
        assert.deepEqual(JSON.parse(laidOut), JSON.parse(text));
        assert.equal(
          comparable(JSON.stringify(reversed(JSON.parse(text))), []),
          comparable(reprint(text), []),
        );
      }),
      tries(100, 2000),
    );
  });

  it("isn't there for what isn't JSON, is too long or too deep", () => {
    for (const text of ["", "no", "{", "[1,]", "/**/1", " ".repeat(3 * 1024 * 1024), "[".repeat(200_000)])
      assert.equal(comparable(text, []), undefined, text.slice(0, 10));
  });
});

function reprint(text: string): string {
  return JSON.stringify(JSON.parse(text));
}

/** The same value with its keys in the other order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [key, reversed(each)]);
  return Object.fromEntries(entries.toReversed());
}
