import assert from "node:assert/strict";
import { setImmediate as pause } from "node:timers/promises";
import { describe, it } from "mocha";
import { Turns } from "../../../src/discovery/template/turns.ts";

describe("local: turns", () => {
  it("let one work at a time, also where one fails", async () => {
    const turns = new Turns();
    const steps: string[] = [];
    const work = (name: string, fails = false) =>
      turns.take(async () => {
        steps.push(`${name} begins`);
        await pause();
        steps.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const [first, second, third] = [work("a"), work("b", true), work("c")];
    await assert.rejects(second, new Error("b"));
    assert.deepEqual([await first, await third], ["a", "c"]);
    const inOrder = ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"];
    assert.deepEqual(steps, inOrder);
  });

  it("let other work of the event loop come in between", async () => {
    const turns = new Turns();
    const steps: string[] = [];
    const others = (async () => {
      for (let count = 0; steps.filter((step) => step === "piece").length < 3; count += 1) {
        assert.ok(count < 1000);
        steps.push("other");
        await pause();
      }
    })();
    await Promise.all([1, 2, 3].map(() => turns.take(() => steps.push("piece"))));
    await others;
    assert.ok(!steps.join().includes("piece,piece"), steps.join());
  });
});
