import assert from "node:assert/strict";
import { nameMatcher } from "../../../../src/core/functions/matching.ts";

describe("the filter", () => {
  for (const [filter, name, matches] of [
    ["", "anything", true],
    ["  ", "anything", true],
    ["ord", "prod-order-api", true],
    ["ORD", "prod-order-api", true],
    [" order ", "prod-order-api", true],
    ["orders", "prod-order-api", false],
    ["prod-*", "prod-order-api", true],
    ["prod-*", "my-prod-order", false],
    ["*-api", "prod-order-api", true],
    ["order-?", "order-1", true],
    ["order-?", "order-12", false],
    ["order-[ab]", "order-a", true],
    ["order-[ab]", "order-c", false],
    ["a.c", "abc", false],
  ] as const) {
    it(`“${filter}” ${matches ? "shows" : "hides"} ${name}`, async () => {
      const passes = await nameMatcher(filter);
      assert.equal(passes(name), matches);
    });
  }
});
