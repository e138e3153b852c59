import assert from "node:assert/strict";
import { useWorkbench } from "./harness/useWorkbench.ts";

describe("debugging on Local", () => {
  const workbench = useWorkbench();

  it("stops at a breakpoint in the handler, and returns the answer when it goes on", async () => {
    const { page, output } = workbench();
    await workbench().openSidebar();
    const tree = workbench().tree("Functions");
    await tree.row("order").waitFor();
    await workbench().openFile("functions/order/index.mjs");
    await workbench().editor.locator(".view-line").getByText("console").first().click();
    await page.keyboard.press("F9");
    await page.locator(".codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified").first().waitFor();

    await workbench().openFile("events/order.json");
    await workbench().contextMenu(tree.row("order"), "Debug Function Locally");
    await page.locator(".debug-top-stack-frame-line").first().waitFor();
    assert.equal(await output.text(), "");

    await page
      .locator(".debug-toolbar")
      .getByRole("button", { name: /^Continue/ })
      .click();
    const text = await output.waitFor(/RETURNED/);
    assert.match(text, /"total": 2190/);
    await page.locator(".debug-toolbar").waitFor({ state: "hidden" });
  });
});
