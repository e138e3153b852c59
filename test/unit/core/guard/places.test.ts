import assert from "node:assert/strict";
import type { GuardLevel } from "../../../../src/core/guard/guardLevel.ts";
import { TestRules, type TestSurroundings } from "./rules.ts";

const PROD = { name: "prod", profile: "prod", region: "eu-west-1", protected: true };
const EMULATOR = { name: "emulator", endpoint: "http://localhost:4566", protected: true };
const ARN = "arn:aws:lambda:eu-west-1:111111111111:function:order";

/** How the workspace's connection `x` is guarded where the person's settings guard something. */
function levelOfX(user: TestSurroundings["user"], x: object): GuardLevel | undefined {
  return new TestRules({ user, workspace: { connections: [{ name: "x", ...x }] } }).level("x", "order");
}

describe("a guard belongs to a place", () => {
  for (const [what, guarded, x] of [
    ["under another name", PROD, { profile: "prod", region: "eu-west-1" }],
    ["that says it's unprotected", PROD, { profile: "prod", region: "eu-west-1", protected: false }],
    [
      "with an endpoint of AWS",
      PROD,
      { profile: "prod", endpoint: "https://lambda.eu-west-1.amazonaws.com" },
    ],
    [
      "with a private endpoint",
      PROD,
      { profile: "prod", region: "eu-west-1", endpoint: "https://vpce.test" },
    ],
    ["whose region isn't said", PROD, { profile: "prod" }],
    [
      "whose region is one of a list",
      { ...PROD, region: ["eu-west-1", "us-east-1"] },
      { profile: "prod", region: "us-east-1" },
    ],
    [
      "where the guard's region isn't said",
      { ...PROD, region: undefined },
      { profile: "prod", region: "us-east-1" },
    ],
    ["where the guard's list of regions is empty", { ...PROD, region: [] }, { profile: "prod" }],
    ["on the default profile", { protected: true }, { profile: "default" }],
    ["without the default profile's name", { profile: "default", protected: true }, {}],
    ["at the same endpoint", EMULATOR, { endpoint: "http://localhost:4566/" }],
    ["at the endpoint's address", EMULATOR, { endpoint: "http://127.0.0.1:4566" }],
    ["at the endpoint's IPv6 address", EMULATOR, { endpoint: "http://[::1]:4566" }],
    ["at another spelling of it", EMULATOR, { endpoint: "HTTP://LOCALHOST:4566", profile: "any" }],
    ["at another address of this machine", EMULATOR, { endpoint: "http://127.1:4566" }],
  ] as const) {
    it(`and covers a connection of the workspace ${what}`, () => {
      assert.equal(levelOfX({ connections: [guarded] }, x), "confirm");
    });
  }

  it("and covers no other", () => {
    for (const x of [
      { profile: "dev", region: "eu-west-1" },
      { profile: "prod", region: "us-east-1" },
      { endpoint: "http://localhost:4566", region: "eu-west-1" },
      { profile: "dev", region: "eu-west-1", endpoint: "https://vpce.test" },
    ])
      assert.equal(levelOfX({ connections: [PROD] }, x), undefined, JSON.stringify(x));
    assert.equal(levelOfX({ connections: [EMULATOR] }, { endpoint: "http://localhost:4567" }), undefined);
  });

  it("and to its connection's name too, wherever the workspace lets that lead", () => {
    const workspace = { connections: [{ name: "prod", endpoint: "http://localhost:1" }] };
    assert.equal(
      new TestRules({ user: { connections: [PROD] }, workspace }).level("prod", "order"),
      "confirm",
    );
  });

  it("and to what a pattern of the person names, whatever the workspace calls it", () => {
    const user = { connections: [{ ...PROD, protected: false }], protected: ["prod/order"] };
    const workspace = { connections: [{ name: "x", profile: "prod", region: "eu-west-1" }], protected: [] };
    const rules = new TestRules({ user, workspace });
    assert.equal(rules.level("x", "order"), "confirm");
    assert.equal(rules.level("x", "other"), undefined);
  });

  it("and to what a pattern has named, also if it's renamed later", () => {
    const user = {
      connections: [{ name: "live", profile: "p", region: "eu-west-1" }],
      protected: ["prod*/**"],
    };
    const place = { kind: "aws", profile: "p", region: "eu-west-1" } as const;
    assert.equal(new TestRules({ user }).level("live", "order"), undefined);
    const rules = new TestRules({ user, remembered: [{ name: "prod-eu", place }] });
    assert.equal(rules.level("live", "order"), "confirm");
    assert.deepEqual(rules.rules.namedByPatterns, [{ name: "prod-eu", place }]);
  });

  it("and to its account, as soon as lists have told", () => {
    const user = { connections: [PROD, { name: "admin", profile: "admin", region: "eu-west-1" }] };
    assert.equal(new TestRules({ user }).level("admin", "order"), undefined);
    const accounts = { prod: "111111111111", admin: "111111111111" };
    assert.equal(new TestRules({ user, accounts }).level("admin", "order"), "confirm");
    const others = { ...accounts, admin: "222222222222" };
    assert.equal(new TestRules({ user, accounts: others }).level("admin", "order"), undefined);
  });

  it("and covers the functions of its account that an ARN names at another connection", () => {
    const user = { connections: [PROD, { name: "dev", profile: "dev", region: "eu-west-1" }] };
    const accounts = { prod: "111111111111", dev: "222222222222" };
    for (const [known, name, level] of [
      [accounts, ARN, "confirm"],
      [accounts, "111111111111:function:order", "confirm"],
      [{}, ARN, "confirm"],
      [accounts, ARN.replace("111111111111", "222222222222"), undefined],
      [accounts, ARN.replace("111111111111", "333333333333"), undefined],
      [accounts, "order", undefined],
    ] as const)
      assert.equal(new TestRules({ user, accounts: known }).level("dev", name), level, name);
  });
});

describe("protected of a connection", () => {
  for (const [value, level, isProblem] of [
    [true, "confirm", false],
    ["confirm", "confirm", false],
    ["type", "type", false],
    ["dryRunOnly", "dryRunOnly", false],
    ["DryRunOnly", "dryRunOnly", false],
    [" type ", "type", false],
    ["true", "confirm", true],
    ["yes", "confirm", true],
    [1, "confirm", true],
    [0, "confirm", true],
    ["false", "confirm", true],
    [null, "confirm", true],
    [{}, "confirm", true],
    ["typed", "type", true],
    ["dry-run", "dryRunOnly", true],
    [false, undefined, false],
    [undefined, undefined, false],
  ] as const) {
    it(`that is ${JSON.stringify(value)} means ${level}${isProblem ? ", and is a problem" : ""}`, () => {
      const rules = new TestRules({ user: { connections: [{ name: "a", protected: value }] } });
      assert.equal(rules.level("a", "order"), level);
      assert.equal(rules.rules.problems.length, isProblem ? 1 : 0);
    });
  }

  it("may be misspelled, and still guards", () => {
    for (const key of ["Protected", "protect", "isProtected", "guard"]) {
      const rules = new TestRules({
        user: { connections: [{ name: "a", protected: false, [key]: "type" }] },
      });
      assert.equal(rules.level("a", "order"), "type", key);
      assert.equal(rules.rules.problems.length, 1);
    }
  });

  it("guards all of AWS where its entry can't be understood", () => {
    for (const entry of [{ profile: 7 }, { region: 7 }, { endpoint: 7 }, { name: "" }]) {
      const connections = [
        { ...entry, protected: true },
        { name: "x", profile: "p", region: "eu-west-1" },
      ];
      assert.equal(new TestRules({ user: { connections } }).level("x", "order"), "confirm");
    }
    const user = { connections: { name: "prod", profile: "p", protected: true } };
    const workspace = { connections: [{ name: "x", profile: "p" }] };
    assert.equal(new TestRules({ user, workspace }).level("x", "order"), "confirm");
  });
});

describe("lambdaInvoke.guard", () => {
  const connections = [{ name: "prod", profile: "p" }];
  const level = (guard: unknown, name = "order", qualifier?: string): GuardLevel | undefined =>
    new TestRules({ user: { connections, guard } }).level("prod", name, qualifier);

  it("asks for the strictest of what covers a function", () => {
    const guard = [
      { match: "prod/**" },
      { match: "prod/order", level: "type" },
      { match: "prod/billing-*", level: "dryRunOnly" },
    ];
    assert.deepEqual(
      ["other", "order", "billing-x"].map((name) => level(guard, name)),
      ["confirm", "type", "dryRunOnly"],
    );
    const rules = new TestRules({
      user: { connections, guard },
      workspace: { protected: ["prod/order"], guard: [] },
    });
    assert.equal(rules.level("prod", "order"), "type");
  });

  it("covers versions and aliases", () => {
    const guard = [{ alias: ["live", "v*"], level: "type" }];
    assert.deepEqual(
      ["live", "LIVE", "v2", "dev", undefined].map((each) => level(guard, "order", each)),
      ["type", "type", "type", undefined, undefined],
    );
  });

  for (const [what, guard] of [
    ["an unknown level", [{ match: "prod/**", level: "ask" }]],
    ["a misspelled key", [{ match: "prod/**", Level: "type" }]],
    ["a string", "prod/**"],
    ["an entry that's a string", ["prod/**"]],
    ["a truth", true],
    ["an entry without a list, and without a level that is one", { match: "prod/**", level: true }],
    ["an empty match", [{ match: "", level: "dryRunOnly" }]],
    ["no match", [{ level: "dryRunOnly" }]],
    ["an alias that isn't one", [{ match: "prod/**", level: "dryRunOnly", alias: 7 }]],
    ["a tag that isn't one", [{ match: "prod/**", level: "dryRunOnly", tag: { env: "prod" } }]],
  ] as const) {
    it(`with ${what} lets nothing but dry runs through, and is a problem`, () => {
      assert.equal(level(guard), "dryRunOnly");
      const { problems } = new TestRules({ user: { connections, guard } }).rules;
      assert.ok(problems.length > 0 && problems.every(({ setting }) => setting === "guard"));
    });
  }
});
