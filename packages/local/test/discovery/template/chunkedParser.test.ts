import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { templateYaml } from "../../../src/discovery/template/tags.ts";
import { parseFile, type Parsing } from "../../../src/discovery/template/document.ts";
import { parseTemplate } from "../../../src/discovery/template/chunkedParser.ts";

const zoo = fileURLToPath(new URL("../zoo", import.meta.url));
const FILE = "/template.yaml";

/** Templates whose parts depend on each other, or only look like resources. */
const odd: Readonly<Record<string, string>> = {
  "an anchor used in another resource": "Resources:\n  A: &a { Type: X }\n  B: *a\n",
  "an anchor used inside its resource": "Resources:\n  A: { X: &a 1, Y: *a }\n  B: { Z: 2 }\n",
  "a resource twice": "Resources:\n  A: { Type: X }\n  B: { Type: X }\n  A: { Type: Y }\n",
  "resources twice": "Resources:\n  A: { Type: X }\nResources:\n  B: { Type: X }\n",
  "a string over several lines": 'Resources:\n  A: "one\n  B: two"\n  C: |\n    D: x\n\n    E: y\n  F: 1\n',
  "a mapping over several lines": "Resources:\n  A: { Type: X,\n  B: 2 }\n  C: 1\n",
  "comments, a marker and quoted keys":
    "# first\n---\n# second\nResources: # third\n# fourth\n  \"A\": 1\n\n  # fifth\n  'B': 2 # sixth\nOutputs: {}\n",
  "Windows' line ends": "\uFEFFResources:\r\n  A: x\r\n  B:\r\n    C: y\r\nOutputs:\r\n  D: z\r\n",
  "no line end at the end": "Resources:\n  A: |\n    x\n\n  B: |\n    y",
  "line ends that are kept": "Resources:\n  A: |+\n    x\n\n  B: |+\n    y\n\n",
  "two documents": "Resources:\n  A: 1\n---\nResources:\n  B: 2\n",
  "a list": "Resources:\n- A: 1\n- B: 2\n",
  "no resources": "Resources:\n# none\nOutputs: {}\n",
  "a key that is complex": "Resources:\n  ? A\n  : 1\n  B: 2\n",
  "a number and an inherited name as keys": "Resources:\n  012: 1\n  __proto__: 2\n  constructor: 3\n",
  "short forms": "Resources:\n  A: !Sub x\n  B: !GetAtt A.B\n  C: !Join ['', [!Ref A, !Unknown x]]\n",
  "short forms that are written otherwise":
    "%TAG !s! !Su\n---\nResources:\n  A: !s!b x\n  B: !<!Ref> A\n  C: !<!GetAtt> A.B\n",
  "a mistake": "Resources:\n  A: 1\n  B: [\n  C: 1\n",
  "a wrong indentation": "Resources:\n  A: 1\n B: 2\n",
};

/** The value and the place of each key, or the problem. */
function shown(parsed: Parsing): unknown {
  if (parsed.kind === "broken") return parsed.problem;
  const { document } = parsed;
  const places: [string, unknown][] = [];
  const walk = (inner: unknown, path: readonly string[]): void => {
    places.push([path.join("."), document.placeOf(path)]);
    // One template contains itself.
    if (typeof inner !== "object" || inner === null || path.length > 20) return;
    for (const [key, item] of Object.entries(inner)) walk(item, [...path, key]);
  };
  walk(document.value, []);
  return { value: document.value, places, missing: document.placeOf(["Resources", "Nowhere", "X"]) };
}

async function same(text: string): Promise<void> {
  const whole = shown(parseFile(text, FILE, templateYaml));
  for (const size of [1, 60])
    assert.deepEqual(shown(await parseTemplate(text, FILE, templateYaml, size)), whole);
}

describe("local: a template parsed in chunks equals one parsed as a whole", () => {
  for (const path of globSync("**/*.{yaml,yml,template}", { cwd: zoo }))
    it(path, () => same(readFileSync(join(zoo, path), "utf8")));
  for (const [title, text] of Object.entries(odd)) it(title, () => same(text));
});

describe("local: short forms", () => {
  it("are read however their tags are written", () => {
    const text =
      "%TAG !s! !Su\n---\nA: !s!b x\nB: !<!Ref> A\nC: !GetAtt A.B\nD: [!If [a, !Ref b, c], {e: !Sub f}]\n";
    const parsed = parseFile(text, FILE, templateYaml);
    assert.equal(parsed.kind, "parsed");
    assert.deepEqual(parsed.document.value, {
      A: { "Fn::Sub": "x" },
      B: { Ref: "A" },
      C: { "Fn::GetAtt": ["A", "B"] },
      D: [{ "Fn::If": ["a", { Ref: "b" }, "c"] }, { e: { "Fn::Sub": "f" } }],
    });
  });
});

describe("local: tags and keys of other readers", () => {
  const read = (text: string): unknown => {
    const parsed = parseFile(text, FILE, templateYaml);
    return parsed.kind === "parsed" ? parsed.document.value : parsed.why;
  };
  const cases: Readonly<Record<string, [string, unknown]>> = {
    "unknown tags": ["A: !Nope x\nB: !Nope [y]\nC: !Nope {d: z}\n", { A: "x", B: ["y"], C: { d: "z" } }],
    "tags of a language": [
      '%TAG !e! foo:\n---\nA: !e!x y\nB: !!python/tuple [1]\nC: !!binary aGk=\nD: !<x> "z"\n',
      { A: "y", B: [1], C: "aGk=", D: "z" },
    ],
    "numbers and booleans": [
      'A: [012345678901, 1.10, 0x1F, 1e3, 5, -2.5, .inf, ~, null, yes, NO, y, True, !!str 5, !!int "7"]\n',
      {
        A: [
          "012345678901",
          "1.10",
          "0x1F",
          "1e3",
          5,
          -2.5,
          ".inf",
          null,
          null,
          true,
          false,
          "y",
          true,
          "5",
          7,
        ],
      },
    ],
    "keys that aren't strings": [
      "ON: 1\nnull: 2\n1.0: 3\nTrue: 4\n: 5\n",
      { ON: 1, null: 2, "1.0": 3, True: 4, "": 5 },
    ],
    "a key that's a list": ["? [a]\n: b\n", "a key isn't a string"],
    merges: [
      "A: &a {x: 1, y: 2}\nB: {<<: *a, y: 3}\nC: {y: 4, <<: [*a, {z: 5}]}\n",
      { A: { x: 1, y: 2 }, B: { x: 1, y: 3 }, C: { y: 4, x: 1, z: 5 } },
    ],
    "a file without a value": ["# nothing\n", null],
  };
  for (const [what, [text, value]] of Object.entries(cases))
    it(`${what} are read`, () => assert.deepEqual(read(text), value));
});

describe("local: a large template", () => {
  const numbers = Array.from({ length: 1000 }, (_, n) => n);
  const resource = (n: number) =>
    `  Fn${n}:\n    Type: X\n    Properties: { Description: ${"x".repeat(100)} }\n`;
  it("of many resources is parsed without blocking other work", async () => {
    const text = `Resources:\n${numbers.map(resource).join("")}`;
    let turns = 0;
    const count = (): void => {
      turns += 1;
      turn = setImmediate(count);
    };
    let turn = setImmediate(count);
    const parsed = await parseTemplate(text, FILE, templateYaml);
    clearImmediate(turn);
    assert.equal(parsed.kind, "parsed");
    assert.ok(turns >= text.length / 20_000, `${turns} turns`);
    assert.deepEqual(shown(parsed), shown(parseFile(text, FILE, templateYaml)));
  });
});
