import assert from "node:assert/strict";
import { answerWith, LambdaServer } from "../support/lambdaServer.ts";
import type { Tree } from "./harness/tree.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";
import { waitUntil } from "./harness/waitUntil.ts";

/** What arrived, as `function: payload`. */
type Arrived = string;

describe("what a person points at", () => {
  const workbench = useWorkbench({
    settings: { "lambdaInvoke.local.enabled": false, "files.autoSave": "off" },
  });
  const tree = (): Tree => workbench().tree("Functions");
  let server: LambdaServer;

  before(async () => {
    server = await LambdaServer.start();
    server.pages = [[{ FunctionName: "alpha" }, { FunctionName: "beta" }, { FunctionName: "gamma" }]];
    await workbench().openSidebar();
    await workbench().setSettings({ "lambdaInvoke.connections": [server.connection("test")] });
    await tree().expand("test");
    await tree().row("gamma").waitFor();
    for (const name of ["first", "second", "third"])
      await workbench().writeFile(`${name}.json`, `{ "file": "${name}" }\n`);
    await workbench().writeFile("groups.json", '[\n  { "left": 1 },\n  { "right": 2 }\n]\n');
    await workbench().writeFile("orders/moved.json", '{ "file": "moved" }');
    await workbench().writeFile("doomed.json", "{}");
  });
  beforeEach(() => workbench().openSidebar());
  after(() => server[Symbol.asyncDispose]());

  /** Does something that invokes, and resolves to what arrived. */
  const arrivedAfter = async (act: () => Promise<void>): Promise<Arrived> => {
    const before = server.invocations.length;
    // A double click is one invocation.
    const shown = workbench().output.after(act, /RETURNED/);
    await server.arrived(before + 1);
    await shown;
    assert.equal(server.invocations.length, before + 1);
    const { functionName, body } = server.invocations.at(-1) ?? {};
    return `${functionName}: ${body?.trim()}`;
  };
  const invoke = (): Promise<void> => workbench().runCommand("Lambda: Invoke Function");
  const bind = async (file: string, fn: string): Promise<void> => {
    await workbench().openFile(file);
    await workbench().runCommand("Lambda: Select Function for This Editor");
    await workbench().pick(fn);
    await workbench().statusItem(`${fn} · test`).waitFor();
  };

  it("is the selected row, also after a click into the output panel", async () => {
    await bind("first.json", "beta");
    assert.equal(await arrivedAfter(invoke), 'beta: { "file": "first" }');
    await tree().row("alpha").click();
    await workbench().statusItem("alpha · test").waitFor();
    await workbench().output.panel.locator(".view-line").getByText("RETURNED").first().click();
    await workbench().statusItem("alpha · test").waitFor();
    assert.equal(await arrivedAfter(invoke), 'alpha: { "file": "first" }');
  });

  it("is the editor that is activated after the row, and the row again after that", async () => {
    await bind("first.json", "alpha");
    await bind("second.json", "gamma");
    await tree().row("beta").click();
    await workbench().statusItem("beta · test").waitFor();
    await workbench().openFile("first.json");
    await workbench().statusItem("alpha · test").waitFor();
    await workbench().openFile("second.json");
    await workbench().statusItem("gamma · test").waitFor();
    assert.equal(await arrivedAfter(invoke), 'gamma: { "file": "second" }');
  });

  it("stays the selected row when the view is refreshed", async () => {
    await bind("second.json", "gamma");
    await tree().row("beta").click();
    await workbench().statusItem("beta · test").waitFor();
    const asked = server.pagesAsked.length;
    await tree().titleAction("Refresh");
    await waitUntil(
      () => Promise.resolve(server.pagesAsked.length > asked),
      () => "a new list",
    );
    await tree().row("beta").waitFor();
    await workbench().statusItem("beta · test").waitFor();
    assert.equal(await arrivedAfter(invoke), 'beta: { "file": "second" }');
  });

  it("stays the row that a click selects in a filtered list, with the filter", async () => {
    await bind("first.json", "alpha");
    await tree().titleAction("Filter Functions…");
    await workbench().quickInput.fill("gam");
    await tree().waitForLabels("test", "gamma");
    await tree().row("gamma").click();
    await workbench().statusItem("gamma · test").waitFor();
    await workbench().quickInput.waitFor({ state: "detached" });
    await tree().waitForLabels("test", "gamma");
    await tree().titleAction("Clear Filter");
    await tree().waitForLabels("test", "alpha", "beta", "gamma");
    await workbench().statusItem("gamma · test").waitFor();
  });

  it("is a file's function after the file is renamed, and after its folder is", async () => {
    await bind("orders/moved.json", "alpha");
    const rename = async (from: string, to: string): Promise<void> => {
      await workbench().explorerRow(from).click();
      await workbench().page.keyboard.press("F2");
      const box = workbench().page.locator(".explorer-folders-view .explorer-item-edited input");
      await box.fill(to);
      await box.press("Enter");
      await workbench().explorerRow(to).waitFor();
    };
    await workbench().showInExplorer("orders", "moved.json");
    await rename("moved.json", "renamed.json");
    await workbench().openFile("orders/renamed.json");
    await workbench().statusItem("alpha · test").waitFor();
    await workbench().showInExplorer("orders");
    await rename("orders", "purchases");
    await workbench().openFile("purchases/renamed.json");
    await workbench().statusItem("alpha · test").waitFor();
    assert.equal(await arrivedAfter(invoke), 'alpha: { "file": "moved" }');
  });

  it("is an untitled document's function after it is saved", async () => {
    await workbench().runCommand("File: New Untitled Text File");
    await workbench().page.locator('.tab.active[data-resource-name^="Untitled"]').waitFor();
    await workbench().statusItem("Plain Text").click();
    await workbench().answer("JSON");
    await workbench().replaceText('{ "file": "saved" }');
    await workbench().runCommand("Lambda: Select Function for This Editor");
    await workbench().pick("gamma");
    await workbench().statusItem("gamma · test").waitFor();
    await workbench().page.keyboard.press("ControlOrMeta+S");
    await workbench().page.locator(".quick-input-title:visible").getByText("Save As").waitFor();
    // The dialog proposes a name when it's ready.
    await waitUntil(
      async () => (await workbench().quickInput.inputValue()).endsWith(".json"),
      () => "a proposed name",
    );
    await workbench().quickInput.fill(`${workbench().session.folder}/saved.json`);
    // It takes no answer while it reads the folder.
    const ok = workbench().page.locator(".quick-input-widget").getByRole("button", { name: "OK" });
    await waitUntil(
      async () => {
        if (await ok.isVisible()) await ok.click({ timeout: 1000 }).catch(() => {});
        return !(await workbench().quickInput.isVisible());
      },
      () => "the end of the dialog",
    );
    await workbench().page.locator('.tab.active[data-resource-name="saved.json"]').waitFor();
    await workbench().statusItem("gamma · test").waitFor();
    assert.equal(await arrivedAfter(invoke), 'gamma: { "file": "saved" }');
  });

  it("is forgotten with the file that is deleted", async () => {
    await tree().row("gamma").click();
    await bind("doomed.json", "alpha");
    await workbench().showInExplorer("doomed.json");
    await workbench().explorerRow("doomed.json").click();
    await workbench().page.keyboard.press("Shift+Delete");
    await workbench().dialog.getByRole("button", { name: "Delete" }).click();
    await workbench().explorerRow("doomed.json").waitFor({ state: "detached" });
    await workbench().writeFile("doomed.json", "{}");
    // VS Code takes a file that comes back at once for one that was changed.
    await workbench().runCommand("Refresh Explorer");
    await workbench().explorerRow("doomed.json").click();
    await workbench().page.locator('.tab.active[data-resource-name="doomed.json"]').waitFor();
    await workbench().statusItem("gamma · test").waitFor();
  });

  it("is left as it is by Invoke Again", async () => {
    await bind("third.json", "alpha");
    assert.equal(await arrivedAfter(invoke), 'alpha: { "file": "third" }');
    await bind("third.json", "beta");
    const again = (): Promise<void> => workbench().runCommand("Lambda: Invoke Again");
    assert.equal(await arrivedAfter(again), 'alpha: { "file": "third" }');
    await workbench().statusItem("beta · test").waitFor();
  });

  it("is the whole file in the Explorer, whatever is selected in its editor, with what isn't saved", async () => {
    await bind("third.json", "beta");
    await workbench().replaceText('{ "file": "unsaved" }');
    await workbench().page.keyboard.press("Home");
    await workbench().page.keyboard.press("Shift+ArrowRight");
    await workbench().showInExplorer("third.json");
    const file = workbench().explorerRow("third.json");
    const fromMenu = (): Promise<void> => workbench().contextMenu(file, "Invoke Function");
    assert.equal(await arrivedAfter(fromMenu), 'beta: { "file": "unsaved" }');
    assert.match(await workbench().output.text(), /\(third\.json with its unsaved changes\)/);
    await workbench().runCommand("File: Revert File");
  });

  it("is one file: of several that are selected in the Explorer, none is sent", async () => {
    await workbench().showInExplorer("first.json");
    const before = server.invocations.length;
    await workbench().explorerRow("first.json").click();
    await workbench()
      .explorerRow("second.json")
      .click({ modifiers: ["ControlOrMeta"] });
    await workbench().contextMenu(workbench().explorerRow("second.json"), "Invoke Function");
    await workbench().notification("2 files are selected").waitFor();
    assert.equal(server.invocations.length, before);
    await workbench().runCommand("Notifications: Clear All Notifications");
  });

  it("is the selection of the group that is active, and the panel says which part it is", async () => {
    await workbench().runCommand("View: Close All Editors");
    await bind("groups.json", "gamma");
    await workbench().editor.locator(".view-line").nth(1).click();
    await workbench().runCommand("Expand Line Selection");
    await workbench().runCommand("View: Split Editor");
    await workbench().editor.locator(".view-line").nth(2).click();
    await workbench().page.keyboard.press("Home");
    await workbench().page.keyboard.press("Shift+End");
    assert.equal(await arrivedAfter(invoke), 'gamma: { "right": 2 }');
    assert.match(await workbench().output.text(), /\(selection, line 3 of groups\.json\)/);
    await workbench().output.panel.locator(".view-line").getByText("RETURNED").last().click();
    assert.equal(await arrivedAfter(invoke), 'gamma: { "right": 2 }');
    await workbench().runCommand("View: Close All Editors");
  });

  it("is nothing where the row is gone by the time its menu is used", async () => {
    await bind("first.json", "alpha");
    await using other = await LambdaServer.start();
    other.pages = [[{ FunctionName: "delta" }]];
    const connection = server.connection("test");
    await workbench().setSettings({ "lambdaInvoke.connections": [connection, other.connection("brief")] });
    await tree().expand("brief");
    await tree().row("delta").click({ button: "right" });
    await workbench().menuItem("Invoke Function").hover();
    await workbench().setSettings({ "lambdaInvoke.connections": [connection] });
    await tree().row("delta").waitFor({ state: "detached" });
    const before = server.invocations.length;
    await workbench().page.keyboard.press("Enter");
    await workbench().notification("The list changed while you clicked. Nothing was done.").waitFor();
    await workbench().statusItem("alpha · test").waitFor();
    assert.deepEqual([server.invocations.length, other.invocations.length], [before, 0]);
  });

  it("is told after a reload, where its answer was still on the way", async () => {
    server.answer = () => undefined;
    await bind("first.json", "alpha");
    const before = server.invocations.length;
    await invoke();
    await server.arrived(before + 1);
    await workbench().reload();
    await workbench().openSidebar();
    await workbench()
      .notification(
        /The window ended while \w+ on test was being invoked, at [\d: .-]+\. Whether it ran isn't known/,
      )
      .waitFor();
    server.answer = answerWith(200, "null");
    assert.equal(server.invocations.length, before + 1);
  });
});
