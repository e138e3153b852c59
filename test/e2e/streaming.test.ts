import assert from "node:assert/strict";
import { chunkFrame, completeFrame, EVENT_STREAM_HEADERS } from "../support/eventStream.ts";
import { LambdaServer } from "../support/lambdaServer.ts";
import type { Tree } from "./harness/tree.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";

describe("a streamed response", () => {
  const workbench = useWorkbench();
  const tree = (): Tree => workbench().tree("Functions");
  let server: LambdaServer;

  before(async () => {
    server = await LambdaServer.start();
    server.pages = [[{ FunctionName: "story" }]];
    await workbench().openSidebar();
    await workbench().setSettings({
      "lambdaInvoke.local.enabled": false,
      "lambdaInvoke.connections": [server.connection("test")],
    });
    await tree().expand("test");
    await workbench().openFile("events/order.json");
  });
  after(async () => {
    await workbench().setSettings({});
    await server[Symbol.asyncDispose]();
  });

  it("is shown while it arrives, and then as a whole", async () => {
    const goOn = Promise.withResolvers<void>();
    server.answer = (response) => {
      response.writeHead(200, EVENT_STREAM_HEADERS);
      response.write(chunkFrame('{"statusCode":201,"headers":{"x-story":"1"}}'));
      response.write(chunkFrame(Buffer.alloc(8)));
      response.write(chunkFrame("Once upon"));
      void goOn.promise.then(() => {
        response.write(chunkFrame(" a time"));
        response.end(completeFrame());
      });
    };
    await workbench().contextMenu(tree().row("story"), "Invoke Function with Streaming Response");
    const live = await workbench().output.waitFor(/Streaming Response: story on test[^]*Once upon/);
    assert.doesNotMatch(live, /a time|RETURNED/);
    assert.match(live, /[\d.]+ m?s {2}HTTP 201\n +x-story: 1\n[ \d.ms]+Once upon\n/);
    goOn.resolve();
    const whole = await workbench().output.waitFor(/RETURNED[^]*first byte after/);
    assert.match(
      whole,
      /Response \(16 bytes, text, not JSON\)\n {2}HTTP 201\n {2}x-story: 1\n\n {2}Once upon a time\n/,
    );
    assert.deepEqual(
      server.invocations.map(({ isStreaming }) => isStreaming),
      [true],
    );
  });

  it("can be stopped, which says that the function goes on", async () => {
    server.invocations.length = 0;
    server.answer = (response) => {
      response.writeHead(200, EVENT_STREAM_HEADERS);
      response.write(chunkFrame("Never ending"));
    };
    await workbench().contextMenu(tree().row("story"), "Invoke Function with Streaming Response");
    await workbench().output.waitFor(/Never ending/);
    await tree().rowAction("story", "Stop Waiting for Invocation");
    await workbench().notification("The function goes on, and is billed").waitFor();
    await workbench().output.waitFor(
      /Response \(12 bytes, text, not JSON, incomplete\)[^]*UNKNOWN {2}The function ran\. How it ended is not known/,
    );
    assert.equal(server.invocations.length, 1);
  });
});

describe("comparing both modes", () => {
  const workbench = useWorkbench();

  it("sends the event once in each, and goes on with what becomes of the second", async () => {
    await workbench().openSidebar();
    const functions = workbench().tree("Functions");
    await functions.expand("Local");
    await workbench().openFile("events/order.json");
    await workbench().contextMenu(functions.row("order"), "Compare Sync and Async…");
    await workbench().dialog.getByText("Invoke order on Local twice?").waitFor();
    await workbench().dialog.getByRole("button", { name: "Invoke Twice" }).click();
    const document = workbench().page.locator(".editor-group-container .view-lines");
    await document.getByText("order on Local: synchronous and asynchronous").waitFor();
    await document.getByText("ACCEPTED, then RETURNED").waitFor();
    const output = await workbench().output.waitFor(/Attempt 1: order on Local/);
    assert.equal([...output.matchAll(/ Invoke(?: Asynchronously)?: order on Local/g)].length, 2);
  });
});
