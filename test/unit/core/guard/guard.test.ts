import assert from "node:assert/strict";
import type { Connection } from "../../../../src/core/connections/connection.ts";
import { guardedBy } from "../../../../src/core/guard/guard.ts";
import { Unlocks } from "../../../../src/core/guard/unlocks.ts";
import type { GuardedCall } from "../../../../src/core/invocation/guardPass.ts";
import { isUserError } from "../../../../src/core/userError.ts";
import { TestRules, type TestSurroundings } from "./rules.ts";

const PROD = { name: "prod", profile: "p", region: "eu-west-1" };
const CONNECTION: Connection = { kind: "aws", ...PROD };
const CALL: GuardedCall = {
  function: { name: "order" },
  connection: CONNECTION,
  mode: "RequestResponse",
  events: 1,
};

interface World {
  surroundings: TestSurroundings;
  yes?: boolean;
  tags?: Readonly<Record<string, string>> | undefined;
}

/** Asks a guard for leave: whether there's a pass, and what was shown and read for it. */
async function ask(
  { surroundings, yes = true, tags }: World,
  changes: Partial<GuardedCall> = {},
  unlocks = new Unlocks({ now: () => 0, monotonic: () => 0 }),
): Promise<{ passes: boolean; shown: string[]; tagReads: number }> {
  const { rules } = new TestRules(surroundings);
  const shown: string[] = [];
  let tagReads = 0;
  const issue = guardedBy({
    rules: () => Promise.resolve(rules),
    unlocks,
    confirm: ({ message, detail = "" }) => (shown.push(message, detail), Promise.resolve(yes)),
    confirmByTyping: ({ title, wanted }) => (shown.push(title, `type ${wanted}`), Promise.resolve(yes)),
    tags: () => (tagReads++, Promise.resolve(tags)),
  });
  const pass = await issue({ ...CALL, ...changes });
  return { passes: pass !== undefined, shown, tagReads };
}

const guarding = (level: unknown, more: object = {}): TestSurroundings => ({
  user: { connections: [PROD], guard: [{ match: "prod/**", level, ...more }] },
});

describe("the guard", () => {
  it("asks nothing where nothing is guarded", async () => {
    const found = await ask({ surroundings: { user: { connections: [PROD] } }, yes: false });
    assert.deepEqual(found, { passes: true, shown: [], tagReads: 0 });
  });

  it("says which function, where, how and how often, and where the connection leads", async () => {
    const surroundings = guarding("confirm");
    const question = async (changes: Partial<GuardedCall>): Promise<string | undefined> =>
      (await ask({ surroundings }, changes)).shown[0];
    assert.equal(await question({}), "Invoke order on prod synchronously?");
    assert.equal(await question({ mode: "Event" }), "Invoke order on prod asynchronously?");
    const version = { function: { name: "order", qualifier: "live" } };
    assert.equal(await question(version), "Invoke order:live on prod synchronously?");
    assert.equal(await question({ events: 1200 }), "Invoke order on prod synchronously with 1,200 events?");
    const foreign = { function: { name: "order", arn: "222222222222:function:order" } };
    assert.equal(await question(foreign), "Invoke order of account 222222222222 on prod synchronously?");
    const { shown } = await ask({ surroundings });
    assert.match(
      shown[1] ?? "",
      /^Profile: p\nRegion: eu-west-1\n\nIt is protected by “prod\/\*\*” in lambdaInvoke\.guard/,
    );
  });

  it("gives no pass without a yes", async () => {
    for (const level of ["confirm", "type"])
      assert.equal((await ask({ surroundings: guarding(level), yes: false })).passes, false, level);
  });

  it("wants the function's own name typed, whatever its version", async () => {
    const call = { function: { name: "order", qualifier: "live" } };
    const { shown } = await ask({ surroundings: guarding("type") }, call);
    assert.deepEqual(shown, ["Invoke order:live on prod synchronously?", "type order"]);
  });

  it("lets dry runs through, and nothing else where only they are allowed", async () => {
    const surroundings = guarding("dryRunOnly");
    assert.deepEqual(await ask({ surroundings }, { mode: "DryRun" }), {
      passes: true,
      shown: [],
      tagReads: 0,
    });
    const isRefusal = (error: unknown): boolean => isUserError(error) && error.fix?.title === "Open Setting";
    for (const mode of ["RequestResponse", "Event"] as const)
      await assert.rejects(ask({ surroundings }, { mode }), isRefusal);
  });

  it("asks nothing for what is unlocked, and still for another account's function", async () => {
    const unlocks = new Unlocks({ now: () => 0, monotonic: () => 0 });
    const place = { kind: "aws", profile: "p", region: "eu-west-1" } as const;
    unlocks.unlock({ place, label: "prod", level: "type" });
    const world: World = { surroundings: guarding("type"), yes: false };
    assert.equal((await ask(world, {}, unlocks)).passes, true);
    const foreign = { function: { name: "order", arn: "222222222222:function:order" } };
    assert.equal((await ask(world, foreign, unlocks)).passes, false);
    assert.equal((await ask({ ...world, surroundings: guarding("type") })).passes, false);
  });

  it("reads tags only where it depends on them, and takes those that can't be read for any", async () => {
    const surroundings = guarding("confirm", { tag: ["env=pro*", "critical"] });
    for (const [tags, isAsked] of [
      [{ env: "prod" }, true],
      [{ ENV: "Production" }, true],
      [{ critical: "" }, true],
      [{ env: "dev" }, false],
      [{}, false],
      [undefined, true],
    ] as const) {
      const { shown, tagReads } = await ask({ surroundings, tags });
      assert.deepEqual([shown.length > 0, tagReads], [isAsked, 1], JSON.stringify(tags));
    }
    const user = { ...surroundings.user, protected: ["prod"] };
    assert.equal((await ask({ surroundings: { user }, tags: {} })).tagReads, 0);
    assert.equal((await ask({ surroundings }, { mode: "DryRun" })).tagReads, 0);
  });
});
