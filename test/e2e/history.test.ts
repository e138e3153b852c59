import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { answerWith, LambdaServer } from "../support/lambdaServer.ts";
import type { Tree } from "./harness/tree.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";
import { waitUntil } from "./harness/waitUntil.ts";

describe("the history", () => {
  const workbench = useWorkbench({ host: {}, size: { width: 1280, height: 1000 } });
  const functions = (): Tree => workbench().tree("Functions");
  const history = (): Tree => workbench().tree("History");
  let server: LambdaServer;

  before(async () => {
    server = await LambdaServer.start();
    server.pages = [[{ FunctionName: "order" }]];
  });
  after(() => server[Symbol.asyncDispose]());

  /** Everything that's on disk of the history now. */
  function onDisk(): string {
    const folder = join(workbench().session.dataDir, "data", "User", "globalStorage");
    const files = globSync("lambda-invoke.lambda-invoke/history/*.jsonl", { cwd: folder });
    return files.map((file) => readFileSync(join(folder, file), "utf8")).join("");
  }

  const records = async (): Promise<string[]> =>
    (await history().rows()).filter(({ level }) => level === 2).map(({ description }) => description);

  async function waitForRecords(...states: RegExp[]): Promise<void> {
    let seen: string[] = [];
    await waitUntil(
      async () => {
        seen = await records();
        return seen.length === states.length && states.every((state, index) => state.test(seen[index] ?? ""));
      },
      () => `the invocations ${states.join()}. There are ${seen.join("; ")}`,
    );
  }

  it("has an invocation on disk before it's sent, and shows what became of it", async () => {
    await workbench().openSidebar();
    await workbench().setSettings({
      "lambdaInvoke.local.enabled": false,
      "lambdaInvoke.connections": [server.connection("dev")],
    });
    await history().pane.locator(".pane-header").click();
    await workbench().page.getByText("Nothing has been invoked yet").waitFor();
    await functions().expand("dev");
    await workbench().openFile("events/order.json");
    await functions().row("order").click();
    let seen = "";
    server.answer = (response, invocation) => {
      seen = onDisk();
      answerWith(200, '{"b":1,"a":{"timestamp":"10:00","sum":12345678901234567890}}')(response, invocation);
    };
    await functions().rowAction("order", "Invoke Function");
    await waitForRecords(/^returned · just now · .+ · dev$/);
    assert.equal(server.invocations.length, 1);
    const id = /"id":"([0-9a-f-]{36})"/.exec(seen)?.[1];
    assert.ok(id !== undefined && seen.includes(JSON.stringify(server.invocations[0]?.body)), seen);
    assert.ok(!seen.includes('"verdict"'), "it hadn't ended");
  });

  it("opens it with its response, and compares it with another one", async () => {
    server.answer = answerWith(200, '{"a":{"sum":12345678901234567891,"timestamp":"10:01"},"b":1}');
    await history().rowAction("order", "Invoke Again");
    await waitForRecords(/^returned/, /^returned/);
    assert.equal(server.invocations[1]?.body, server.invocations[0]?.body);
    const editor = workbench().page.locator(".editor-group-container .view-lines").first();
    await history().row("order").click();
    await editor.getByText("RETURNED").first().waitFor();
    await workbench().contextMenu(history().row("order"), "Open Response");
    await editor.getByText("12345678901234567891").first().waitFor();

    const rows = history().rowLocators.filter({ hasText: "returned" });
    await rows.nth(0).click();
    await rows.nth(1).click({ modifiers: ["ControlOrMeta"] });
    await workbench().contextMenu(rows.nth(1), "Compare Invocations");
    await workbench().pick("Responses");
    const diff = workbench().page.locator(".monaco-diff-editor");
    await diff.getByText("12345678901234567890").first().waitFor();
    const changed = diff.locator(".modified .line-insert");
    await waitUntil(
      async () => (await changed.count()) === 1,
      () => "one line that differs",
    );
  });

  it("is there for the next window, with what the last one left unknown", async () => {
    let sentAtMs = 0;
    server.answer = () => (sentAtMs = Date.now());
    await workbench().page.locator('.tab[data-resource-name="order.json"]').click();
    await functions().row("order").click();
    await functions().rowAction("order", "Invoke Function");
    await waitForRecords(/^running/, /^returned/, /^returned/);
    await workbench().reload();
    await waitForRecords(/^unknown/, /^returned/, /^returned/);
    assert.equal(server.invocations.length, 3);

    const unknown = history().rowLocators.filter({ hasText: "unknown" });
    const requestId = "8f507cfc-0000-4000-8000-000000000001";
    server.configuration = { Timeout: 3 };
    const timestamp = sentAtMs + 1;
    server.log = [[{ message: `START RequestId: ${requestId} Version: $LATEST\n`, timestamp }]];
    await workbench().contextMenu(unknown, "Find Out Whether It Ran");
    await workbench().page.getByText("The log shows one run that may be").first().waitFor();
    await unknown.click();
    const editor = workbench().page.locator(".editor-group-container .view-lines").first();
    await editor.getByText(requestId).first().waitFor();
    assert.match(onDisk(), /one run that may be this invocation's/);
    assert.equal(server.invocations.length, 3);

    await workbench().contextMenu(unknown, "Edit and Invoke");
    await workbench()
      .statusItem(/order · dev/)
      .waitFor();
    assert.equal(server.invocations.length, 3);
  });

  it("is found by words, and cleared after a question", async () => {
    await history().titleAction("Filter History…");
    await workbench().answer("order unknown", "Filter History");
    await waitForRecords(/^unknown/);
    await history().titleAction("Clear History Filter");
    await waitForRecords(/^unknown/, /^returned/, /^returned/);
    await workbench().runCommand("Lambda: Clear History…");
    await workbench().dialog.getByRole("button", { name: "Clear History" }).click();
    await workbench().page.getByText("Nothing has been invoked yet").waitFor();
    assert.equal(onDisk(), "");
  });
});
