import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { ApiError, throttled } from "../../src/model/errors.ts";
import { parseAttemptLine, SERVICE_STREAMS } from "../../src/contract/attemptLine.ts";
import { declare, eventFor, failed, openQueue, returned, type Play } from "./queueHost.ts";
import { pause } from "../pause.ts";

const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:lost";
const always: Play = () => returned(1);
const never: Play = () => failed("always");
/** What was written about the destinations of the function. */
const deliveriesOf = ({ logs }: Awaited<ReturnType<typeof openQueue>>) =>
  logs.lines("/aws/lambda/fn").filter(({ stream }) => stream === SERVICE_STREAMS.destinations);

describe("local: event queue", () => {
  it("retries a failing function twice, with the same request id and payload", async () => {
    await using host = await openQueue([declare("fn")], never);
    await host.queue.accept(eventFor("fn", "id-1", { payload: '{"n":1.0}' }));
    while (host.logs.lines("/aws/lambda/fn").length < 3) await pause();
    assert.ok(host.notes.includes("Event id-1 for fn won't be retried: it failed 3 times."));
    assert.equal(host.runs.length, 3);
    const attempts = host.logs.lines("/aws/lambda/fn").map(({ message }) => parseAttemptLine(message));
    assert.deepEqual(
      attempts.map((attempt) => [attempt?.number, attempt?.outcome, attempt?.retryInMs !== undefined]),
      [
        [1, "failed", true],
        [2, "failed", true],
        [3, "failed", false],
      ],
    );
    for (const { invocation } of host.runs) {
      assert.deepEqual([invocation.requestId, invocation.payload.toString()], ["id-1", '{"n":1.0}']);
      assert.equal(invocation.invokedArn, arn("fn"));
    }
  });

  for (const [maximumRetryAttempts, runs] of [
    [0, "1 time"],
    [1, "2 times"],
    [2, "3 times"],
  ] as const) {
    it(`makes ${maximumRetryAttempts} retries if the function declares that many`, async () => {
      await using host = await openQueue([declare("fn", { eventInvoke: { maximumRetryAttempts } })], never);
      await host.queue.accept(eventFor("fn", "id"));
      await host.until(() => host.notes.includes(`Event id for fn won't be retried: it failed ${runs}.`));
      assert.equal(host.runs.length, maximumRetryAttempts + 1);
    });
  }

  it("stops after the first success", async () => {
    await using host = await openQueue([declare("fn")], (_, n) => (n < 3 ? failed("not yet") : returned(1)));
    await host.queue.accept(eventFor("fn", "id"));
    await host.queue.accept(eventFor("fn", "other"));
    await host.until(() => host.runs.length === 4);
    assert.deepEqual(host.notes, []);
  });

  it("retries a throttled event without counting a failure", async () => {
    await using host = await openQueue([declare("fn")], (_, n) => {
      if (n <= 20) throw throttled("ConcurrentInvocationLimitExceeded");
      return failed("in the end");
    });
    await host.queue.accept(eventFor("fn", "id"));
    await host.until(() => host.notes.includes("Event id for fn won't be retried: it failed 3 times."));
    assert.equal(host.runs.length, 23);
  });

  it("retries after an error of the service, and reports it", async () => {
    await using host = await openQueue([declare("fn")], (_, n) => {
      if (n === 1) throw new ApiError("InvalidRuntimeException", 502, "No such runtime here.");
      return returned(1);
    });
    await host.queue.accept(eventFor("fn", "id"));
    await host.until(() => host.runs.length === 2);
    assert.deepEqual(host.notes, [
      "Event id for fn couldn't be run and will be retried: No such runtime here.",
    ]);
  });

  it("drops an event that is too old", async () => {
    const fn = declare("fn", { eventInvoke: { maximumEventAgeSeconds: 60 } });
    await using host = await openQueue([fn], () => {
      host.clock.now += 31_000;
      throw throttled("ConcurrentInvocationLimitExceeded");
    });
    await host.queue.accept(eventFor("fn", "id"));
    await host.until(() => host.notes.includes("Event id for fn won't be retried: it's too old."));
    assert.equal(host.runs.length, 2);
  });

  it("drops an event after six hours by default", async () => {
    await using host = await openQueue([declare("fn")], always);
    host.clock.now = 6 * 60 * 60 * 1000 + 1;
    await host.queue.accept(eventFor("fn", "id"));
    await host.until(() => host.notes.length === 1);
    assert.equal(host.runs.length, 0);
  });

  it("keeps an event while its function isn't declared", async () => {
    await using host = await openQueue([], always);
    await host.queue.accept(eventFor("fn", "id"));
    host.declared.set(...declare("fn"));
    await host.until(() => host.runs.length === 1);
  });

  it("runs no event of a function with a concurrency of 0", async () => {
    await using host = await openQueue(
      [declare("fn", { reservedConcurrency: 0, deadLetterArn: QUEUE_ARN })],
      always,
    );
    await host.queue.accept(eventFor("fn", "id"));
    await host.until(() => deliveriesOf(host).length === 1);
    assert.ok(host.notes.includes("Event id for fn won't be retried: the function's concurrency is 0."));
    assert.equal(host.runs.length, 0);
  });

  it("runs ten events of a function at the same time, and the others in order", async () => {
    await using host = await openQueue([declare("fn")], always);
    const ids = Array.from({ length: 100 }, (_, n) => `id-${n}`);
    await Promise.all(ids.map((id) => host.queue.accept(eventFor("fn", id))));
    await host.until(() => host.runs.length === 100);
    assert.deepEqual(
      host.runs.map(({ invocation }) => invocation.requestId),
      ids,
    );
  });

  it("throttles events while too many bytes are queued", async () => {
    await using host = await openQueue([], always);
    const payload = JSON.stringify("x".repeat(2 * 1024 * 1024 - 2));
    for (const id of ["a", "b"]) await host.queue.accept(eventFor("fn", id, { payload }));
    await assert.rejects(host.queue.accept(eventFor("fn", "c", { payload })), { status: 429 });
    host.declared.set(...declare("fn"));
    await host.until(() => host.runs.length === 2);
    const again = () => host.queue.accept(eventFor("fn", "c", { payload }));
    while (await again().catch((error: unknown) => error)) await pause();
    await host.until(() => host.runs.length === 3);
  });
});

describe("local: event destinations", () => {
  const success = { eventInvoke: { onSuccess: arn("next"), onFailure: QUEUE_ARN } };
  const failure = {
    eventInvoke: { onSuccess: QUEUE_ARN, onFailure: `${arn("next")}:$LATEST`, maximumRetryAttempts: 1 },
  };

  it("get a record with both payloads unchanged on success", async () => {
    const play: Play = ({ functionName }) =>
      functionName === "fn" ? returned({ done: true }) : returned(null);
    await using host = await openQueue([declare("fn", success), declare("next")], play);
    host.clock.now = Date.parse("2026-01-02T03:04:05.678Z");
    await host.queue.accept(
      eventFor("fn", "id", { payload: '{"big":12345678901234567890}', acceptedAt: host.clock.now }),
    );
    await host.until(() => host.runs.length === 2);
    const { functionName, invocation } = host.runs[1] ?? assert.fail();
    assert.equal(functionName, "next");
    assert.notEqual(invocation.requestId, "id");
    const text = invocation.payload.toString();
    assert.ok(text.includes('"requestPayload":{"big":12345678901234567890}'), text);
    assert.deepEqual(
      { ...(JSON.parse(text) as object), requestPayload: undefined },
      {
        version: "1.0",
        timestamp: "2026-01-02T03:04:05.678Z",
        requestContext: {
          requestId: "id",
          functionArn: `${arn("fn")}:$LATEST`,
          condition: "Success",
          approximateInvokeCount: 1,
        },
        requestPayload: undefined,
        responseContext: { statusCode: 200, executedVersion: "$LATEST" },
        responsePayload: { done: true },
      },
    );
  });

  it("get a record with the error after the last retry", async () => {
    const play: Play = ({ functionName }) => (functionName === "fn" ? failed("broken") : returned(null));
    await using host = await openQueue([declare("fn", failure), declare("next")], play);
    await host.queue.accept(eventFor("fn", "id", { qualifier: "live" }));
    await host.until(() => host.runs.length === 3);
    const record = JSON.parse(host.runs[2]?.invocation.payload.toString() ?? "") as Record<
      string,
      Record<string, unknown>
    >;
    assert.deepEqual(record["requestContext"], {
      requestId: "id",
      functionArn: `${arn("fn")}:live`,
      condition: "RetriesExhausted",
      approximateInvokeCount: 2,
    });
    assert.deepEqual(record["responseContext"], {
      statusCode: 200,
      executedVersion: "$LATEST",
      functionError: "Unhandled",
    });
    assert.equal(record["responsePayload"]?.["errorType"], "Runtime.ExitError");
  });

  it("on AWS are recorded in the function's log and in a file", async () => {
    const fn = declare("fn", { deadLetterArn: QUEUE_ARN, eventInvoke: { onFailure: arn("elsewhere") } });
    await using host = await openQueue([fn], never);
    await host.queue.accept(eventFor("fn", "id", { payload: '{"n":1}' }));
    await host.until(() => deliveriesOf(host).length === 2);
    const [record = "", dead = ""] = deliveriesOf(host).map(({ message }) => message);
    assert.match(
      record,
      /^DESTINATION RequestId: id OnFailure: arn:\S+:elsewhere \(recorded, not sent\)\t\{"version":"1\.0",.*\}\n$/,
    );
    assert.equal(dead, `DESTINATION RequestId: id DeadLetter: ${QUEUE_ARN} (recorded, not sent)\t{"n":1}\n`);
    await host.until(() =>
      host.notes.some((note) => note.startsWith(`The DeadLetter record of event id for fn`)),
    );
    const file = await readFile(join(host.folder, "destinations.jsonl"), "utf8");
    const lines = file
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(lines[0]?.["kind"], "OnFailure");
  });

  it("are recorded with the reason if the record is too large", async () => {
    const play: Play = () => returned("x".repeat(1024 * 1024));
    await using host = await openQueue([declare("fn", success), declare("next")], play);
    await host.queue.accept(eventFor("fn", "id"));
    await host.until(() => deliveriesOf(host).length === 1);
    assert.match(deliveriesOf(host)[0]?.message ?? "", /\(not delivered: it's larger than 1048576 bytes\)\t/);
    assert.equal(host.runs.length, 1);
  });

  it("stop a loop of functions after sixteen rounds", async () => {
    await using host = await openQueue([declare("fn", { eventInvoke: { onSuccess: arn("fn") } })], always);
    await host.queue.accept(eventFor("fn", "id"));
    await host.until(() => deliveriesOf(host).length === 17);
    assert.equal(host.runs.length, 17);
    const last = deliveriesOf(host).at(-1)?.message ?? "";
    assert.match(last, /\(not delivered: the loop was stopped after 16 rounds\)/);
  });
});
