import assert from "node:assert/strict";
import { useWorkbench } from "./harness/useWorkbench.ts";
import type { Tree } from "./harness/tree.ts";

describe("invoking with the JSON of the editor", () => {
  const workbench = useWorkbench();
  const tree = (): Tree => workbench().tree("Functions");

  const block = (number: number, pattern: RegExp): Promise<string> =>
    workbench().output.block(number, pattern);

  it("asks for the function where none is selected, and shows what became of it", async () => {
    await workbench().openSidebar();
    await tree().row("order").waitFor();
    await workbench().openFile("events/order.json");
    await workbench().statusItem("Select Lambda Function").waitFor();
    await workbench().runCommand("Lambda: Invoke Function");
    assert.deepEqual(await workbench().quickPickLabels(), ["flaky", "hello", "order", "report", "slow"]);
    await workbench().pick("order");
    const text = await block(1, /RETURNED {2}The function ran[^]*Payload/);
    assert.match(text, /Invoke: order on Local/);
    for (const part of [/Request ID/, /Response \([^]*"total": 2190/, /Log \([^]*3 pieces/, /cold start/i])
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
    await workbench().runCommand("Lambda: Check Invocation (Dry Run)");
    assert.match(await block(2, /VALID/), /Check: order on Local/);
  });

  it("invokes a row's function with a click", async () => {
    await workbench().openFile("events/hello.json");
    await tree().rowAction("hello", "Invoke Function");
    assert.match(await block(3, /RETURNED[^]*Payload/), /Hello, Ada!/);
    await workbench().statusItem("hello · Local").waitFor();
  });

  it("queues an event with the button beside it, and shows each attempt at it", async () => {
    await workbench().openFile("events/flaky.json");
    await tree().rowAction("flaky", "Invoke Function Asynchronously");
    assert.match(await block(4, /ACCEPTED[^]*Payload/), /Status +202/);
    assert.match(await block(7, /ENDED[^]*Memory/), /Attempt 3: flaky[^]*Attempt 3 succeeds/);
  });

  it("invokes from a row's menu", async () => {
    await workbench().openFile("events/order-bad.json");
    await workbench().contextMenu(tree().row("order"), "Invoke Function");
    const text = await block(8, /FAILED {2}The function ran[^]*Payload/);
    assert.match(text, /OrderError: tea-green: the quantity is 0/);
  });

  it("invokes from the editor's menu, JSON with comments too", async () => {
    await workbench().openFile("events/order-comments.jsonc");
    await tree().row("order").click();
    await workbench().statusItem("order · Local").waitFor();
    await workbench().contextMenu(workbench().editor.locator(".view-line").first(), "Invoke Function");
    assert.match(await block(9, /RETURNED[^]*Payload/), /"total": 1350/);
  });

  it("invokes from the editor's title", async () => {
    await workbench().openFile("events/hello.json");
    await workbench()
      .page.locator(".editor-actions")
      .getByRole("button", { name: "Invoke Function" })
      .click();
    assert.match(await block(10, /RETURNED[^]*Payload/), /Hello, Ada!/);
  });

  it("invokes with a file of the explorer that no editor shows", async () => {
    await workbench().runCommand("View: Close All Editors");
    await workbench().showInExplorer("events", "order-bad.json");
    await workbench().contextMenu(workbench().explorerRow("order-bad.json"), "Invoke Function");
    assert.match(await block(11, /FAILED[^]*Payload/), /Invoke: order on Local/);
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
    const labels = await workbench().quickPickLabels();
    assert.deepEqual(labels.slice(0, 3), ["order", "hello", "flaky"]);
    await workbench().pick("hello");
    await workbench().statusItem("hello · Local").click();
    await workbench().pick("slow");
    await workbench().statusItem("slow · Local").waitFor();
  });

  it("invokes the last one again", async () => {
    await workbench().runCommand("Lambda: Invoke Again");
    assert.match(await block(12, /FAILED[^]*Payload/), /Invoke: order on Local/);
  });
});
