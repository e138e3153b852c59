import assert from "node:assert/strict";
import fc from "fast-check";
import { tries } from "../../../../tools/testing/variation.ts";
import { payloadLimit, sizeProblem } from "../../../../src/core/invocation/payloadLimit.ts";
import { findMistake } from "../../../../src/core/payload/mistake.ts";
import { parsePayload } from "../../../../src/core/payload/payload.ts";

/** The text that would leave; fails where none would. */
function sent(source: string): string {
  const reading = parsePayload(source);
  assert.equal(reading.kind, "payload", JSON.stringify(reading));
  return reading.kind === "payload" ? reading.text : "";
}

function problemOf(source: string): { message: string; offset: number; length: number } {
  const reading = parsePayload(source);
  assert.equal(reading.kind, "problem", JSON.stringify(reading));
  return reading.kind === "problem" ? reading.problem : { message: "", offset: -1, length: -1 };
}

/** JSON's own tokens of a value, so that anything may be put between them. */
function tokensOf(value: unknown): string[] {
  if (Array.isArray(value)) return ["[", ...separated(value.map(tokensOf)), "]"];
  if (typeof value !== "object" || value === null) return [JSON.stringify(value)];
  const members = Object.entries(value).map(([key, each]) => [JSON.stringify(key), ":", ...tokensOf(each)]);
  return ["{", ...separated(members), "}"];
}

function separated(parts: string[][]): string[] {
  return parts.flatMap((part, index) => (index === 0 ? part : [",", ...part]));
}

/** Far more than a recursive parser survives. */
const DEEP = 200_000;

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const JSON_VALUE = fc.jsonValue({ depthSize: "medium", stringUnit: "grapheme" });
const SPACE = fc.string({ unit: fc.constantFrom(" ", "\t", "\n", "\r\n"), maxLength: 4 });
const WORDS = fc.string({ unit: fc.constantFrom("a", '"', "{", "}", ",", "/", "\\", "é", "😀", "* ", "1") });
const BLOCK_COMMENT = WORDS.map((words) => `/*${words.replaceAll("*/", "").replace(/[*/]$/, "")} */`);
const LINE_COMMENT = fc
  .tuple(WORDS, fc.constantFrom("\n", "\r\n"))
  .map(([words, end]) => ({ comment: `//${words}`, end }));

/** What stands between two tokens: as it is typed, and as it leaves. */
interface Between {
  typed: string;
  left: string;
}

const BETWEEN: fc.Arbitrary<Between> = fc
  .array(
    fc.oneof(
      SPACE.map((space) => ({ typed: space, left: space })),
      BLOCK_COMMENT.map((comment) => ({ typed: comment, left: "" })),
      LINE_COMMENT.map(({ comment, end }) => ({ typed: comment + end, left: end })),
    ),
    { maxLength: 3 },
  )
  .map((parts) => ({
    typed: parts.map(({ typed }) => typed).join(""),
    left: parts.map(({ left }) => left).join(""),
  }));

/** Weaves what stands between into the tokens, and trailing commas before the closing brackets that may have one. */
function weave(tokens: string[], between: Between[], commas: boolean[]): Between {
  const woven: Between[] = [between[0] ?? { typed: "", left: "" }];
  for (const [index, token] of tokens.entries()) {
    const previous = tokens[index - 1];
    const closes = token === "]" || token === "}";
    const trailing = closes && previous !== "[" && previous !== "{" && commas[index % commas.length] === true;
    const gap = between[(index + 1) % between.length] ?? { typed: "", left: "" };
    if (trailing) woven.push({ typed: `,${gap.typed}`, left: gap.left });
    woven.push({ typed: token, left: token }, gap);
  }
  return {
    typed: woven.map(({ typed }) => typed).join(""),
    left: woven.map(({ left }) => left).join(""),
  };
}

describe("the payload", () => {
  it("leaves as it was typed, in whatever style the JSON is written", () => {
    const indents = fc.constantFrom<string | number>(0, 1, 2, 4, "\t", " \t");
    fc.assert(
      fc.property(JSON_VALUE, indents, fc.boolean(), SPACE, SPACE, (value, indent, crlf, before, after) => {
        const json = JSON.stringify(value, undefined, indent);
        const text = before + (crlf ? json.replaceAll("\n", "\r\n") : json) + after;
        assert.equal(sent(text), text);
      }),
      tries(100, 500),
    );
  });

  it("leaves without comments and trailing commas, and with every other character as typed", () => {
    const betweens = fc.array(BETWEEN, { minLength: 1, maxLength: 12 });
    const commas = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(JSON_VALUE, betweens, commas, (value, between, trailing) => {
        const { typed, left } = weave(tokensOf(value), between, trailing);
        const text = sent(typed);
        assert.equal(text, left);
        // compared as text: JSON.parse reads a member named __proto__ as one, an assertion on objects does not
        assert.equal(JSON.stringify(JSON.parse(text)), JSON.stringify(JSON.parse(JSON.stringify(value))));
      }),
      tries(100, 1000),
    );
  });

  it("has the bytes that its UTF-8 has", () => {
    assert.deepEqual(parsePayload('"é😀"'), { kind: "payload", text: '"é😀"', bytes: 8 });
  });

  for (const text of [
    "12345678901234567890",
    "1.0",
    "1e400",
    "-0",
    "0.1000000000000000055511151231257827021181583404541015625",
    '{"a":1,"a":2}',
    '{"__proto__":null}',
    '"\\u00e9\\/\\u0041"',
    '"\\ud83d"',
    '{"žluťoučký kůň": "日本語 😀 ‮ \u2028 \u2029"}',
    '"a\uFEFFb"',
    '{\r\n\t"a" : [ 1 ,\r\n 2 ]\r\n}\r\n',
    "true",
    "null",
    '""',
    "[]",
    "[[[]],{}]",
    '"/* no comment */ // none"',
    '",]"',
  ]) {
    it(`keeps ${text.trim().replaceAll(/\s+/g, " ")}`, () => assert.equal(sent(text), text));
  }

  it("leaves without a byte order mark at the start", () => {
    assert.equal(sent('\uFEFF{"a":1}'), '{"a":1}');
    assert.equal(sent("\uFEFF // why\n[1,]"), " \n[1]");
  });

  it("keeps a comma that a comment parts from the value after it", () => {
    assert.equal(sent("[1, /* one */ // and\n 2 /* , */, ]"), "[1,  \n 2  ]");
  });

  for (const nothing of ["", " \n\t\r\n", "// only\n/* comments */", "\uFEFF", "\uFEFF// bye"]) {
    it(`is empty where the text is ${JSON.stringify(nothing)}`, () => {
      assert.deepEqual(parsePayload(nothing), { kind: "empty" });
    });
  }
});

describe("a mistake in the text", () => {
  for (const [name, source, place] of [
    ["a comment in a number", "1/**/2", "2"],
    ["a comment in a word", "tr/**/ue", "tr"],
    ["a comment between two values", '["a"/**/"b"]', '"b"'],
    ["a word that JSON does not know", '{ "a": yes }', "yes"],
    ["single quotes", "{ 'a': 1 }", "'a'"],
    ["a name without quotes", "{ a: 1 }", "a"],
    ["a missing comma", '{ "a": 1 "b": 2 }', '"b"'],
    ["a missing comma beside a comment", '{ "a": 1 /* x */ "b": 2 }', '"b"'],
    ["a missing colon", '{ "a" 1 }', "1"],
    ["a missing value", '{ "a": }', "}"],
    ["a comma without a value before it", "[,1]", ","],
    ["a comma alone", "[,]", ","],
    ["two commas at the end", "[1,,]", ",]"],
    ["a second value", "{} []", "[]"],
    ["a closing bracket too many", '{"a":1}}', "}"],
    ["the wrong closing bracket", "[1}", "}"],
    ["a leading zero", "[01]", "1"],
    ["a number with a plus", "[+1]", "+1"],
    ["a number that ends in a point", "[1.]", "1."],
    ["NaN", "[NaN]", "NaN"],
    ["a bad escape", '["\\x41"]', '"\\x41"'],
    ["a bad escape in JSON with comments", '/* c */ ["\\x41"]', '"\\x41"'],
    ["a line break in a string", '["a\nb"]', '"a'],
    ["a control character in a string, in JSON with comments", '// c\n["a\u0001b"]', '"a\u0001b"'],
  ] as const) {
    it(`is found: ${name}`, () => {
      const { offset, length, message } = problemOf(source);
      const at = source.lastIndexOf(place);
      assert.equal(offset, at, message);
      assert.ok(length >= 1 && offset + length <= source.length + 1);
      assert.match(message, /^[A-Z][^\n]+$/);
    });
  }

  for (const [source, at] of [
    ['{"a":1', 6],
    ["[1,", 3],
    ['"abc', 0],
    ['{"a":', 5],
    ["{", 1],
    ["[1, /* open", 4],
    ["[1 // c\n", 8],
  ] as const) {
    it(`is found at ${at} of ${JSON.stringify(source)}, which stops too early`, () => {
      assert.equal(problemOf(source).offset, at, problemOf(source).message);
    });
  }

  it("is found at its exact place behind any comments and trailing commas", () => {
    const gaps = fc.array(BETWEEN, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(JSON_VALUE, gaps, fc.boolean(), (value, between, comma) => {
        const head = weave(["[", ...tokensOf(value), ","], between, [comma]).typed;
        assert.equal(problemOf(`${head} oops ]`).offset, head.length + 1);
      }),
      tries(100, 1000),
    );
  });

  for (const [source, offset] of [
    ['"\ud83d"', 1],
    ['{"a": "x\udc00"}', 8],
    ["// \ud800\n1", 3],
    ['"😀\ud83d\ud83d\ude00"', 3],
  ] as const) {
    it(`is half of a surrogate pair, at ${offset} of ${JSON.stringify(source)}`, () => {
      assert.deepEqual({ ...problemOf(source), message: "" }, { message: "", offset, length: 1 });
      assert.match(problemOf(source).message, /surrogate/);
    });
  }

  for (const [name, source, offset] of [
    ["a comment", `${"[".repeat(DEEP)}/* deep */${"]".repeat(DEEP)}`, undefined],
    ["a trailing comma", `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP - 1)},}`, undefined],
    ["a typo", `${"[".repeat(DEEP)}oops${"]".repeat(DEEP)}`, DEEP],
    ["a bracket that is missing", "[".repeat(DEEP) + "]".repeat(DEEP - 1), 2 * DEEP - 1],
    ["a comment and the wrong bracket", `// c\n${"[".repeat(DEEP)}}`, 5 + DEEP],
  ] as const) {
    it(`has a place, or leaves as JSON, also ${DEEP} levels deep: ${name}`, () => {
      if (offset === undefined) JSON.parse(sent(source));
      else assert.equal(problemOf(source).offset, offset);
    });
  }

  it("is found where JSON.parse finds one, and nowhere else", () => {
    const soup = fc.array(fc.constantFrom("{", "}", "[", "]", ",", ":", "1", '"a"', " ", "true"), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(soup, (parts) => {
        const source = parts.join("");
        const valid = isValidJson(source.replaceAll(/,(?=\s*[\]}])/g, ""));
        const commasAreTrailing = !/[[{,:]\s*,/.test(source);
        if (source.trim() !== "")
          assert.equal(findMistake(source) === undefined, valid && commasAreTrailing, source);
      }),
      { numRuns: 20_000 },
    );
  });

  it("never becomes a payload: what leaves is always JSON", () => {
    const soup = fc.string({
      unit: fc.constantFrom(
        ...Array.from('{}[],:1-.etruefalsn"\\/* \n\uFEFF'),
        "//",
        "/*",
        "*/",
        "null",
        '"a"',
      ),
      maxLength: 24,
    });
    fc.assert(
      fc.property(soup, (source) => {
        const reading = parsePayload(source);
        if (reading.kind === "payload") JSON.parse(reading.text);
        if (reading.kind === "problem") assert.ok(reading.problem.offset <= source.length);
      }),
      tries(100, 5000),
    );
  });
});

describe("the size of a payload", () => {
  for (const [mode, limit, words] of [
    ["RequestResponse", 6 * 1024 * 1024, /6,291,457 bytes; .* 6,291,456 synchronously/],
    ["ResponseStream", 6 * 1024 * 1024, /6,291,456 synchronously/],
    ["DryRun", 6 * 1024 * 1024, /6,291,456/],
    ["Event", 1024 * 1024, /1,048,577 bytes; .* 1,048,576 asynchronously/],
  ] as const) {
    it(`may be ${limit} bytes in mode ${mode}, and not one more`, () => {
      assert.equal(payloadLimit(mode), limit);
      assert.equal(sizeProblem(0, mode), undefined);
      assert.equal(sizeProblem(limit, mode), undefined);
      const problem = sizeProblem(limit + 1, mode) ?? "";
      assert.match(problem, words);
      assert.match(problem, /Nothing was sent\. .*[.]$/);
    });
  }

  it("counts bytes and not characters, at the limit too", () => {
    const text = `"${"é".repeat((1024 * 1024 - 2) / 2)}"`;
    const reading = parsePayload(text);
    assert.ok(reading.kind === "payload");
    assert.equal(reading.bytes, 1024 * 1024);
    assert.equal(sizeProblem(reading.bytes, "Event"), undefined);
  });
});
