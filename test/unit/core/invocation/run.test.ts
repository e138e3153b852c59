import assert from "node:assert/strict";
import fc from "fast-check";
import { tries } from "../../../../tools/testing/variation.ts";
import type { InvocationMode } from "../../../../src/core/invocation/invocationSpec.ts";
import { callOf, requestOf, withPass } from "../../../support/invocations.ts";
import { type Connect, run as streamOf } from "../../../../src/core/invocation/run.ts";
import { ManualClock } from "./manualClock.ts";
import { run } from "./running.ts";
import { answer, failure, notSent, ScriptedApi, type Turn } from "./scriptedApi.ts";

describe("an invocation that is answered", () => {
  for (const [name, mode, reply, verdict] of [
    ["200", "RequestResponse", answer(200, "1"), "returned"],
    [
      "200 with a FunctionError",
      "RequestResponse",
      answer(200, "{}", { functionError: "Unhandled" }),
      "failed",
    ],
    [
      "200 with an empty FunctionError",
      "RequestResponse",
      answer(200, "{}", { functionError: "" }),
      "failed",
    ],
    ["202", "Event", answer(202), "accepted"],
    ["204", "DryRun", answer(204), "valid"],
    ["a status that Lambda does not give", "RequestResponse", answer(206, "1"), "unknown"],
  ] as const) {
    it(`with ${name} is ${verdict}, after one request`, async () => {
      const { record, api, clock } = await run([reply], { mode });
      assert.equal(record.verdict, verdict);
      assert.equal(record.statusCode, reply.statusCode);
      assert.equal(record.attempts, 1);
      assert.equal(api.calls.length, 1);
      assert.equal(clock.waiting, 0);
    });
  }

  it("becomes a record of what was sent and what came", async () => {
    const log =
      "REPORT RequestId: r\tDuration: 2 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 9 MB";
    const reply = answer(200, '{"é":1}', { requestId: "r", executedVersion: "7", log });
    const clock = new ManualClock();
    const slow: Turn = async (signal) => {
      await clock.sleep(45, signal);
      return reply;
    };
    const { record } = await run([slow], { function: { name: "order", qualifier: "live" } }, clock);
    assert.deepEqual(record, {
      id: "id-1",
      function: { name: "order", qualifier: "live" },
      connection: "Local",
      mode: "RequestResponse",
      startedAt: "2026-11-21T10:00:00.000Z",
      durationMs: 45,
      attempts: 1,
      payload: { text: '{"a":1}', bytes: 7 },
      verdict: "returned",
      statusCode: 200,
      requestId: "r",
      executedVersion: "7",
      response: { text: '{"é":1}' },
      responseBytes: 8,
      report: { durationMs: 2, billedDurationMs: 3, memorySizeMb: 128, maxMemoryUsedMb: 9 },
      log,
    });
  });

  it("sends the call as it was asked for", async () => {
    const changes = {
      function: {
        name: "order",
        arn: "arn:aws:lambda:eu-central-1:123456789012:function:order",
        qualifier: "2",
      },
      payload: '"é"',
      clientContext: { custom: { a: 1 } },
      tenantId: "blue",
    };
    const { api, record } = await run([answer(200)], changes);
    assert.deepEqual(api.calls, [{ ...callOf(changes), pass: api.calls[0]?.pass }]);
    const { clientContext, tenantId } = record;
    assert.deepEqual({ clientContext, tenantId }, { clientContext: { custom: { a: 1 } }, tenantId: "blue" });
  });

  for (const mode of ["Event", "DryRun"] as const) {
    it(`asks for no log in mode ${mode}`, async () => {
      const { api } = await run([answer(202)], { mode });
      const pass = api.calls[0]?.pass;
      assert.deepEqual(api.calls, [{ ...callOf({ mode, logTail: false }), pass }]);
    });
  }

  it("has an empty response where the function returned nothing, and none where nothing can be returned", async () => {
    const returned = (await run([answer(200)])).record;
    assert.deepEqual(returned.response, { text: "" });
    assert.equal(returned.responseBytes, 0);
    assert.equal("response" in (await run([answer(202)], { mode: "Event" })).record, false);
  });

  for (const [runtime, body, expected] of [
    [
      "Node.js",
      { errorType: "TypeError", errorMessage: "no", trace: ["TypeError: no", "    at f"] },
      { message: "no", errorType: "TypeError", stackTrace: ["TypeError: no", "    at f"] },
    ],
    [
      "Python",
      { errorType: "KeyError", errorMessage: "'a'", requestId: "r", stackTrace: ['  File "f.py", line 3'] },
      { message: "'a'", errorType: "KeyError", stackTrace: ['  File "f.py", line 3'] },
    ],
    [
      "an old Python",
      { errorType: "KeyError", errorMessage: "'a'", stackTrace: [["/f.py", 3, "handler", "x"]] },
      { message: "'a'", errorType: "KeyError", stackTrace: ["/f.py 3 handler x"] },
    ],
    [
      "Lambda itself",
      { errorMessage: "2026-11-21 r Task timed out after 3.00 seconds" },
      { message: "2026-11-21 r Task timed out after 3.00 seconds" },
    ],
    ["an object without a message", { oops: 1 }, { message: "The function gave no message." }],
    ["a list", [1], { message: "The function gave no message." }],
    ["a null", null, { message: "The function gave no message." }],
  ] as const) {
    it(`has the function's own error as ${runtime} gives it`, async () => {
      const reply = answer(200, JSON.stringify(body), { functionError: "Unhandled" });
      const { record } = await run([reply]);
      assert.deepEqual(record.error, { name: "Unhandled", ...expected });
      assert.equal(record.functionError, "Unhandled");
    });
  }

  it("has the function's own error even if that isn't JSON or UTF-8", async () => {
    for (const payload of [Buffer.from("oops"), Buffer.from([0, 255])]) {
      const { record } = await run([{ ...answer(200), payload, functionError: "Unhandled" }]);
      assert.deepEqual(record.error, { name: "Unhandled", message: "The function gave no message." });
      assert.equal(record.verdict, "failed");
    }
  });
});

describe("an invocation that fails", () => {
  for (const [name, reply] of [
    ["the connection was reset", failure("ECONNRESET")],
    ["Lambda had an error of its own", failure("ServiceException", 500)],
    ["a gateway answered", failure("HTTP 502", 502)],
  ] as const) {
    it(`is sent once where ${name}`, async () => {
      const { record, api } = await run([reply, answer(200)]);
      assert.deepEqual([api.calls.length, record.attempts, record.verdict], [1, 1, "unknown"]);
    });
  }

  it("is sent once where it must be fixed first", async () => {
    const { record, api } = await run([failure("InvalidRequestContentException", 400), answer(200)]);
    assert.deepEqual([api.calls.length, record.attempts, record.verdict], [1, 1, "notRun"]);
    assert.deepEqual(record.error, {
      name: "InvalidRequestContentException",
      message: "It was InvalidRequestContentException.",
      reason: "payloadNotJson",
    });
  });

  it("is sent three times at most where it certainly did not run", async () => {
    const { record, api, clock } = await run([failure("TooManyRequestsException", 429)]);
    assert.deepEqual([api.calls.length, record.attempts, record.verdict], [3, 3, "notRun"]);
    assert.deepEqual(clock.sleeps, [200, 400]);
    assert.equal(record.durationMs, 600);
  });

  it("ends with the first answer after a refusal", async () => {
    const { record, api } = await run([failure("ResourceNotReadyException", 502), answer(200, "1")]);
    assert.deepEqual([api.calls.length, record.attempts, record.verdict], [2, 2, "returned"]);
    assert.equal("error" in record, false);
  });

  it("is not sent again once a later attempt may have run", async () => {
    const script = [failure("TooManyRequestsException", 429), failure("ECONNRESET"), answer(200)];
    const { record, api } = await run(script);
    assert.deepEqual([api.calls.length, record.attempts, record.verdict], [2, 2, "unknown"]);
  });

  it("counts as requests only what was sent", async () => {
    const refused = await run([notSent("ECONNREFUSED")]);
    assert.deepEqual([refused.api.calls.length, refused.record.attempts], [3, 0]);
    const mixed = await run([notSent("EAI_AGAIN"), failure("TooManyRequestsException", 429), answer(200)]);
    assert.deepEqual([mixed.api.calls.length, mixed.record.attempts], [3, 2]);
  });

  it("waits between half of the pause and one and a half, by chance", async () => {
    for (const [luck, sleeps] of [
      [0, [100, 200]],
      [1, [300, 600]],
    ] as const) {
      const clock = new ManualClock();
      clock.luck = luck;
      await run([notSent("ECONNREFUSED")], {}, clock);
      assert.deepEqual(clock.sleeps, sleeps);
    }
  });

  it("waits as long as Lambda asks, up to five seconds", async () => {
    const pause = (retryAfterMs: number): Turn => failure("TooManyRequestsException", 429, { retryAfterMs });
    const { clock } = await run([pause(2000), pause(60_000), answer(200)]);
    assert.deepEqual(clock.sleeps, [2000, 5000]);
  });

  it("names the reason of a throttle", async () => {
    const reason = "ReservedFunctionConcurrentInvocationLimitExceeded";
    const { record } = await run([failure("TooManyRequestsException", 429, { reason })]);
    assert.equal(record.error?.message, `It was TooManyRequestsException. (${reason})`);
  });

  it("is never sent again after anything that may have run, whatever comes before and after", async () => {
    const turns = [
      failure("TooManyRequestsException", 429),
      failure("ServiceException", 500),
      failure("ECONNRESET"),
      failure("KMSDisabledException", 502),
      failure("HTTP 502", 502),
      notSent("ECONNREFUSED"),
      notSent("SsoSessionExpired"),
      answer(200, "1"),
      answer(200, "{}", { functionError: "Unhandled" }),
    ];
    const mayHaveRun = new Set([...turns.slice(1, 3), turns[4], ...turns.slice(7)]);
    const mode = fc.constantFrom<InvocationMode>("RequestResponse", "Event", "DryRun");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...turns), { minLength: 1, maxLength: 5 }),
        mode,
        async (script, mode) => {
          const { record, api } = await run(script, { mode });
          const used = api.calls.map((_, index) => script[Math.min(index, script.length - 1)]);
          assert.ok(used.length <= 3);
          assert.ok(used.slice(0, -1).every((reply) => !mayHaveRun.has(reply ?? answer(200))));
          const sent = used.filter((reply) => reply?.kind === "answer" || reply?.sent === true);
          assert.equal(record.attempts, sent.length);
        },
      ),
      tries(100, 1000),
    );
  });
});

describe("the log tail", () => {
  const message = "Tail logs are not supported for functions on managed instances.";
  const refusal = failure("InvalidParameterValueException", 400, { message });

  it("is dropped where the function has none, and the event sent again at once", async () => {
    const { record, api, clock } = await run([refusal, answer(200, "1")]);
    assert.deepEqual(
      api.calls.map(({ logTail }) => logTail),
      [true, false],
    );
    assert.deepEqual([record.attempts, record.verdict, clock.sleeps.length], [2, "returned", 0]);
  });

  it("is dropped once only", async () => {
    const { record, api } = await run([refusal]);
    assert.deepEqual([api.calls.length, record.attempts, record.verdict], [2, 2, "notRun"]);
  });

  it("doesn't lead to a second request if it wasn't asked for, or another parameter is wrong", async () => {
    assert.equal((await run([refusal], { logTail: false })).api.calls.length, 1);
    assert.equal((await run([refusal], { mode: "Event" })).api.calls.length, 1);
    const other = failure("InvalidParameterValueException", 400, { message: "TenantId is missing" });
    assert.equal((await run([other])).api.calls.length, 1);
  });
});

describe("the stream of an invocation", () => {
  const events = async (connect: Connect): Promise<string[]> => {
    const seen: string[] = [];
    const stream = streamOf(
      await withPass(requestOf()),
      connect,
      new ManualClock(),
      new AbortController().signal,
    );
    try {
      for await (const event of stream) seen.push(event.type);
    } catch (error) {
      seen.push(String(error));
    }
    return seen;
  };

  it("says that it has started before anything is opened, and ends with the record", async () => {
    const order: string[] = [];
    const connect: Connect = () => {
      order.push("opened");
      return Promise.resolve(new ScriptedApi(answer(200)));
    };
    const stream = streamOf(
      await withPass(requestOf()),
      connect,
      new ManualClock(),
      new AbortController().signal,
    );
    const first = await stream.next();
    assert.deepEqual([first.value?.type, order], ["started", []]);
    assert.equal((await stream.next()).value?.type, "ended");
    assert.equal((await stream.next()).done, true);
  });

  it("ends with why nothing could be sent, without a record", async () => {
    const seen = await events(() => Promise.reject(new Error("no debugger")));
    assert.deepEqual(seen, ["started", "Error: no debugger"]);
  });

  it("has the id of the record from its start", async () => {
    const clock = new ManualClock();
    const ids: (string | undefined)[] = [];
    const connect: Connect = () => Promise.resolve(new ScriptedApi(answer(200)));
    for await (const event of streamOf(
      await withPass(requestOf()),
      connect,
      clock,
      new AbortController().signal,
    )) {
      if (event.type === "started") ids.push(event.id);
      if (event.type === "ended") ids.push(event.record.id);
    }
    assert.deepEqual(ids, ["id-1", "id-1"]);
  });
});
