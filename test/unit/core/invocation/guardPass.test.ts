import assert from "node:assert/strict";
import { type GuardedCall, passesOf, redeem } from "../../../../src/core/invocation/guardPass.ts";
import type { InvocationSpec } from "../../../../src/core/invocation/invocationSpec.ts";

const CALL: GuardedCall = {
  function: { name: "order", qualifier: "live" },
  connection: { kind: "aws", name: "prod" },
  mode: "Event",
  events: 1,
};
const SPEC: InvocationSpec = {
  function: { name: "order", qualifier: "live" },
  connection: "prod",
  mode: "Event",
  payload: { text: "{}", bytes: 2 },
};
const REFUSED = /The guard wasn't asked about this invocation/;
const issue = passesOf(() => Promise.resolve(true));

async function passFor(call: GuardedCall): Promise<NonNullable<Awaited<ReturnType<typeof issue>>>> {
  const pass = await issue(call);
  assert.ok(pass);
  return pass;
}

describe("a guard's pass", () => {
  it("isn't issued if the guard says no", async () => {
    assert.equal(await passesOf(() => Promise.resolve(false))(CALL), undefined);
  });

  it("is good for as many events as the guard was asked about, and not for one more", async () => {
    const pass = await passFor({ ...CALL, events: 3 });
    for (let count = 0; count < 3; count++) redeem(pass, SPEC);
    assert.throws(() => redeem(pass, SPEC), REFUSED);
  });

  for (const [what, changes] of [
    ["another function", { function: { name: "billing", qualifier: "live" } }],
    ["another version", { function: { name: "order", qualifier: "7" } }],
    ["no version", { function: { name: "order" } }],
    ["another address", { function: { name: "order", qualifier: "live", arn: "999999999999:function:x" } }],
    ["another connection", { connection: "dev" }],
    ["another mode", { mode: "RequestResponse" }],
  ] as const) {
    it(`isn't good for ${what}`, async () => {
      const pass = await passFor(CALL);
      assert.throws(() => redeem(pass, { ...SPEC, ...changes }), REFUSED);
    });
  }

  it("can't be copied, and what it's for can't be changed", async () => {
    const pass = await passFor(CALL);
    assert.throws(() => redeem({ ...pass }, SPEC), REFUSED);
    assert.throws(() => Object.assign(pass, { mode: "DryRun" }), TypeError);
    assert.throws(() => Object.assign(pass.function, { name: "billing" }), TypeError);
    assert.throws(() => Object.assign(pass.connection, { profile: "prod" }), TypeError);
  });
});
