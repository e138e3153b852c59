import assert from "node:assert/strict";
import { functionRef, invokedFunction } from "../../../../src/core/functions/functionRef.ts";
import type { FunctionSummary } from "../../../../src/core/functions/functionSummary.ts";
import { isUserError } from "../../../../src/core/userError.ts";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:order";
const LISTED: FunctionSummary = { name: "order", arn: ARN };
const ODD: FunctionSummary = { name: "a name/of an emulator", arn: "no ARN" };

const find = (text: string): FunctionSummary | undefined =>
  [LISTED, ODD].find(({ name, arn }) => name === text || arn === text);
const findNothing = (): undefined => undefined;

describe("a function that is pointed at", () => {
  it("is the one of the list, however it's spelled", () => {
    for (const [text, qualifier] of [
      ["order", undefined],
      [" order ", undefined],
      ["function:order", undefined],
      [ARN, undefined],
      ["123456789012:function:order", undefined],
      ["123456789012:order", undefined],
      ["eu-west-1:123456789012:function:order", undefined],
      ["order:live", "live"],
      ["function:order:live", "live"],
      [`${ARN}:live`, "live"],
      ["123456789012:function:order:live", "live"],
      [`${ARN}:$LATEST`, "$LATEST"],
      ["order:7", "7"],
    ] as const) {
      const expected = { name: "order", arn: ARN, qualifier };
      assert.deepEqual(invokedFunction({ connection: "prod", function: text }, find), expected, text);
    }
  });

  it("takes a qualifier beside its name, and the same one twice", () => {
    for (const text of ["order", "order:live", `${ARN}:live`]) {
      const target = { connection: "prod", function: text, qualifier: "live" };
      assert.equal(invokedFunction(target, find).qualifier, "live");
    }
  });

  it("is named by its address if the list doesn't have it: another account's, or another region's", () => {
    for (const address of [
      "arn:aws:lambda:eu-west-1:999999999999:function:order",
      "arn:aws:lambda:us-east-1:123456789012:function:order",
      "999999999999:function:order",
    ]) {
      const found = invokedFunction({ connection: "prod", function: `${address}:live` }, find);
      assert.deepEqual(found, { name: "order", arn: address, qualifier: "live" });
    }
    const unlisted = invokedFunction({ connection: "prod", function: "order:live" }, findNothing);
    assert.deepEqual(unlisted, { name: "order", arn: undefined, qualifier: "live" });
  });

  it("may have a name that only a list knows", () => {
    const found = invokedFunction({ connection: "prod", function: ODD.name }, find);
    assert.equal(found.name, ODD.name);
    assert.equal(functionRef("prod", found).name, ODD.name);
  });

  for (const [text, qualifier] of [
    ["", undefined],
    ["my function", undefined],
    ["order/x", undefined],
    ["../order", undefined],
    ["order%3Alive", undefined],
    ["a:b:c", undefined],
    ["arn:aws:s3:::bucket", undefined],
    ["x".repeat(65), undefined],
    ["order", ""],
    ["order", "live alias"],
    ["order:live", "dev"],
  ] as const) {
    it(`is refused if it's called “${text.slice(0, 20)}” with the qualifier ${qualifier}`, () => {
      const target = { connection: "prod", function: text, qualifier };
      assert.throws(() => invokedFunction(target, findNothing), isUserError);
    });
  }
});

describe("a FunctionRef", () => {
  it("says whose function an address names", () => {
    const owner = { account: "123456789012", region: "eu-west-1" };
    const expected = { connection: "prod", name: "order", qualifier: "live", owner };
    assert.deepEqual(functionRef("prod", { name: "other", arn: ARN, qualifier: "live" }), expected);
    assert.deepEqual(functionRef("prod", { name: `${ARN}:live` }), expected);
    assert.deepEqual(functionRef("prod", { name: "123456789012:function:order:live" }), {
      ...expected,
      owner: { account: "123456789012", region: undefined },
    });
  });
});
