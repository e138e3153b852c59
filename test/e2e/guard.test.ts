import assert from "node:assert/strict";
import { LambdaServer } from "../support/lambdaServer.ts";
import type { Tree } from "./harness/tree.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";
import { waitUntil } from "./harness/waitUntil.ts";

describe("a function whose name must be typed", () => {
  const workbench = useWorkbench();
  const tree = (): Tree => workbench().tree("Functions");
  let server: LambdaServer;

  before(async () => {
    server = await LambdaServer.start();
    server.pages = [[{ FunctionName: "order" }]];
  });
  after(async () => {
    await workbench().setSettings({});
    await server[Symbol.asyncDispose]();
  });

  /** What VS Code draws behind a row's label. */
  const badges = (label: string): Promise<string[]> =>
    tree()
      .row(label)
      .locator("*")
      .evaluateAll((elements) => elements.map((each) => getComputedStyle(each, "::after").content));

  it("is red, is sent once it's typed, and for some minutes after it's unlocked", async () => {
    await workbench().openSidebar();
    await workbench().setSettings({
      "lambdaInvoke.local.enabled": false,
      "lambdaInvoke.connections": [{ ...server.connection("prod"), protected: "type" }],
    });
    await tree().expand("prod");
    for (const label of ["prod", "order"])
      await waitUntil(
        async () => (await badges(label)).includes('"P"'),
        () => `the badge of ${label}`,
      );
    const menu = await workbench().contextMenuLabels(tree().row("prod"));
    assert.ok(menu.includes("Unlock for 15 Minutes…"), menu.join(", "));
    await workbench().openFile("events/order.json");
    await tree().row("order").click();
    const red = workbench().page.locator(".statusbar-item.error-kind");
    await red.filter({ hasText: "order · prod" }).waitFor();

    const title = "Invoke order on prod synchronously?";
    await tree().rowAction("order", "Invoke Function");
    await workbench().answer("orders", title);
    await workbench().page.getByText("Type order, or press Escape to cancel").first().waitFor();
    assert.equal(server.invocations.length, 0);
    await workbench().answer("order", title);
    await workbench().output.waitFor(/Invoke: order on prod[^]*RETURNED/);
    assert.equal(server.invocations.length, 1);

    await workbench().runCommand("Lambda: Unlock for 15 Minutes…");
    await workbench().answer("order", "Unlock order on prod for 15 minutes?");
    const countdown = workbench().statusItem(/order on prod 1[0-5]:\d\d/);
    const first = await countdown.textContent();
    await waitUntil(
      async () => (await countdown.textContent()) !== first,
      () => `a countdown that goes on from ${first}`,
    );
    await tree().rowAction("order", "Invoke Function");
    await workbench().output.waitFor(/(Invoke: order on prod[^]*RETURNED[^]*){2}/);
    assert.equal(server.invocations.length, 2);

    await countdown.click();
    await countdown.waitFor({ state: "detached" });
    await tree().rowAction("order", "Invoke Function");
    await workbench().answer("order", title);
    await workbench().output.waitFor(/(Invoke: order on prod[^]*RETURNED[^]*){3}/);
    assert.equal(server.invocations.length, 3);
  });
});
