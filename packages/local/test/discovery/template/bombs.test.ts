import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { handler, open, sam, type Files } from "../workspaceFolder.ts";

const levels = (count: number) => Array.from({ length: count }, (_, level) => level);

/** A value that doubles at each level. */
function nestedSub(count: number): string {
  return levels(count).reduce((inner) => `!Sub ["\${a}\${a}", {a: ${inner}}]`, "xx");
}

const service = (custom: string, environment: string) =>
  `service: a\nprovider:\n  name: aws\n  runtime: nodejs24.x\ncustom:\n${custom}functions:\n  fn:\n    name: Bomb\n    handler: index.handler\n    environment:\n      V: ${environment}\n`;

const loop = (depth: number, items: number, body: string): string =>
  levels(depth).reduce(
    (inner, level) => `{"Fn::ForEach::L${level}": ["V${level}", [${levels(items).join(",")}], ${inner}]}`,
    body,
  );

const declared = (variables: string) =>
  sam({ Bomb: ["Environment:", "  Variables:", `    V: ${variables}`] });

const bombs: Readonly<Record<string, Files>> = {
  "27 nested Fn::Sub": { "template.yaml": declared(nestedSub(27)) },
  "60 nested Fn::Sub": { "template.yaml": declared(nestedSub(60)) },
  "nested Fn::Join": {
    "template.yaml": declared(levels(13).reduce((inner) => `!Join ["", [${inner}, ${inner}]]`, "x")),
  },
  "names that double from resource to resource": {
    "template.yaml":
      declared("!Ref T29") +
      levels(30)
        .map(
          (n) =>
            `  T${n}:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: ${n === 0 ? "x" : `!Sub "\${T${n - 1}}\${T${n - 1}}"`}\n`,
        )
        .join(""),
  },
  "conditions that double": {
    "template.yaml": `Conditions:\n${levels(30)
      .map(
        (n) =>
          `  C${n}: ${n === 0 ? '!Equals ["a", "a"]' : `!And [{Condition: C${n - 1}}, {Condition: C${n - 1}}]`}\n`,
      )
      .join("")}${declared("!If [C29, a, b]")}`,
  },
  "four nested Fn::ForEach of 300": {
    "template.json": `{"Resources": {"Bomb": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "nodejs24.x", "Handler": "index.handler"}}, ${loop(4, 300, '{"F${V0}x${V1}x${V2}x${V3}": {"Type": "AWS::Serverless::Function"}}').slice(1)}}`,
  },
  "nested Fn::ForEach that give nothing": {
    "template.json": `{"Resources": {"Bomb": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "nodejs24.x", "Handler": "index.handler"}}, ${loop(5, 300, "{}").slice(1)}}`,
  },
  "30 ${self:} that double": {
    "serverless.yml": service(
      levels(30)
        .map((n) => `  v${n}: "${n === 0 ? "x" : `\${self:custom.v${n - 1}}\${self:custom.v${n - 1}}`}"\n`)
        .join(""),
      '"${self:custom.v29}"',
    ),
  },
  "a variable that quadruples": {
    "serverless.yml": service(
      levels(16)
        .map((n) => `  v${n}: "${n === 0 ? "x".repeat(100) : `\${self:custom.v${n - 1}}`.repeat(4)}"\n`)
        .join(""),
      '"${self:custom.v15}"',
    ),
  },
  "a bomb in each of 100 functions": {
    "template.yaml": sam(
      Object.fromEntries([
        ["Bomb", []],
        ...levels(100).map((n): [string, string[]] => [
          `F${n}`,
          ["Environment:", "  Variables:", `    V: ${nestedSub(27)}`],
        ]),
      ]),
    ),
  },
};

describe("local: templates that grow without end", () => {
  for (const [what, files] of Object.entries(bombs)) {
    it(`${what}: other functions are listed, and a row says so`, async () => {
      await using workspace = await open({
        ...files,
        "index.js": handler,
        "other/template.yaml": sam({ Other: [] }),
        "other/index.js": handler,
      });
      const names = await workspace.names();
      assert.ok(names.includes("Other") && names.includes("Bomb"), names.slice(0, 10).join());
      assert.match(
        (await workspace.messages()).join("\n"),
        /more steps than Local allows|at most 1000 resources/,
      );
    });
  }

  it("a large template that is real is read whole", async () => {
    const variables = levels(50).map((n) => `    V${n}: !Sub "\${AWS::StackName}-\${AWS::Region}-${n}"`);
    const names = levels(200).map((n): [string, string[]] => [
      `F${n}`,
      ["Environment:", "  Variables:", ...variables],
    ]);
    await using workspace = await open({
      "template.yaml": sam(Object.fromEntries(names)),
      "index.js": handler,
    });
    const entries = await workspace.entries();
    assert.equal(entries.size, 200);
    assert.deepEqual(await workspace.messages(), []);
    for (const { fn } of entries.values()) assert.equal(fn.environment["V49"], "local-us-east-1-49");
  });
});
