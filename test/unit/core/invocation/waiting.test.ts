import assert from "node:assert/strict";
import { DEADLINE_MARGIN_MS, deadlineMs } from "../../../../src/core/invocation/sendUntilSettled.ts";
import { invoke, requestOf } from "../../../support/invocations.ts";
import type { InvocationRecord } from "../../../../src/core/invocation/record.ts";
import { ManualClock } from "./manualClock.ts";
import { run } from "./running.ts";
import { answer, failure, hang, ScriptedApi, type Turn } from "./scriptedApi.ts";

describe("an invocation that is cancelled", () => {
  async function cancelled(
    turn: Turn,
  ): Promise<{ record: InvocationRecord; api: ScriptedApi; clock: ManualClock }> {
    const [api, clock, stop] = [new ScriptedApi(turn), new ManualClock(), new AbortController()];
    const invocation = invoke(requestOf(), api, clock, stop.signal);
    await clock.advance(150);
    stop.abort();
    return { record: await invocation, api, clock };
  }

  it("may still be running: it is unknown, and not sent again", async () => {
    const { record, api, clock } = await cancelled(hang());
    assert.deepEqual([api.calls.length, record.attempts, record.verdict], [1, 1, "unknown"]);
    assert.deepEqual(record.error, {
      name: "Cancelled",
      message: "Stopped waiting for the answer.",
      reason: "canceled",
    });
    assert.deepEqual([record.durationMs, clock.waiting], [150, 0]);
  });

  it("did not run where nothing had been sent", async () => {
    const { record } = await cancelled(hang(false));
    assert.deepEqual([record.attempts, record.verdict], [0, "notRun"]);
    assert.equal(record.error?.name, "CancelledBeforeSending");
  });

  it("during a pause is not sent again, and keeps the reason of the pause", async () => {
    const { record, api, clock } = await cancelled(failure("TooManyRequestsException", 429));
    assert.deepEqual([api.calls.length, record.attempts, record.verdict], [1, 1, "notRun"]);
    assert.equal(record.error?.name, "TooManyRequestsException");
    assert.deepEqual([record.durationMs, clock.waiting], [150, 0]);
  });

  it("while the log tail is refused is not sent again", async () => {
    const stop = new AbortController();
    const api = new ScriptedApi(() => {
      stop.abort();
      const message = "Tail logs are not supported";
      return Promise.resolve(failure("InvalidParameterValueException", 400, { message }));
    });
    await invoke(requestOf(), api, new ManualClock(), stop.signal);
    assert.equal(api.calls.length, 1);
  });

  it("keeps an answer that came all the same", async () => {
    const stop = new AbortController();
    const api = new ScriptedApi(() => {
      stop.abort();
      return Promise.resolve(answer(200, "1"));
    });
    assert.equal((await invoke(requestOf(), api, new ManualClock(), stop.signal)).verdict, "returned");
  });
});

describe("the deadline", () => {
  for (const [mode, timeoutSeconds, expected] of [
    ["RequestResponse", 3, 3_000 + DEADLINE_MARGIN_MS],
    ["RequestResponse", 900, 900_000 + DEADLINE_MARGIN_MS],
    ["RequestResponse", undefined, 900_000 + DEADLINE_MARGIN_MS],
    ["Event", 900, DEADLINE_MARGIN_MS],
    ["DryRun", 900, DEADLINE_MARGIN_MS],
  ] as const) {
    it(`of mode ${mode} is after ${expected} ms where the function's timeout is ${timeoutSeconds ?? "not known"}`, () => {
      assert.equal(deadlineMs(requestOf({ mode, timeoutSeconds })), expected);
    });
  }

  it("is the function's timeout and a margin: not a moment earlier", async () => {
    const [api, clock] = [new ScriptedApi(hang()), new ManualClock()];
    const invocation = invoke(requestOf(), api, clock, new AbortController().signal);
    await clock.advance(3_000 + DEADLINE_MARGIN_MS - 1);
    assert.equal(clock.waiting, 1);
    await clock.advance(1);
    const record = await invocation;
    assert.deepEqual([api.calls.length, record.attempts, record.verdict], [1, 1, "unknown"]);
    assert.deepEqual(record.error, {
      name: "DeadlineExceeded",
      message: "No answer came within 33 seconds.",
      reason: "deadlineExceeded",
    });
    assert.deepEqual([record.durationMs, clock.waiting], [33_000, 0]);
  });

  it("ends an attempt that could not even be sent, which did not run", async () => {
    const { record, api } = await run([hang(false)]);
    assert.deepEqual([api.calls.length, record.attempts, record.verdict], [1, 0, "notRun"]);
    assert.deepEqual(record.error, {
      name: "DeadlineExceeded",
      message: "No connection could be made within 33 seconds.",
      reason: "connectionBroken",
    });
  });

  it("begins anew with every attempt", async () => {
    const [clock, stop] = [new ManualClock(), new AbortController()];
    const slowRefusal: Turn = async (signal) => {
      await clock.sleep(32_000, signal);
      return failure("TooManyRequestsException", 429);
    };
    const api = new ScriptedApi(slowRefusal, hang());
    const invocation = invoke(requestOf(), api, clock, stop.signal);
    await clock.advance(1_000_000);
    const record = await invocation;
    assert.deepEqual([record.attempts, record.durationMs], [2, 32_000 + 200 + 33_000]);
  });
});
