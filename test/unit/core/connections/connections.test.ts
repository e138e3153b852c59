import assert from "node:assert/strict";
import { parseConnections } from "../../../../src/core/connections/connections.ts";

describe("the setting lambdaInvoke.connections", () => {
  it("makes a connection of each entry, named by its profile and region where it has no name", () => {
    const { connections, problems } = parseConnections([
      { profile: "dev" },
      { profile: "dev", region: "eu-west-1" },
      { name: "prod", profile: "prod", region: "eu-west-1" },
      { endpoint: "http://localhost:4566", region: "us-east-1" },
      {},
    ]);
    assert.deepEqual(problems, []);
    assert.deepEqual(connections, [
      { kind: "aws", name: "dev", profile: "dev" },
      { kind: "aws", name: "dev eu-west-1", profile: "dev", region: "eu-west-1" },
      { kind: "aws", name: "prod", profile: "prod", region: "eu-west-1" },
      {
        kind: "aws",
        name: "localhost:4566 us-east-1",
        endpoint: "http://localhost:4566",
        region: "us-east-1",
      },
      { kind: "aws", name: "default" },
    ]);
  });

  it("makes a connection for each region of a list", () => {
    const { connections } = parseConnections([{ name: "prod", region: ["eu-west-1", "us-east-1"] }]);
    assert.deepEqual(
      connections.map(({ name, region }) => [name, region]),
      [
        ["prod eu-west-1", "eu-west-1"],
        ["prod us-east-1", "us-east-1"],
      ],
    );
  });

  for (const [what, setting, sentence] of [
    ["that isn't a list", { profile: "dev" }, /must be a list/],
    ["with an entry that isn't an object", ["dev"], /Connection 1 .* must be an object/],
    ["with a name that isn't a string", [{}, { name: 7 }], /Connection 2 .* name that isn't a string/],
    ["with an empty profile", [{ profile: "" }], /profile that isn't a string/],
    ["with a region that isn't a string", [{ region: ["eu-west-1", 7] }], /region that's neither/],
    ["with an endpoint of another protocol", [{ endpoint: "ftp://host" }], /isn't an HTTP or HTTPS address/],
    [
      "with an endpoint that isn't an address",
      [{ endpoint: "localhost:4566" }],
      /isn't an HTTP or HTTPS address/,
    ],
    ["with two entries of one name", [{ name: "a" }, { name: "a" }], /Two connections are called a/],
    ["with an entry that takes Local's name", [{ name: "Local" }], /Two connections are called Local/],
  ] as const) {
    it(`gets a sentence ${what}`, () => {
      const { problems } = parseConnections(setting);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", sentence);
    });
  }

  it("keeps the good entries beside a bad one", () => {
    const { connections, problems } = parseConnections([{ endpoint: "nonsense" }, { profile: "dev" }]);
    assert.deepEqual([connections.length, problems.length], [1, 1]);
  });
});
