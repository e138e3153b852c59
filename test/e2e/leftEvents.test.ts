import assert from "node:assert/strict";
import { answerWith, LambdaServer } from "../support/lambdaServer.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";

const REQUEST = "8f507cfc-0000-4000-8000-000000000077";
const SEARCH = "Logs_20140328.FilterLogEvents";

describe("an event on AWS whose window is closed", () => {
  const workbench = useWorkbench();
  let server: LambdaServer;
  before(async () => {
    server = await LambdaServer.start();
    server.pages = [[{ FunctionName: "order" }]];
    server.answer = answerWith(202, "", { "x-amzn-requestid": REQUEST });
    await workbench().setSettings({
      "lambdaInvoke.local.enabled": false,
      "lambdaInvoke.connections": [server.connection("test")],
    });
  });
  after(() => server[Symbol.asyncDispose]());

  it("is followed to its end by the next one, which sends nothing", async () => {
    await workbench().openSidebar();
    await workbench().tree("Functions").expand("test");
    await workbench().openFile("events/order.json");
    await workbench().untilDone(
      () => workbench().tree("Functions").rowAction("order", "Invoke Function Asynchronously"),
      () => Promise.resolve(server.invocations.length === 1),
    );
    await workbench().output.waitFor(/ACCEPTED/);
    await server.searched(1);
    await workbench().runCommand("View: Show Explorer");
    await workbench().reload();
    const before = server.seen.length;
    await workbench().openSidebar();
    await server.searched(server.searches + 1);
    server.log = [
      [
        { message: `START RequestId: ${REQUEST} Version: $LATEST\n`, timestamp: Date.now() },
        {
          message: `REPORT RequestId: ${REQUEST}\tDuration: 5.20 ms\tBilled Duration: 6 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t\n`,
          timestamp: Date.now(),
        },
      ],
    ];
    await workbench().runCommand("Lambda: Show Output");
    await workbench().output.waitFor(/Resume: order[^]*This one goes on[^]*Attempt 1: order[^]*ENDED/);
    assert.equal(server.invocations.length, 1);
    const others = server.seen.slice(before).filter((each) => each !== SEARCH && !each.startsWith("GET "));
    assert.deepEqual(others, []);
  });
});
