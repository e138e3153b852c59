import assert from "node:assert/strict";
import { useWorkbench } from "./harness/useWorkbench.ts";
import type { Tree } from "./harness/tree.ts";

describe("invoking with the JSON of the editor", () => {
  const workbench = useWorkbench();
  const tree = (): Tree => workbench().tree("Functions");

  const outputOf = (act: () => Promise<void>, pattern: RegExp): Promise<string> =>
    workbench().output.after(act, pattern);

  it("asks for the function where none is selected, and shows what became of it", async () => {
    await workbench().openSidebar();
    await tree().row("order").waitFor();
    await workbench().openFile("events/order.json");
    await workbench().statusItem("Select Lambda Function").waitFor();
    await workbench().runCommand("Lambda: Invoke Function");
    await workbench().waitForPick("flaky", "hello", "invoice", "order", "report", "slow", "words");
    const pick = (): Promise<void> => workbench().pick("order");
    const text = await outputOf(pick, /RETURNED {2}The function ran[^]*payload/);
    assert.match(text, /Invoke: order on Local/);
    for (const part of [/request id/, /Response \([^]*"total": 2190/, /Log \([^]*3 pieces/, /cold start/i])
      assert.match(text, part);
  });

  it("shows the panel's end without taking the focus from the editor", async () => {
    await workbench().output.panel.locator(".view-line").getByText("RETURNED").first().waitFor();
    await workbench().page.keyboard.type("x");
    await workbench().editor.locator(".view-line").getByText("x{").waitFor();
    await workbench().page.keyboard.press("Backspace");
    assert.match(await workbench().output.visibleText(), /RETURNED/);
  });

  it("remembers the editor's function, and asks no more", async () => {
    await workbench().statusItem("order · Local").waitFor();
    const check = (): Promise<void> => workbench().runCommand("Lambda: Check Invocation (Dry Run)");
    assert.match(await outputOf(check, /VALID/), /Check: order on Local/);
  });

  it("means the editor also while the focus is in the panel", async () => {
    await workbench().output.panel.locator(".view-line").getByText("VALID").click();
    await workbench().statusItem("order · Local").waitFor();
    const invoke = (): Promise<void> => workbench().runCommand("Lambda: Invoke Function");
    assert.match(await outputOf(invoke, /RETURNED/), /"total": 2190/);
  });

  it("invokes a row's function with a click", async () => {
    await workbench().openFile("events/hello.json");
    const invoke = (): Promise<void> => tree().rowAction("hello", "Invoke Function");
    assert.match(await outputOf(invoke, /RETURNED/), /Hello, Ada!/);
    await workbench().statusItem("hello · Local").waitFor();
  });

  it("queues an event with the button beside it, and shows each attempt at it", async () => {
    await workbench().openFile("events/flaky.json");
    const queue = (): Promise<void> => tree().rowAction("flaky", "Invoke Function Asynchronously");
    const text = await outputOf(queue, /ENDED/);
    assert.match(text, /ACCEPTED[^]*status 202[^]*Attempt 1: flaky[^]*FAILED[^]*Attempt 2: flaky[^]*FAILED/);
    assert.match(text, /Attempt 3: flaky[^]*Attempt 3 succeeds/);
  });

  it("invokes from a row's menu", async () => {
    await workbench().openFile("events/order-bad.json");
    const invoke = (): Promise<void> => workbench().contextMenu(tree().row("order"), "Invoke Function");
    const text = await outputOf(invoke, /FAILED {2}The function ran/);
    assert.match(text, /OrderError: tea-green: the quantity is 0/);
  });

  it("invokes from the editor's menu, JSON with comments too", async () => {
    await workbench().openFile("events/order-comments.jsonc");
    await tree().row("order").click();
    await workbench().statusItem("order · Local").waitFor();
    const line = workbench().editor.locator(".view-line").first();
    const invoke = (): Promise<void> => workbench().contextMenu(line, "Invoke Function");
    assert.match(await outputOf(invoke, /RETURNED/), /"total": 1350/);
  });

  it("invokes from the editor's title", async () => {
    await workbench().openFile("events/hello.json");
    const button = workbench()
      .page.locator(".editor-actions")
      .getByRole("button", { name: "Invoke Function" });
    const invoke = (): Promise<void> => workbench().clickAction(button, "Invoke Function");
    assert.match(await outputOf(invoke, /RETURNED/), /Hello, Ada!/);
  });

  it("invokes with a file of the explorer that no editor shows", async () => {
    await workbench().runCommand("View: Close All Editors");
    await workbench().showInExplorer("events", "order-bad.json");
    const file = workbench().explorerRow("order-bad.json");
    const invoke = (): Promise<void> => workbench().contextMenu(file, "Invoke Function");
    assert.match(await outputOf(invoke, /FAILED/), /Invoke: order on Local/);
  });

  it("has no menu of its own on other files", async () => {
    const labels = await workbench().contextMenuLabels(workbench().explorerRow("template.yaml"));
    assert.ok(labels.length > 3);
    assert.deepEqual(
      labels.filter((label) => /Invoke/.test(label)),
      [],
    );
  });

  it("offers the functions used last first, and takes another for this editor", async () => {
    await workbench().openFile("events/slow.json");
    await workbench().statusItem("order · Local").click();
    await workbench().waitForPick("order", "hello", "flaky");
    await workbench().pick("hello");
    await workbench().statusItem("hello · Local").click();
    await workbench().pick("slow");
    await workbench().statusItem("slow · Local").waitFor();
  });

  it("invokes the last one again", async () => {
    const again = (): Promise<void> => workbench().runCommand("Lambda: Invoke Again");
    assert.match(await outputOf(again, /FAILED/), /Invoke: order on Local/);
  });
});
