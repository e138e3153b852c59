import assert from "node:assert/strict";
import { answerWith, LambdaServer } from "../support/lambdaServer.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";
import { appears, waitUntil } from "./harness/waitUntil.ts";
import type { Workbench } from "./harness/workbench.ts";

/** A server with two functions, which the window of the suite lists before its first test. */
function useConnection(workbench: () => Workbench): () => LambdaServer {
  let server: LambdaServer;
  before(async () => {
    server = await LambdaServer.start();
    server.answer = answerWith(200, "null");
    server.pages = [[{ FunctionName: "alpha" }, { FunctionName: "beta" }]];
    await workbench().setSettings({ "lambdaInvoke.connections": [server.connection("test")] });
    await workbench().openSidebar();
    await workbench().tree("Functions").expand("test");
  });
  after(() => server[Symbol.asyncDispose]());
  return () => server;
}

/** Invokes by the palette; what arrived, as `function: payload`. */
async function invoke(workbench: Workbench, server: LambdaServer): Promise<string> {
  const before = server.invocations.length;
  await workbench.output.after(() => workbench.runCommand("Lambda: Invoke Function"), /RETURNED/);
  assert.equal(server.invocations.length, before + 1);
  const { functionName, body } = server.invocations.at(-1) ?? {};
  return `${functionName}: ${body?.trim()}`;
}

async function bind(workbench: Workbench, functionName: string): Promise<void> {
  await workbench.runCommand("Lambda: Select Function for This Editor");
  await workbench.pick(functionName);
  await workbench.statusItem(`${functionName} · test`).waitFor();
}

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

  const server = useConnection(workbench);

  it("invokes the functions of AWS as anywhere", async () => {
    await workbench().openFile("events/hello.json");
    await bind(workbench(), "alpha");
    assert.equal(await invoke(workbench(), server()), 'alpha: { "name": "Ada" }');
    await workbench().tree("Functions").row("beta").click();
    await workbench().statusItem("beta · test").waitFor();
    assert.equal(await invoke(workbench(), server()), 'beta: { "name": "Ada" }');
    await workbench().setSettings({});
    await workbench().tree("Functions").row("test").waitFor({ state: "detached" });
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

describe("a workspace of several folders", () => {
  const workbench = useWorkbench({
    roots: { second: { "hello.json": '{ "name": "Grace" }' } },
    settings: { "lambdaInvoke.local.enabled": false },
  });
  const server = useConnection(workbench);

  /** VS Code may open a workspace without its folders, and shows them once it's loaded anew. */
  async function showsFolders(): Promise<boolean> {
    await workbench().runCommand("View: Show Explorer");
    if (await appears(workbench().explorerRow("samples"), 10_000)) return true;
    await workbench().reload();
    return false;
  }

  it("has a function for each of two files of the same name", async () => {
    await waitUntil(showsFolders, () => "the folders of the workspace");
    const open = async (name: string, ...path: string[]): Promise<void> => {
      await workbench().runCommand("File: Focus on Files Explorer");
      await workbench().runCommand("Collapse Folders in Explorer");
      for (const each of path) await workbench().explorerRow(each).click();
      await workbench().editor.locator(".view-line").getByText(`"${name}"`).waitFor();
    };
    await open("Ada", "samples", "events", "hello.json");
    await bind(workbench(), "alpha");
    await open("Grace", "second", "hello.json");
    await bind(workbench(), "beta");
    assert.equal(await invoke(workbench(), server()), 'beta: { "name": "Grace" }');
    await open("Ada", "samples", "events", "hello.json");
    await workbench().statusItem("alpha · test").waitFor();
    assert.equal(await invoke(workbench(), server()), 'alpha: { "name": "Ada" }');
  });
});
