import assert from "node:assert/strict";
import * as vscode from "vscode";
import { answerWith, LambdaServer, refuseWith } from "../support/lambdaServer.ts";
import { ourExtension, recordOf, run, until } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

const scripted = { function: "order", connection: "test", payload: "{}" };

describe("when the Lambda API does not simply answer", () => {
  let server: LambdaServer;
  let settings: AsyncDisposable;

  beforeEach(async () => {
    await ourExtension().activate();
    server = await LambdaServer.start();
    settings = await withSettings({ connections: [server.connection("test")] });
  });
  afterEach(async () => {
    await settings[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("sends again where it was throttled, and says how often it sent", async () => {
    server.answer = (response, invocation) =>
      (server.invocations.length < 3
        ? refuseWith(429, "TooManyRequestsException")
        : answerWith(200, '"third"'))(response, invocation);
    const record = await recordOf(run("invoke", scripted));
    assert.partialDeepStrictEqual(record, {
      verdict: "returned",
      attempts: 3,
      response: { text: '"third"' },
    });
    assert.equal(server.invocations.length, 3);
  });

  it("sends once where the answer is lost, and says that nobody knows whether it ran", async () => {
    server.answer = (response) => void response.destroy();
    const record = await recordOf(run("invoke", scripted));
    assert.partialDeepStrictEqual(record, { verdict: "unknown", attempts: 1 });
    assert.equal(server.invocations.length, 1);
  });

  it("sends nothing to a server that is not there, and says that nothing ran", async () => {
    await server[Symbol.asyncDispose]();
    const record = await recordOf(run("invoke", scripted));
    assert.partialDeepStrictEqual(record, { verdict: "notRun", attempts: 0 });
    server = await LambdaServer.start();
  });

  it("stops waiting when it is cancelled: the one request is dropped, and whether it ran is unknown", async () => {
    server.answer = () => {};
    const result = recordOf(run("invoke", scripted));
    await server.arrived(1);
    await vscode.commands.executeCommand("lambdaInvoke.cancelInvocation");
    const record = await result;
    assert.partialDeepStrictEqual(record, {
      verdict: "unknown",
      attempts: 1,
      error: { name: "Cancelled" },
    });
    assert.equal(server.invocations.length, 1);
    await until("the request's connection is closed", () => server.invocations[0]?.isGone());
  });

  it("shows a response that is not JSON, and one that is not text, as what it is", async () => {
    server.answer = answerWith(200, "<html>");
    const text = await recordOf(run("invoke", scripted));
    assert.deepEqual(text.response, { text: "<html>" });
    server.answer = (response) => {
      response.writeHead(200);
      response.end(Buffer.from([0xff, 0x00, 0x80]));
    };
    const bytes = await recordOf(run("invoke", scripted));
    assert.deepEqual(bytes.response, { base64: "/wCA" });
    assert.equal(bytes.responseBytes, 3);
  });
});
