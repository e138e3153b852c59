import assert from "node:assert/strict";
import { LambdaServer, answerWith } from "../support/lambdaServer.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";
import type { Tree } from "./harness/tree.ts";

describe("while a function runs", () => {
  const workbench = useWorkbench();
  const tree = (): Tree => workbench().tree("Functions");
  let server: LambdaServer;

  before(async () => {
    server = await LambdaServer.start();
    server.pages = [["other", "quick", "waits"].map((name) => ({ FunctionName: name }))];
    await workbench().openSidebar();
    await workbench().setSettings({ "lambdaInvoke.connections": [server.connection("test")] });
    await tree().expand("test");
    await tree().row("waits").waitFor();
  });
  after(() => server[Symbol.asyncDispose]());

  it("shows for how long, and cancelling says that it may still be running", async () => {
    await workbench().openFile("events/slow.json");
    await workbench().replaceText('{ "seconds": 15 }');
    await tree().rowAction("slow", "Invoke Function");
    await tree().row("slow").locator(".codicon-loading").waitFor();
    const progress = workbench().notification(/Invoking slow on Local: [12] s/);
    await progress.waitFor();
    await tree()
      .row("slow")
      .getByText(/running · \d s/)
      .waitFor();
    await workbench().statusItem("slow · Local").waitFor();
    await progress.getByRole("button", { name: "Cancel" }).click();
    await workbench().notification("Stopped waiting. The function may still be running.").waitFor();
    await workbench().output.waitFor(/UNKNOWN {2}Whether the function ran is not known/);
    await tree().row("slow").getByText("nodejs24.x").waitFor();
    await progress.waitFor({ state: "detached" });
  });

  it("stops waiting by the row's button, after one request", async () => {
    server.answer = () => {};
    await tree().rowAction("waits", "Invoke Function");
    await server.arrived(1);
    await tree().rowAction("waits", "Stop Waiting for Invocation");
    await workbench().output.waitFor(/Invoke: waits on test[^]*UNKNOWN/);
    await tree().row("waits").locator(".codicon-loading").waitFor({ state: "detached" });
    assert.equal(server.invocations.length, 1);
  });

  it("starts once for a double click", async () => {
    server.answer = answerWith(200, '"once"');
    server.invocations.length = 0;
    const row = tree().row("quick");
    await row.hover();
    await row.getByRole("button", { name: "Invoke Function", exact: true }).dblclick();
    // Commands are taken one after the other: once this one is through, so is the second click.
    await tree().rowAction("other", "Invoke Function");
    await workbench().output.waitFor(/Invoke: other on test[^]*RETURNED/);
    assert.deepEqual(
      server.invocations.map(({ functionName }) => functionName),
      ["quick", "other"],
    );
  });

  it("asks before a second start of what still runs", async () => {
    server.answer = () => {};
    server.invocations.length = 0;
    await tree().rowAction("waits", "Invoke Function");
    await tree()
      .row("waits")
      .getByText(/running · \d s/)
      .waitFor();
    await workbench().contextMenu(tree().row("waits"), "Invoke Function");
    await workbench()
      .dialog.getByText(/waits has been running for \d s. Invoke it a second time\?/)
      .waitFor();
    await workbench().dialog.getByRole("button", { name: "Cancel" }).click();
    assert.equal(server.invocations.length, 1);
    await workbench().runCommand("Lambda: Stop Waiting for Invocation");
    await tree().row("waits").locator(".codicon-loading").waitFor({ state: "detached" });
  });
});
