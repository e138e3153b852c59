import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SandboxEvents } from "../../src/sandbox/sandboxEvents.ts";

const result = { kind: "error", requestId: "a", body: Buffer.from("{}") } as const;

describe("local: a sandbox's events", () => {
  it("include a request for the next event that overtook the result before it", async () => {
    const events = new SandboxEvents();
    const reading = events.wait(["response", "error"], Infinity);
    events.push({ kind: "next" });
    events.push(result);
    assert.equal(await reading, result);
    assert.deepEqual(await events.wait(["next"], Infinity), { kind: "next" });
  });

  it("are skipped where nobody waits for their kind", async () => {
    const events = new SandboxEvents();
    events.push(result);
    events.push({ kind: "next" });
    assert.deepEqual(await events.wait(["next"], Infinity), { kind: "next" });
    events.push({ kind: "exited", reason: "exit code 1" });
    assert.equal((await events.wait(["error"], Infinity)).kind, "exited");
  });

  it("end with the exit, also for later readers, after what arrived before it", async () => {
    const events = new SandboxEvents();
    events.push(result);
    events.push({ kind: "exited", reason: "exit code 1" });
    assert.equal(await events.wait(["error"], Infinity), result);
    for (const _ of [1, 2]) assert.equal((await events.wait(["error"], Infinity)).kind, "exited");
  });
});
