import assert from "node:assert/strict";
import { isProtected, nameMatcher } from "../../../../src/core/functions/matching.ts";

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
    it(`“${filter}” ${matches ? "shows" : "hides"} ${name}`, () => {
      assert.equal(nameMatcher(filter)(name), matches);
    });
  }
});

describe("protection", () => {
  for (const [globs, connection, name, expected] of [
    [[], "prod", "order", false],
    [["prod*/**"], "prod", "order", true],
    [["prod*/**"], "prod eu-west-1", "order", true],
    [["prod*/**"], "dev", "order", false],
    [["*/billing-*"], "dev", "billing-run", true],
    [["*/billing-*"], "dev", "order", false],
    [["dev/a", "dev/b"], "dev", "b", true],
    [["PROD/**"], "prod", "order", true],
    [["**"], "any", ".hidden", true],
  ] as const) {
    it(`of [${globs.join(", ")}] ${expected ? "covers" : "leaves out"} ${connection}/${name}`, () => {
      assert.equal(isProtected(globs, connection, name), expected);
    });
  }
});
