import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseDotenv } from "../../../src/discovery/workspace/dotenv.ts";

/** Lines of a file, and the variable A that they give. */
const cases: Readonly<Record<string, readonly [text: string, value: string | undefined]>> = {
  "a value": ["A=1", "1"],
  "spaces around": ["  A = some words  ", "some words"],
  nothing: ["A=", ""],
  "a byte order mark": ["\uFEFFA=1", "1"],
  "lines of Windows": ["A=1\r\nB=2\r\n", "1"],
  export: ["export A=1", "1"],
  "a tab after export": ['export\tA="1"', "1"],
  "a colon": ["A: 1", "1"],
  "no value with a colon": ["A:b=1", undefined],
  "a comment": ["# A=0\nA=1 # one", "1"],
  "a sign of a comment in quotes": ["A='1 # 2'", "1 # 2"],
  "escaped quotes": [String.raw`A="say \"hi\""`, 'say "hi"'],
  "an escaped backslash": [String.raw`A="C:\\new"`, String.raw`C:\new`],
  "a line end": [String.raw`A="one\ntwo"`, "one\ntwo"],
  "no escapes in single quotes": [String.raw`A='one\ntwo'`, String.raw`one\ntwo`],
  "several lines": ['A="{\n  \\"a\\": 1\n}"\nB=2', '{\n  "a": 1\n}'],
  "quotes in a value": [`A={"a":"it's"}`, `{"a":"it's"}`],
  backticks: ['A=`it\'s "so"`', `it's "so"`],
  "a quote that isn't closed": ['A="one\nB=2', '"one'],
  "equals signs": ["A=b=c==", "b=c=="],
  "the last one": ["A=1\nA=2", "2"],
  "what isn't a name": ["1A=1\n-A=1\nA B=1", undefined],
};

describe("local: a .env file", () => {
  for (const [title, [text, value]] of Object.entries(cases))
    it(`with ${title}`, () => assert.equal(parseDotenv(text)["A"], value));

  it("has its other variables too, after any of these", () => {
    for (const [title, [text]] of Object.entries(cases))
      assert.equal(parseDotenv(`${text}\nLAST=x\n`)["LAST"], "x", title);
  });

  it("of quotes without end is read in no time", () => {
    assert.deepEqual(parseDotenv(`${"A=\"x '`\n".repeat(100_000)}LAST=x`)["LAST"], "x");
  });
});
