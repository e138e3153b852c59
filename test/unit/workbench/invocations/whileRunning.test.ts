import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import type {
  InvocationChange,
  RunningInvocation,
} from "../../../../src/workbench/invocations/invocationStore.ts";
import { whileRunning } from "../../../../src/workbench/invocations/whileRunning.ts";

/** What is announced of invocations, which are their ids here. */
function announcing() {
  let listener = (_change: InvocationChange): void => {};
  const steps: string[] = [];
  const onDidChange = (given: typeof listener) => {
    listener = given;
    return { dispose: () => {} };
  };
  whileRunning({ onDidChange }, ({ id }) => {
    steps.push(`${id} runs`);
    return () => steps.push(`${id} ends`);
  });
  const fire = (type: "started" | "abandoned", invocation: RunningInvocation) =>
    listener({ type, invocation });
  return { fire, steps };
}

const named = (id: string) => ({ id }) as RunningInvocation;

describe("an invocation that is under way", () => {
  it("is announced once it takes a moment, and so is its end; what ends sooner isn't", async () => {
    const { fire, steps } = announcing();
    const [short, long] = [named("short"), named("long")];
    fire("started", short);
    fire("started", long);
    fire("abandoned", short);
    assert.deepEqual(steps, []);
    while (steps.length === 0) await sleep(5);
    fire("abandoned", long);
    await sleep(300);
    assert.deepEqual(steps, ["long runs", "long ends"]);
  });
});
