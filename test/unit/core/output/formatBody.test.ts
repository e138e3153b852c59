import assert from "node:assert/strict";
import fc from "fast-check";
import { tries } from "../../../../tools/testing/variation.ts";
import { jsonTokens } from "../../../../src/core/payload/jsonTokens.ts";
import { bytesOf, readResponse } from "../../../../src/core/invocation/responseBody.ts";
import { formatBody, shownBytes, wholeOf } from "../../../../src/core/output/formatBody.ts";
import { responseLimitOf } from "../../../../src/core/output/responseLimit.ts";
import { finish } from "../../../../src/core/output/steps.ts";
import { joined } from "../../../../src/core/output/textPieces.ts";

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** JSON without the white space outside its strings. */
function squeeze(text: string): string {
  const tokens = [...jsonTokens(text)].filter(({ kind }) => kind !== "space");
  return tokens.map(({ offset, length }) => text.slice(offset, offset + length)).join("");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("a response", () => {
  it("is text where its bytes are UTF-8", () => {
    assert.deepEqual(readResponse(Buffer.from('{"a":"é😀"}')), { text: '{"a":"é😀"}' });
    assert.deepEqual(readResponse(new Uint8Array()), { text: "" });
  });

  it("keeps a byte order mark, tabs, line breaks and colors", () => {
    const text = "\uFEFFa\tb\r\n\u001b[31mred\u001b[0m\f";
    assert.deepEqual(readResponse(Buffer.from(text)), { text });
  });

  for (const [name, bytes] of [
    ["bytes that aren't UTF-8", [0xff, 0xfe, 0x00]],
    ["a cut character", [0x61, 0xc3]],
    ["a NUL", [0x61, 0x00]],
    ["a picture", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ["a lone surrogate in UTF-8", [0xed, 0xa0, 0x80]],
  ] as const) {
    it(`is base64 where it has ${name}`, () => {
      const body = readResponse(Uint8Array.from(bytes));
      assert.deepEqual(body, { base64: Buffer.from(bytes).toString("base64") });
    });
  }

  it("is never lost: its bytes can be had back from either form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const body = readResponse(bytes);
        const back = "text" in body ? Buffer.from(body.text) : Buffer.from(body.base64, "base64");
        assert.deepEqual(new Uint8Array(back), new Uint8Array(bytes));
      }),
      tries(100, 1000),
    );
  });
});

describe("a large response", () => {
  const LARGE = 100_000;

  for (const [what, bytes] of [
    ["text", Buffer.from(JSON.stringify({ text: "é😀\\n".repeat(LARGE) }))],
    ["binary", Buffer.alloc(LARGE, Buffer.from([0, 255, 128]))],
  ] as const)
    it(`is decoded when somebody reads it, and looks like any other: ${what}`, () => {
      const body = readResponse(bytes);
      const plain = what === "text" ? { text: bytes.toString() } : { base64: bytes.toString("base64") };
      assert.deepEqual(body, plain);
      assert.deepEqual({ ...body }, plain);
      assert.deepEqual(structuredClone(body), plain);
      assert.deepEqual(JSON.parse(JSON.stringify({ response: body })), { response: plain });
      assert.equal(bytesOf(body).buffer, bytes.buffer);
      assert.deepEqual(bytesOf(plain), bytes);
    });

  it("is binary wherever a control character is", () => {
    for (const at of [0, LARGE / 2, 64 * 1024 - 1, 64 * 1024, LARGE - 1]) {
      const bytes = Buffer.alloc(LARGE, "a");
      assert.ok("text" in readResponse(bytes));
      bytes[at] = 7;
      assert.ok("base64" in readResponse(bytes), `${at}`);
    }
  });
});

describe("a response laid out", () => {
  it("indents JSON by two spaces, and leaves what is empty on one line", () => {
    const { text, language, cut } = formatBody({ text: '{"a":[1,{"b":[]},{}],"c":"x , y"}' }, NO_LIMIT);
    assert.deepEqual({ language, cut }, { language: "json", cut: false });
    assert.equal(
      text,
      [
        "{",
        '  "a": [',
        "    1,",
        "    {",
        '      "b": []',
        "    },",
        "    {}",
        "  ],",
        '  "c": "x , y"',
        "}",
      ].join("\n"),
    );
  });

  it("is what JSON.stringify would print, for every value", () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: "grapheme" }), (source) => {
        fc.pre(!source.includes('"__proto__"')); // JSON.parse sets it, JSON.stringify does not print it
        const canonical = JSON.stringify(JSON.parse(source), undefined, 2);
        fc.pre(squeeze(canonical) === source); // not where parsing reorders names or respells numbers
        assert.equal(formatBody({ text: source }, NO_LIMIT).text, canonical);
      }),
      tries(100, 1000),
    );
  });

  it("has every token as it came, for every value in every style", () => {
    const indents = fc.constantFrom("", " ", "    ", "\t", " \r\n");
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "grapheme" }), indents, (value, indent) => {
        const source = JSON.stringify(value, undefined, 2).replaceAll(/\n */g, `\n${indent}`);
        const { text, language, cut } = formatBody({ text: source }, NO_LIMIT);
        assert.deepEqual({ language, cut }, { language: "json", cut: false });
        assert.equal(squeeze(text), squeeze(source));
      }),
      tries(100, 1000),
    );
  });

  for (const text of ["12345678901234567890", "1.0", "1e400", '{"a":1,"a":2}', '"\\u00e9\\/"', "null"]) {
    it(`keeps ${text}`, () => {
      assert.equal(squeeze(formatBody({ text }, NO_LIMIT).text), text);
      assert.equal(formatBody({ text }, NO_LIMIT).language, "json");
    });
  }

  for (const text of [
    "hello",
    "1 2",
    "{} {}",
    "<html></html>",
    "",
    " \n",
    "[1] // no",
    '"open',
    "{'a':1}",
    "NaN",
  ]) {
    it(`is unchanged if it isn't JSON: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(formatBody({ text }, NO_LIMIT), { text, language: "text", cut: false });
    });
  }

  for (const text of ["[1,]", '{"a"}', "]", "[1}", "{,}", '{"a":1', "[,1]", "{1:2}", "[1:2]", ":"]) {
    it(`is text as it came where its brackets, commas or colons are not JSON's: ${text}`, () => {
      assert.deepEqual(formatBody({ text }, NO_LIMIT), { text, language: "text", cut: false });
    });
  }

  it("is cut at the limit, and says so", () => {
    const text = JSON.stringify(Array.from({ length: 100 }, (_, index) => index));
    const whole = formatBody({ text }, NO_LIMIT).text;
    assert.deepEqual(formatBody({ text }, 50), { text: whole.slice(0, 50), language: "json", cut: true });
    assert.deepEqual(formatBody({ text }, whole.length), { text: whole, language: "json", cut: false });
    assert.equal(formatBody({ text }, whole.length - 1).cut, true);
    assert.deepEqual(formatBody({ text: "x".repeat(60) }, 50), {
      text: "x".repeat(50),
      language: "text",
      cut: true,
    });
  });

  it("is cut at the same place whatever the limit, for every value", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(200), (text, limit) => {
        const whole = formatBody({ text }, NO_LIMIT);
        const part = formatBody({ text }, limit);
        assert.equal(part.text, whole.text.slice(0, limit));
        assert.equal(part.cut, whole.text.length > limit);
      }),
      tries(100, 1000),
    );
  });

  it("is a dump of sixteen bytes a line where it is binary", () => {
    const bytes = Buffer.from([...Buffer.from("Hello, World! 12"), 0, 255, 0x7e, 0x7f]);
    const { text, language, cut } = formatBody({ base64: bytes.toString("base64") }, NO_LIMIT);
    assert.deepEqual({ language, cut }, { language: "hex", cut: false });
    assert.equal(
      text,
      [
        "00000000  48 65 6c 6c 6f 2c 20 57 6f 72 6c 64 21 20 31 32  |Hello, World! 12|",
        "00000010  00 ff 7e 7f                                      |..~.|",
      ].join("\n"),
    );
  });

  it("cuts a dump between lines, within the limit", () => {
    const { text, cut } = formatBody({ base64: Buffer.alloc(1000).toString("base64") }, 78 * 3);
    assert.equal(cut, true);
    assert.equal(text.split("\n").length, 3);
    assert.ok(text.length <= 78 * 3);
  });
});

describe("a whole response laid out", () => {
  const wholeText = (text: string): string => joined(finish(wholeOf({ text })).pieces);
  const megabyte = 1024 * 1024;

  it("is the layout of all of it", () => {
    const text = JSON.stringify({ rows: Array.from({ length: 1000 }, (_, index) => ({ index })) });
    assert.equal(wholeText(text), JSON.stringify(JSON.parse(text), undefined, 2));
  });

  for (const [what, source] of [
    ["nested ten thousand deep", `${"[".repeat(10_000)}1${"]".repeat(10_000)}`],
    ["nested half a million deep", `${'{"a":['.repeat(250_000)}1${"]}".repeat(250_000)}`],
    ["three million numbers wide", `[${"1,".repeat(3 * megabyte - 2)}1]`],
    ["one string of 6 MB", JSON.stringify({ a: 'x\\"'.repeat(2 * megabyte), b: [1] })],
    ["spaces of 6 MB", `[${" ".repeat(6 * megabyte)}1]`],
  ] as const)
    it(`is bounded where it's ${what}, and keeps every token`, () => {
      const text = wholeText(source);
      assert.ok(text.length <= 2 * source.length + megabyte, `${text.length} characters`);
      assert.ok(text.split("\n").length <= 200_001);
      assert.ok(text.replaceAll(/[ \n]/g, "") === source.replaceAll(/[ \n]/g, ""));
      let steps = 0;
      for (const work = wholeOf({ text: source }); !work.next().done;) steps += 1;
      assert.ok(steps > 1, `${steps} steps`);
    });

  it("is laid out the same wherever its tokens are in what is looked at", () => {
    const tokens = ['"\\u00e9\\"\\\\"', "-12.5e+3", "true", "{}", '{"é":[null,"😀"]}', "0"];
    for (const token of tokens)
      for (let before = 64 * 1024 - 24; before < 64 * 1024 + 4; before++) {
        const source = `["${"x".repeat(before)}",${token}]`;
        assert.equal(squeeze(wholeText(source)), source);
        assert.ok(wholeText(`${source}x`) === `${source}x`);
        assert.ok(wholeText(source.slice(0, -token.length)) === source.slice(0, -token.length));
      }
  });

  it("is JSON where JSON.parse says so, whatever is changed in it", () => {
    const marks = ["{", "}", "[", "]", ",", ":", '"', "\\", "/", " ", "\n", "\r", "\t", "\u0001", "\u00a0"];
    const others = [
      "0",
      "1",
      ".",
      "e",
      "E",
      "+",
      "-",
      "b",
      "n",
      "u",
      "x",
      "true",
      "null",
      "\\u00e9",
      "é",
      "😀",
    ];
    const characters = fc.constantFrom(...marks, ...others);
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.array(characters, { maxLength: 3 }), (json, at, inserted) => {
        const place = at % (json.length + 1);
        const text = json.slice(0, place) + inserted.join("") + json.slice(place + (at % 2));
        assert.equal(formatBody({ text }, NO_LIMIT).language, isJson(text) ? "json" : "text", text);
      }),
      tries(500, 10_000),
    );
  });

  it("shows the first megabyte of bytes", () => {
    const base64 = Buffer.alloc(6 * megabyte, 7).toString("base64");
    const { pieces, cut } = finish(wholeOf({ base64 }));
    assert.deepEqual([joined(pieces).split("\n").length, cut], [megabyte / 16, true]);
    assert.equal(shownBytes({ base64 }), megabyte);
    assert.equal(shownBytes({ base64: "AAAA" }), undefined);
  });

  it("has tokens larger than what is looked at once", () => {
    const long = "x".repeat(200_000);
    for (const text of [
      `["${long}"]`,
      `{"${long}":1}`,
      `[${"1".repeat(200_000)}]`,
      `"${long}`,
      `["${long}\n"]`,
    ]) {
      assert.equal(finish(wholeOf({ text })).language, isJson(text) ? "json" : "text");
    }
  });

  it("is never cut in the middle of a character", () => {
    const text = "😀".repeat(100);
    for (let limit = 1; limit < 20; limit++) {
      assert.ok(formatBody({ text }, limit).text.isWellFormed());
      assert.ok(formatBody({ text: JSON.stringify([text]) }, limit).text.isWellFormed());
    }
  });
});

describe("the limit of the panel's responses", () => {
  for (const [given, expected] of [
    [256, 262_144],
    [1, 1024],
    [0, 1024],
    [-5, 1024],
    [1e9, 4096 * 1024],
    [Number.POSITIVE_INFINITY, 4096 * 1024],
    [Number.NaN, 262_144],
    ["many", 262_144],
    [null, 262_144],
    [undefined, 262_144],
    [1.5, 1536],
  ] as const)
    it(`is ${expected} characters where the setting is ${String(given)}`, () =>
      assert.equal(responseLimitOf(given), expected));
});
