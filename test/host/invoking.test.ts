import assert from "node:assert/strict";
import type { InvocationRecord } from "../../src/core/invocation/record.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { ourExtension, recordOf, run, shows, until } from "./harness/extension.ts";

const order = JSON.stringify({ id: "A-1", items: [{ sku: "tea", quantity: 2, price: 450 }] });
const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

describe("invoking a function of the workspace by command", () => {
  before(() => ourExtension().activate());

  it("resolves to the whole record of a synchronous invocation", async () => {
    const record = await recordOf(run("invoke", { function: "order", connection: "Local", payload: order }));
    const {
      id,
      startedAt,
      durationMs,
      requestId,
      response,
      report,
      log,
      function: invoked,
      ...rest
    } = record;
    assert.match(id, uuid);
    assert.match(requestId ?? "", uuid);
    assert.equal(new Date(startedAt).toISOString(), startedAt);
    assert.ok(durationMs > 0);
    assert.equal(invoked.name, "order");
    assert.deepEqual(responseOf(record), {
      id: "A-1",
      status: "accepted",
      quantity: 2,
      total: 900,
      currency: "EUR",
    });
    assert.ok(report && report.durationMs >= 0 && report.billedDurationMs > 0 && report.memorySizeMb === 128);
    assert.match(log ?? "", /Order A-1: 2 pieces/);
    assert.deepEqual(rest, {
      connection: "Local",
      mode: "RequestResponse",
      attempts: 1,
      payload: { text: order, bytes: order.length },
      verdict: "returned",
      statusCode: 200,
      executedVersion: "$LATEST",
      responseBytes: response && "text" in response ? response.text.length : 0,
    });
  });

  it("resolves to 'accepted' as soon as an asynchronous one is queued", async () => {
    const record = await recordOf(
      run("invokeAsync", { function: "slow", connection: "Local", payload: '{"seconds":1}' }),
    );
    assert.match(record.requestId ?? "", uuid);
    assert.partialDeepStrictEqual(record, {
      mode: "Event",
      verdict: "accepted",
      statusCode: 202,
      attempts: 1,
    });
    assert.equal(record.log, undefined);
    assert.equal(record.response, undefined);
    await until("the event's end", () => shows(record.requestId, "Attempt 1"));
  });

  it("runs nothing for a check", async () => {
    const record = await recordOf(run("dryRun", { function: "order", connection: "Local", payload: "{}" }));
    assert.partialDeepStrictEqual(record, {
      mode: "DryRun",
      verdict: "valid",
      statusCode: 204,
      attempts: 1,
    });
    assert.equal(record.response, undefined);
    assert.equal(record.log, undefined);
  });

  it("tells a function's own error as a result, with its type and its stack", async () => {
    using dialogs = answerDialogs();
    const record = await recordOf(
      run("invoke", { function: "order", connection: "Local", payload: '{"id":"A-2","items":[]}' }),
    );
    assert.equal(record.verdict, "failed");
    assert.equal(record.statusCode, 200);
    assert.equal(record.functionError, "Unhandled");
    assert.equal(record.error?.errorType, "OrderError");
    assert.equal(record.error.message, "Order A-2 has no items.");
    assert.match(record.error.stackTrace?.join("\n") ?? "", /index\.mjs/);
    assert.equal(record.attempts, 1);
    assert.deepEqual(dialogs.shown, []);
  });

  it("tells that a function which is not there did not run", async () => {
    const record = await recordOf(run("invoke", { function: "nobody", connection: "Local", payload: "{}" }));
    assert.partialDeepStrictEqual(record, {
      verdict: "notRun",
      statusCode: 404,
      attempts: 1,
    });
    assert.equal(record.error?.name, "ResourceNotFoundException");
  });

  it("sends nothing to a connection that does not exist, and names those that do", async () => {
    using dialogs = answerDialogs();
    const result = await run("invoke", { function: "order", connection: "nowhere", payload: "{}" });
    assert.equal(result, undefined);
    assert.equal(dialogs.shown.length, 1);
    assert.match(dialogs.shown[0] ?? "", /no connection called nowhere.*Nothing was sent.*Local/);
  });

  it("sends nothing where the payload given is not JSON, and says why", async () => {
    using dialogs = answerDialogs();
    const result = await run("invoke", { function: "order", connection: "Local", payload: '{"id": A-1}' });
    assert.equal(result, undefined);
    assert.equal(dialogs.shown.length, 1);
    assert.match(dialogs.shown[0] ?? "", /^Nothing was sent: the payload is not valid JSON/);
  });

  it("takes a payload with comments, and asks for no editor and no function", async () => {
    using dialogs = answerDialogs();
    const payload = '{ "name": "Ada", /* who */ }';
    const record = await recordOf(run("invoke", { function: "hello", connection: "Local", payload }));
    assert.equal(record.payload.text, '{ "name": "Ada"  }');
    assert.deepEqual(dialogs.shown, []);
  });

  it("invokes a qualifier, and says which version ran", async () => {
    const argument = { function: "hello", connection: "Local", qualifier: "$LATEST", payload: "{}" };
    const record = await recordOf(run("invoke", argument));
    assert.equal(record.function.qualifier, "$LATEST");
    assert.equal(record.executedVersion, "$LATEST");
  });
});

function responseOf({ response }: InvocationRecord): unknown {
  assert.ok(response && "text" in response);
  return JSON.parse(response.text);
}
