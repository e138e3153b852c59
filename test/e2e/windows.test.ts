import assert from "node:assert/strict";
import { useWorkbench } from "./harness/useWorkbench.ts";

describe("an empty window", () => {
  const workbench = useWorkbench({ folder: null });

  it("says what to do first, with buttons that do it", async () => {
    await workbench().openSidebar();
    const sidebar = workbench().page.locator(".sidebar");
    await sidebar.getByText("Connect to AWS to list your functions").waitFor();
    await sidebar.getByText("Or open a folder with a SAM template").waitFor();
    await sidebar.getByRole("button", { name: "Open Folder…" }).waitFor();
    await sidebar.locator(".welcome-view").getByRole("button", { name: "Add Connection…" }).click();
    await workbench().page.locator(".quick-input-title").getByText("Add Connection (1/3)").waitFor();
    await workbench().page.keyboard.press("Escape");
  });

  it("speaks of neither trust nor a setting that is as it was", async () => {
    const sidebar = workbench().page.locator(".sidebar");
    assert.equal(await sidebar.getByText("Manage Workspace Trust").count(), 0);
    assert.equal(await sidebar.getByText("Open Setting").count(), 0);
  });
});

describe("a workspace that is not trusted", () => {
  const workbench = useWorkbench({
    host: { asksForTrust: true },
    settings: { "security.workspace.trust.startupPrompt": "never" },
  });

  it("runs and lists none of its functions, and leads to the trust that is missing", async () => {
    await workbench().openSidebar();
    const sidebar = workbench().page.locator(".sidebar");
    await sidebar.getByText("once the workspace is trusted").waitFor();
    assert.equal(await workbench().tree("Functions").rowLocators.count(), 0);
    await sidebar.getByRole("button", { name: "Manage Workspace Trust" }).click();
    const trust = workbench().page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust" });
    await trust.first().click();
    await workbench()
      .tree("Functions")
      .waitForLabels("Local", "flaky", "hello", "invoice", "order", "report", "slow", "words");
  });
});
