import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { useWorkbench } from "./harness/useWorkbench.ts";

describe("following the log of a function", () => {
  const workbench = useWorkbench();
  const document = (): Locator => workbench().page.locator(".editor-group-container .view-lines");
  const button = (title: string): Locator =>
    workbench()
      .page.locator(".editor-group-container.active .editor-actions")
      .getByRole("button", { name: title });

  it("shows what it logs while it runs, with its levels in color, and ends by a button", async () => {
    await workbench().openSidebar();
    const functions = workbench().tree("Functions");
    await functions.expand("Local");
    await workbench().contextMenu(functions.row("order"), "Follow Logs");
    await document().getByText("Log: order on Local").waitFor();
    await document().getByText("Following /aws/lambda/order.").waitFor();
    await workbench().openFile("events/order.json");
    await workbench().untilDone(
      () => functions.rowAction("order", "Invoke Function"),
      async () => (await workbench().output.text()).includes("order on Local"),
    );
    await workbench().output.waitFor(/RETURNED/);
    const tab = workbench().page.locator('.tab[data-resource-name="order on Local log"]');
    await tab.click();
    await document().getByText("REPORT RequestId").first().waitFor();
    const info = document().locator("span").getByText("INFO", { exact: true }).first();
    await info.waitFor();
    const plain = document().locator("span").getByText("pieces").first();
    const colorOf = (of: Locator): Promise<string> =>
      of.evaluate((element) => getComputedStyle(element).color);
    assert.notEqual(await colorOf(info), await colorOf(plain));
    await button("Show Log Details").click();
    await button("Hide Log Details").click();
    await button("Show Log Details").waitFor();
    await button("Stop Following Log").click();
    await document().getByText("Stopped.").waitFor();
    await button("Clear Log").click();
    await document().getByText("Stopped.").waitFor({ state: "detached" });
    await button("Resume Log").click();
    await document().getByText("Following /aws/lambda/order.").waitFor();
  });
});
