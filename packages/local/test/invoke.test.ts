import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { InvokeCommand, PublishVersionCommand } from "@aws-sdk/client-lambda";
import { functions, refusal, start, type TestService } from "./workspace.ts";

const sources = {
  echo: "export const handler = async (event, context) => ({ event, context });",
  raw: "export const handler = async (event) => event;",
  size: "export const handler = async (event) => JSON.stringify(event).length;",
  many: "export const handler = async ({ bytes }) => 'x'.repeat(bytes - 2);",
  talk: "export const handler = async ({ lines, width }) => { for (let n = 0; n < lines; n += 1) console.log(n, 'x'.repeat(width)); };",
};

const arn = "arn:aws:lambda:us-east-1:000000000000:function:echo";
const megabytes = (count: number) => count * 1024 * 1024;

/** JSON with exactly this many bytes. */
function text(bytes: number): string {
  return `"${"x".repeat(bytes - 2)}"`;
}

describe("local: Invoke", () => {
  let local: TestService;
  before(async () => {
    local = await start(functions(sources));
  });
  after(() => local[Symbol.asyncDispose]());

  const send = (name: string, Payload: string, more = {}) =>
    local.lambda.send(new InvokeCommand({ FunctionName: name, Payload, ...more }));

  it("answers a synchronous invocation with the payload, the version and a request ID", async () => {
    const result = await local.invoke("echo", { a: 1 });
    assert.equal(result.status, 200);
    assert.equal(result.error, undefined);
    assert.equal(result.version, "$LATEST");
    assert.match(result.requestId, /^[0-9a-f-]{36}$/);
    assert.deepEqual((result.payload as { event: unknown }).event, { a: 1 });
  });

  it("passes the context to the function", async () => {
    const { payload, requestId } = await local.invoke("echo");
    const { context } = payload as { context: Record<string, unknown> };
    assert.equal(context["awsRequestId"], requestId);
    assert.equal(context["functionName"], "echo");
    assert.equal(context["functionVersion"], "$LATEST");
    assert.equal(context["memoryLimitInMB"], "128");
    assert.equal(context["invokedFunctionArn"], arn);
    assert.equal(context["logGroupName"], "/aws/lambda/echo");
    assert.match(String(context["logStreamName"]), /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  });

  it("passes an empty object to the function without a payload", async () => {
    assert.deepEqual((await local.invoke("raw")).payload, {});
  });

  for (const payload of [null, true, 0, "text", [1, [2]], { ключ: "значение 🚀" }]) {
    it(`returns ${JSON.stringify(payload)}`, async () => {
      assert.deepEqual((await local.invoke("raw", payload)).payload, payload);
    });
  }

  for (const name of ["echo", "echo:$LATEST", "000000000000:function:echo", arn, `${arn}:$LATEST`]) {
    it(`finds the function by ${name}`, async () => {
      assert.equal((await local.invoke(name)).status, 200);
    });
  }

  it("accepts $LATEST as the qualifier", async () => {
    assert.equal((await local.invoke("echo", {}, { Qualifier: "$LATEST" })).version, "$LATEST");
  });

  for (const [name, more] of [
    ["nobody", {}],
    ["echo", { Qualifier: "7" }],
    ["echo", { Qualifier: "live" }],
    ["echo:live", {}],
    ["arn:aws:lambda:eu-west-1:000000000000:function:echo", {}],
    ["arn:aws:lambda:us-east-1:123456789012:function:echo", {}],
  ] as const) {
    for (const InvocationType of ["RequestResponse", "Event", "DryRun"] as const) {
      it(`doesn't find ${name} with ${JSON.stringify(more)} (${InvocationType})`, async () => {
        const { name: type, status } = await refusal(local.invoke(name, {}, { ...more, InvocationType }));
        assert.deepEqual([type, status], ["ResourceNotFoundException", 404]);
      });
    }
  }

  it("includes the name of an unknown function", async () => {
    const { message } = await refusal(local.invoke("nobody"));
    assert.equal(message, "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody");
  });

  it("refuses a name and a qualifier that contradict each other", async () => {
    const { name, status } = await refusal(local.invoke("echo:$LATEST", {}, { Qualifier: "live" }));
    assert.deepEqual([name, status], ["InvalidParameterValueException", 400]);
  });

  it("checks a dry run and runs nothing", async () => {
    const result = await local.invoke("echo", {}, { InvocationType: "DryRun" });
    assert.equal(result.status, 204);
    assert.equal(result.payload, undefined);
  });

  it("refuses a payload that isn't JSON in each mode, with the reason", async () => {
    for (const InvocationType of ["RequestResponse", "Event", "DryRun"] as const) {
      const { name, status, message } = await refusal(send("raw", "{ a: 1 }", { InvocationType }));
      assert.deepEqual([name, status], ["InvalidRequestContentException", 400]);
      assert.match(message, /^Could not parse request body into json: /);
    }
  });

  it("refuses a payload that isn't UTF-8", async () => {
    const Payload = Buffer.from([0x22, 0xff, 0x22]);
    const { name } = await refusal(local.lambda.send(new InvokeCommand({ FunctionName: "raw", Payload })));
    assert.equal(name, "InvalidRequestContentException");
  });

  it("accepts a synchronous payload of 6 MB, but not one byte more", async () => {
    const result = await send("size", text(megabytes(6)));
    assert.equal(Buffer.from(result.Payload ?? []).toString(), String(megabytes(6)));
    const { name, status } = await refusal(send("size", text(megabytes(6) + 1)));
    assert.deepEqual([name, status], ["RequestTooLargeException", 413]);
  });

  it("accepts an event of 1 MB, but not one byte more", async () => {
    assert.equal((await send("size", text(megabytes(1)), { InvocationType: "Event" })).StatusCode, 202);
    const { name, status, message } = await refusal(
      send("size", text(megabytes(1) + 1), { InvocationType: "Event" }),
    );
    assert.deepEqual([name, status], ["RequestTooLargeException", 413]);
    assert.equal(
      message,
      "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
    );
  });

  it("answers the next request on a connection whose body was too long", async () => {
    for (const size of [7, 40]) {
      assert.equal((await refusal(send("size", text(megabytes(size))))).status, 413);
      assert.equal((await local.invoke("raw", 1)).payload, 1);
    }
  });

  it("returns a response of 6 MB, and an error for a longer one", async () => {
    const whole = await local.invoke("many", { bytes: megabytes(6) });
    assert.equal((whole.payload as string).length, megabytes(6) - 2);
    const cut = await local.invoke("many", { bytes: megabytes(6) + 101 });
    assert.equal(cut.status, 200);
    assert.equal(cut.error, "Unhandled");
    assert.equal((cut.payload as { errorType: string }).errorType, "Function.ResponseSizeTooLarge");
    assert.equal((await local.invoke("many", { bytes: 3 })).payload, "x");
  });

  it("passes the client context to the function, with any characters", async () => {
    const context = { custom: { note: "ünï çødé 🚀\nsecond line" }, client: { installation_id: "1" } };
    const ClientContext = Buffer.from(JSON.stringify(context)).toString("base64");
    const { payload } = await local.invoke("echo", {}, { ClientContext });
    assert.deepEqual((payload as { context: { clientContext: unknown } }).context.clientContext, context);
  });

  it("refuses a client context that's longer than 3,583 bytes of base64, or isn't JSON", async () => {
    const long = Buffer.from(JSON.stringify({ custom: "x".repeat(2800) })).toString("base64");
    assert.equal(
      (await refusal(local.invoke("echo", {}, { ClientContext: long }))).name,
      "InvalidParameterValueException",
    );
    const { name } = await refusal(local.invoke("echo", {}, { ClientContext: "!" }));
    assert.equal(name, "InvalidRequestContentException");
  });

  it("returns the last 4 KB of the log, only on request", async () => {
    const { log } = await local.invoke("talk", { lines: 100, width: 100 });
    assert.equal(Buffer.byteLength(log), 4096);
    assert.match(log, /\t99 x{100}\nEND RequestId: .*\nREPORT RequestId: .*\n$/);
    const without = await local.lambda.send(new InvokeCommand({ FunctionName: "talk", Payload: "{}" }));
    assert.equal(without.LogResult, undefined);
  });

  it("refuses an unknown invocation type", async () => {
    const { name, status } = await refusal(local.invoke("echo", {}, { InvocationType: "Later" as "Event" }));
    assert.deepEqual([name, status], ["InvalidParameterValueException", 400]);
  });

  it("includes the name of an unsupported operation", async () => {
    const { status, message } = await refusal(
      local.lambda.send(new PublishVersionCommand({ FunctionName: "echo" })),
    );
    assert.equal(status, 404);
    assert.equal(message, "The local Lambda service doesn't support PublishVersion.");
  });
});
