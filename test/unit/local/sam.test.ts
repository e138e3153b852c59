import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { describe, it } from "mocha";
import type { LocalFunction } from "../../../src/local/discovery/localFunction.ts";
import { readSamTemplate } from "../../../src/local/discovery/sam.ts";
import { mayBeTemplate } from "../../../src/local/discovery/scan.ts";

const file = resolve("/work space", "template.yaml");

function read(...lines: string[]): { functions: readonly LocalFunction[]; problems: readonly string[] } {
  const reading = readSamTemplate(lines.join("\n"), file);
  if (reading.kind === "broken") return { functions: [], problems: [reading.problem.message] };
  return { functions: reading.functions, problems: reading.problems.map(({ message }) => message) };
}

/** One function with these properties, after these other sections. */
function fn(properties: string[], ...before: string[]) {
  const head = [
    "Resources:",
    "  Fn:",
    "    Type: AWS::Serverless::Function",
    "    Properties:",
    "      Runtime: nodejs24.x",
    "      Handler: index.handler",
  ];
  const { functions, problems } = read(...before, ...head, ...properties.map((line) => `      ${line}`));
  return { fn: functions[0], problems };
}

const variables = (lines: string[], ...before: string[]) => {
  const { fn: found, problems } = fn(
    ["Environment:", "  Variables:", ...lines.map((line) => `    ${line}`)],
    ...before,
  );
  return { variables: found?.environment, problems };
};

describe("local: reading a SAM template", () => {
  it("gives a function with what Lambda defaults", () => {
    const { fn: found, problems } = fn([]);
    assert.deepEqual(problems, []);
    assert.deepEqual(found, {
      name: "Fn",
      place: { file, line: 1, column: 2 },
      runtime: "nodejs24.x",
      handler: "index.handler",
      codeRoot: resolve("/work space"),
      memorySizeMb: 128,
      timeoutSeconds: 3,
      environment: {},
      architectures: ["x86_64"],
      tags: {},
    });
  });

  it("merges Globals as SAM does: maps key by key, lists joined, the rest replaced", () => {
    const globals = [
      "Globals:",
      "  Function:",
      "    Timeout: 9",
      "    MemorySize: 256",
      "    Environment: { Variables: { A: 1, B: 1 } }",
      "    Architectures: [arm64]",
      "    CodeUri: src",
    ];
    const { fn: found } = fn(["MemorySize: 512", "Environment: { Variables: { B: 2, C: 2 } }"], ...globals);
    assert.equal(found?.timeoutSeconds, 9);
    assert.equal(found?.memorySizeMb, 512);
    assert.deepEqual(found?.environment, { A: "1", B: "2", C: "2" });
    assert.deepEqual(found?.architectures, ["arm64"]);
    assert.equal(found?.codeRoot, join(resolve("/work space"), "src"));
  });

  it("resolves what is known on this machine", () => {
    const parameters = [
      "Parameters:",
      "  Stage: { Type: String, Default: dev }",
      "  Secret: { Type: String }",
    ];
    const { variables: found, problems } = variables(
      [
        "REGION: !Ref AWS::Region",
        "STAGE: !Ref Stage",
        'SUB: !Sub "${Stage}-${AWS::AccountId}-${!Literal}"',
        'MAP: !Sub ["${a}/${Stage}", { a: !Ref AWS::Partition }]',
        "LONG: { Fn::Sub: '${Stage}' }",
        'JOIN: !Join ["-", [a, !Ref Stage, c]]',
        "SELF: !Ref Fn",
        "ARN: !GetAtt Fn.Arn",
        "NONE: !Ref AWS::NoValue",
      ],
      ...parameters,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(found, {
      REGION: "us-east-1",
      STAGE: "dev",
      SUB: "dev-000000000000-${Literal}",
      MAP: "aws/dev",
      LONG: "dev",
      JOIN: "a-dev-c",
      SELF: "Fn",
      ARN: "arn:aws:lambda:us-east-1:000000000000:function:Fn",
    });
  });

  it("leaves out a variable that only a deployment knows, and says so", () => {
    const { variables: found, problems } = variables([
      "TABLE: !Ref Table",
      "ARN: !GetAtt Table.Arn",
      "URL: !Sub https://${Api}/x",
      "A: b",
      "IMPORT: !ImportValue x",
    ]);
    assert.deepEqual(found, { A: "b" });
    assert.deepEqual(problems, [
      "Fn: TABLE is left out: the value of !Ref Table is known only after deployment.",
      "Fn: ARN is left out: the value of !GetAtt Table.Arn is known only after deployment.",
      "Fn: URL is left out: the value of ${Api} is known only after deployment.",
      "Fn: IMPORT is left out: !ImportValue is not evaluated locally.",
    ]);
  });

  it("tells the place of a property that is a problem", () => {
    const reading = readSamTemplate(
      "Resources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: nodejs24.x\n      Handler: a.b\n      Environment:\n        Variables:\n          T: !Ref Table\n",
      file,
    );
    assert.deepEqual(reading.kind === "read" && reading.problems[0]?.place, { file, line: 8, column: 10 });
  });

  it("keeps numbers as they are written, and takes other values as CloudFormation does", () => {
    const { variables: found } = variables([
      "ID: 012345678901",
      "BIG: 12345678901234567890",
      "ONE: 1.0",
      "ON: true",
      'TEXT: "007"',
      "DAY: 2026-01-31",
    ]);
    assert.deepEqual(found, {
      ID: "012345678901",
      BIG: "12345678901234567890",
      ONE: "1.0",
      ON: "true",
      TEXT: "007",
      DAY: "2026-01-31",
    });
  });

  it("uses FunctionName where it is known, else the logical id", () => {
    assert.equal(fn(["FunctionName: real"]).fn?.name, "real");
    assert.equal(fn(['FunctionName: !Sub "${AWS::StackName}-x"']).fn?.name, "local-x");
    const { fn: found, problems } = fn(["FunctionName: !Ref Somewhere"]);
    assert.equal(found?.name, "Fn");
    assert.match(problems[0] ?? "", /^Fn: FunctionName is left out/);
  });

  for (const [what, properties, message] of [
    [
      "no code in the workspace",
      ["CodeUri: s3://bucket/key"],
      "Fn: its code is not in the workspace; CodeUri must be a folder.",
    ],
    ["an image", ["PackageType: Image"], "Fn: container images do not run locally; invoke it on AWS."],
    [
      "inline code",
      ["InlineCode: x"],
      "Fn: InlineCode does not run locally; move it to a file and name it in CodeUri.",
    ],
  ] as const) {
    it(`says of a function with ${what} why it does not run`, () => {
      const { fn: found, problems } = fn([...properties]);
      assert.equal(found, undefined);
      assert.deepEqual(problems, [message]);
    });
  }

  it("says what a function lacks", () => {
    const { problems } = read(
      "Resources:",
      "  A: { Type: AWS::Serverless::Function }",
      "  B: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs24.x } }",
    );
    assert.deepEqual(problems, [
      "A: it has no Runtime; add one, e.g. nodejs24.x.",
      "B: it has no Handler; add one, e.g. index.handler.",
    ]);
  });

  it("passes over other resources, and files that are no template", () => {
    assert.deepEqual(read("Resources:", "  T: { Type: AWS::DynamoDB::Table }"), {
      functions: [],
      problems: [],
    });
    for (const text of [
      "",
      "just text",
      "- a\n- b",
      "name: x",
      "Resources: none",
      "Resources: { A: 1, B: null }",
    ]) {
      assert.deepEqual(read(text), { functions: [], problems: [] }, text);
    }
  });

  it("tells a mistake in the syntax with its place, and reads JSON too", () => {
    const broken = readSamTemplate("Resources:\n  A: [1\n  B: 2\n", file);
    assert.equal(broken.kind, "broken");
    const json =
      '{\n\t"Resources": { "J": { "Type": "AWS::Serverless::Function", "Properties": { "Runtime": "nodejs22.x", "Handler": "a.b" } } }\n}';
    assert.deepEqual(
      read(json).functions.map(({ name, place }) => [name, place.line, place.column]),
      [["J", 1, 16]],
    );
  });

  it("knows a template by its name", () => {
    for (const name of [
      "template.yaml",
      "template.yml",
      "template.json",
      "sam.yaml",
      "orders.template.yml",
      "template-dev.yaml",
      "my-template.json",
    ])
      assert.ok(mayBeTemplate(`/a/${name}`), name);
    for (const name of ["package.json", "templates.yaml", "template.ts", "example.yaml", "samples.json"])
      assert.ok(!mayBeTemplate(`/a/${name}`), name);
  });
});
