import assert from "node:assert/strict";
import type { AwsPlace } from "../../../../src/core/guard/place.ts";
import { UNLOCKED_MS, Unlocks } from "../../../../src/core/guard/unlocks.ts";

const PROD: AwsPlace = { kind: "aws", profile: "prod", region: "eu-west-1" };
const time = { wall: 0, running: 0 };
const clock = { now: () => time.wall, monotonic: () => time.running };
const pass = (ms: number): void => void ((time.wall += ms), (time.running += ms));

describe("what is unlocked", () => {
  it("is a place with all its functions, for 15 minutes", () => {
    const unlocks = new Unlocks(clock);
    unlocks.unlock({ place: PROD, label: "prod", level: "confirm" });
    assert.ok(unlocks.lifts("confirm", PROD, "order"));
    assert.ok(unlocks.lifts("confirm", PROD, undefined));
    pass(UNLOCKED_MS - 1);
    assert.ok(unlocks.lifts("confirm", PROD, "order"));
    pass(1);
    assert.ok(!unlocks.lifts("confirm", PROD, "order"));
    assert.deepEqual(unlocks.current, []);
  });

  it("is one function, if that was meant", () => {
    const unlocks = new Unlocks(clock);
    unlocks.unlock({ place: PROD, name: "order", label: "order on prod", level: "type" });
    assert.ok(unlocks.lifts("type", PROD, "order"));
    assert.ok(!unlocks.lifts("type", PROD, "billing"));
    assert.ok(!unlocks.lifts("type", PROD, undefined));
  });

  it("is nothing at another place, or at one that is known less well", () => {
    const unlocks = new Unlocks(clock);
    unlocks.unlock({ place: PROD, label: "prod", level: "confirm" });
    for (const other of [
      { ...PROD, region: "us-east-1" },
      { ...PROD, region: undefined },
      { ...PROD, endpoint: "http://localhost:4566" },
      { ...PROD, profile: "dev" },
      { kind: "local" } as const,
    ])
      assert.ok(!unlocks.lifts("confirm", other, "order"));
  });

  it("is nothing that is guarded more strictly than what was unlocked, and never what takes dry runs only", () => {
    const unlocks = new Unlocks(clock);
    unlocks.unlock({ place: PROD, label: "prod", level: "confirm" });
    assert.ok(!unlocks.lifts("type", PROD, "order"));
    unlocks.unlock({ place: PROD, label: "prod", level: "dryRunOnly" });
    assert.ok(!unlocks.lifts("dryRunOnly", PROD, "order"));
  });

  it("ends with the time of day too, since a sleeping machine may stop the other clock", () => {
    const unlocks = new Unlocks(clock);
    unlocks.unlock({ place: PROD, label: "prod", level: "confirm" });
    time.wall += UNLOCKED_MS;
    assert.ok(!unlocks.lifts("confirm", PROD, "order"));
  });

  it("starts anew when it's unlocked again, and ends when it's locked", () => {
    const unlocks = new Unlocks(clock);
    unlocks.unlock({ place: PROD, label: "prod", level: "confirm" });
    pass(60_000);
    unlocks.unlock({ place: PROD, label: "prod", level: "confirm" });
    const [only, ...others] = unlocks.current;
    assert.deepEqual([only && unlocks.leftMs(only), others.length], [UNLOCKED_MS, 0]);
    unlocks.lock();
    assert.ok(!unlocks.lifts("confirm", PROD, "order"));
  });
});
