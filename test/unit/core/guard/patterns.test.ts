import assert from "node:assert/strict";
import { TestRules } from "./rules.ts";

const CONNECTIONS = [
  { name: "prod", profile: "prod", region: "eu-west-1" },
  { name: "prod-us", profile: "us", region: "us-east-1" },
  { name: "dev", profile: "dev", region: "eu-west-1" },
  { name: "dev (moto)", endpoint: "http://localhost:5000", region: "us-east-1" },
  { name: "team/prod", profile: "team", region: "eu-west-1" },
];

describe("a pattern of lambdaInvoke.protected", () => {
  for (const [pattern, covered, free] of [
    ["prod/**", ["prod/order"], ["prod-us/order", "dev/order", "team/prod/order"]],
    ["prod", ["prod/order"], ["dev/order", "prod-us/order"]],
    ["prod/", ["prod/order"], ["dev/order"]],
    [" prod/** ", ["prod/order"], ["dev/order"]],
    ["prod / order", ["prod/order"], ["prod/other"]],
    ["/prod/**", ["prod/order"], ["dev/order"]],
    ["prod//**", ["prod/order"], ["dev/order"]],
    ["PROD/Order", ["prod/order"], ["prod/other"]],
    ["prod/*", ["prod/order", "prod/.hidden"], ["dev/order"]],
    ["prod*/**", ["prod/order", "prod-us/order"], ["dev/order"]],
    ["prod*", ["prod/order", "prod-us/order"], ["dev/order"]],
    ["prod?us/**", ["prod-us/order"], ["prod/order"]],
    ["*/billing-*", ["prod/billing-run", "dev/billing-x"], ["dev/order"]],
    ["**/billing-*", ["prod/billing-run", "team/prod/billing-run"], ["dev/order"]],
    ["**", ["prod/order", "dev/.hidden", "dev (moto)/order"], []],
    ["dev (moto)/**", ["dev (moto)/order"], ["dev/order"]],
    ["dev (moto)", ["dev (moto)/order"], ["dev/order"]],
    ["team/prod/**", ["team/prod/order"], ["prod/order"]],
    ["team/prod", ["team/prod/order"], ["prod/order"]],
    ["prod/order:live", ["prod/order:live"], ["prod/order", "prod/order:7"]],
    ["prod/order", ["prod/order:live", "prod/order:7", "prod/order"], ["prod/order-2"]],
    ["prod/a.b", ["prod/a.b"], ["prod/a-b"]],
    ["prod/function:order", ["prod/order"], ["prod/other"]],
    ["prod/arn:aws:lambda:eu-west-1:123456789012:function:order", ["prod/order"], ["prod/other"]],
    ["prod/**/**", ["prod/order"], ["dev/order"]],
  ] as const) {
    it(`“${pattern}” is understood, and guards what it says`, () => {
      const rules = new TestRules({ user: { connections: CONNECTIONS, protected: [pattern] } });
      assert.deepEqual(rules.rules.problems, []);
      for (const place of covered) assert.equal(levelOf(rules, place), "confirm", place);
      for (const place of free) assert.equal(levelOf(rules, place), undefined, place);
    });
  }

  for (const [what, value, covered] of [
    ["a string in place of a list", "prod/**", ["prod/order"]],
    ["a string of several patterns", "prod/**, dev/**", ["prod/order", "dev/order"]],
    ["a truth in place of a list", true, ["prod/order", "dev/order"]],
    ["the word true", "true", ["prod/order", "dev/order"]],
    ["a number", 1, ["prod/order"]],
    ["an object", { prod: true }, ["prod/order"]],
    ["null", null, ["prod/order"]],
    ["an empty string", [""], ["prod/order"]],
    ["an entry that isn't a string", ["dev/order", 7], ["prod/order"]],
    ["several in one entry", ["prod/**; dev/**"], ["prod/order", "dev/order"]],
    ["a negation", ["!dev/**"], ["prod/order", "dev/order"]],
    ["braces", ["{prod,stage}/**"], ["prod/order"]],
    ["alternatives", ["@(prod|stage)/**"], ["prod/order"]],
    ["a class", ["[p]rod/**"], ["prod/order"]],
    ["a regular expression", ["prod.*"], ["prod/order", "prod-us/order"]],
    ["an anchored one", ["^prod/.*$"], ["prod/order"]],
    ["a backslash", ["prod\\**"], ["prod/order"]],
    ["a percent sign", ["prod%"], ["prod/order", "prod-us/order"]],
    ["a connection that there isn't", ["production/**"], ["prod/order", "dev/order"]],
    ["a name that no connection has", ["production"], ["prod/order", "dev/order"]],
    ["an ARN that isn't a function's", ["arn:aws:s3:::prod"], ["prod/order"]],
  ] as const) {
    it(`that is ${what} guards all that it might mean, and is a problem`, () => {
      const rules = new TestRules({ user: { connections: CONNECTIONS, protected: value } });
      assert.ok(rules.rules.problems.length > 0);
      for (const { setting, message } of rules.rules.problems) {
        assert.equal(setting, "protected");
        assert.match(message, /\.$/);
      }
      for (const place of covered) assert.equal(levelOf(rules, place), "confirm", place);
    });
  }

  it("that speaks of a family of connections guards none if there is none, and says so", () => {
    const rules = new TestRules({ user: { connections: CONNECTIONS, protected: ["live-*/**"] } });
    assert.equal(levelOf(rules, "dev/order"), undefined);
    assert.match(rules.rules.problems[0]?.message ?? "", /matches no connection/);
  });

  it("guards Local too, if it says so", () => {
    const rules = new TestRules({ user: { protected: ["Local/**"] } });
    const local = { kind: "local", name: "Local" } as const;
    const { guarded } = rules.rules.guardsOf({ connection: "Local", name: "order" }, local);
    assert.equal(guarded?.level, "confirm");
    assert.deepEqual(rules.rules.problems, []);
  });

  it("takes no noticeable time for a pattern that is made to be slow", () => {
    const pattern = `prod/${"*a".repeat(30)}b`;
    const rules = new TestRules({ user: { connections: CONNECTIONS, protected: [pattern] } });
    assert.equal(levelOf(rules, `prod/${"a".repeat(64)}`), undefined);
  });
});

/** Of `connection/function:qualifier`; a connection's name may have slashes. */
function levelOf(rules: TestRules, place: string): string | undefined {
  const cut = place.lastIndexOf("/");
  const [name = "", qualifier] = place.slice(cut + 1).split(":");
  return rules.level(place.slice(0, cut), name, qualifier);
}
