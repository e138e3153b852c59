import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { filterPattern } from "../../src/logs/filter.ts";

describe("local: filter patterns", () => {
  const line = 'ERROR 7f3a: could not load "orders" (attempt-2)';

  for (const [pattern, matches] of [
    ["", true],
    ["   ", true],
    ["ERROR", true],
    ["error", false],
    ["ERROR load", true],
    ["load ERROR", true],
    ["ERROR missing", false],
    ['"not load"', true],
    ['"load not"', false],
    ["ERROR -load", false],
    ["ERROR -missing", true],
    ["?WARN ?ERROR", true],
    ["?WARN ?INFO", false],
    ['-"not load"', false],
    ["attempt-2", true],
    ['"\\"orders\\""', true],
    ['"7f3a"', true],
  ] as const) {
    it(`${pattern === "" ? "nothing" : pattern}: ${matches ? "matches" : "does not match"}`, () => {
      assert.equal(filterPattern(pattern)(line), matches);
    });
  }

  for (const pattern of ["{ $.level = 1 }", "[a, b]", "%ERR%"]) {
    it(`${pattern}: rejected with what is supported`, () => {
      assert.throws(() => filterPattern(pattern), {
        type: "InvalidParameterException",
        message: /terms only/,
      });
    });
  }
});
