import assert from "node:assert/strict";
import * as vscode from "vscode";
import { answerWith } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { recordOf, run, until } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";
import { useServer } from "./harness/useServer.ts";

const PAYLOAD = '{"id": "A-1", "amount": 1.0}';
const RESPONSE = '{"total":12345678901234567890}';

describe("the commands of the history", () => {
  const server = useServer();
  let functions = 0;
  /** A function that no other test invokes. */
  let name: string;

  beforeEach(() => {
    name = `history${functions++}`;
    server().answer = answerWith(200, RESPONSE, { "x-amz-log-result": btoa("a line\n") });
  });

  const invoke = (payload = PAYLOAD): ReturnType<typeof recordOf> =>
    recordOf(run("invoke", { function: name, connection: "test", payload }));

  /** Runs a command as from the palette, and picks what is of this test's function. */
  async function pick(command: string): Promise<void> {
    const { showQuickPick } = vscode.window;
    let offered: readonly string[] = [];
    const choose = (items: readonly vscode.QuickPickItem[], options?: vscode.QuickPickOptions): unknown => {
      offered = items.map(({ label }) => label);
      const own = items.filter(({ label }) => label === name || label === "Responses");
      return Promise.resolve(options?.canPickMany ? own : (own[0] ?? items[0]));
    };
    vscode.window.showQuickPick = choose as typeof showQuickPick;
    try {
      await vscode.commands.executeCommand(`lambdaInvoke.${command}`);
      assert.ok(offered.length > 0, "nothing was offered");
    } finally {
      vscode.window.showQuickPick = showQuickPick;
    }
  }

  /** The functions whose invocations a command offers; none is picked. */
  async function offeredBy(command: string): Promise<readonly string[]> {
    const { showQuickPick } = vscode.window;
    const offered: string[] = [];
    vscode.window.showQuickPick = ((items: readonly vscode.QuickPickItem[]) => {
      offered.push(...items.map(({ label }) => label));
      return Promise.resolve(undefined);
    }) as unknown as typeof showQuickPick;
    try {
      await vscode.commands.executeCommand(`lambdaInvoke.${command}`);
      return offered;
    } finally {
      vscode.window.showQuickPick = showQuickPick;
    }
  }

  const shown = (): vscode.TextDocument | undefined => vscode.window.activeTextEditor?.document;

  it("open an invocation and each part of it, in its language, where nothing can be changed", async () => {
    await invoke();
    for (const [command, language, text] of [
      ["openPayload", "json", PAYLOAD],
      ["openResponse", "json", '{\n  "total": 12345678901234567890\n}'],
      ["openLog", "log", "a line\n"],
    ] as const) {
      await pick(command);
      const document = await until(command, () => shown()?.uri.scheme === "lambda-history" && shown());
      assert.deepEqual([document.languageId, document.getText()], [language, text]);
      await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
    }
    await pick("openRecord");
    const document = await until("the record", () => shown()?.languageId === "lambda-output" && shown());
    assert.match(document.getText(), /RETURNED {2}The function ran and returned\./);
  });

  it("open a payload to edit it, in an editor that's meant for its function, and send nothing", async () => {
    await invoke();
    await pick("editAndInvoke");
    assert.equal(shown()?.getText(), PAYLOAD);
    assert.equal(server().invocations.length, 1);
    // Right after the first one it would be a double click.
    let record = await run("invoke");
    while (!record) record = await run("invoke");
    assert.deepEqual([record.function.name, record.connection], [name, "test"]);
    assert.deepEqual(
      server().invocations.map(({ body }) => body),
      [PAYLOAD, PAYLOAD],
    );
  });

  it("compare two invocations", async () => {
    await invoke();
    server().answer = answerWith(200, '{"total":12345678901234567891}');
    await invoke();
    await pick("compareRecords");
    const tab = await until("the comparison", () => {
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      return activeTab?.input instanceof vscode.TabInputTextDiff && activeTab.input;
    });
    const contents = [tab.original, tab.modified].map(async (uri) =>
      (await vscode.workspace.openTextDocument(uri)).getText(),
    );
    assert.deepEqual(await Promise.all(contents), [
      '{\n  "total": 12345678901234567890\n}',
      '{\n  "total": 12345678901234567891\n}',
    ]);
  });

  for (const [command, start] of [
    ["copyAsMarkdown", /^### Invoke: `history\d+` on `test`/],
    ["copyAsCli", /aws lambda invoke/],
    ["copyAsCode", /LambdaClient/],
  ] as const)
    it(`copy an invocation: ${command}`, async () => {
      await invoke();
      await pick(command);
      assert.match(await vscode.env.clipboard.readText(), start);
    });

  it("keep no payload if the setting says so, and say so", async () => {
    await using _settings = await withSettings({ "history.savePayloads": false });
    await invoke('"never kept"');
    using dialogs = answerDialogs();
    const withPayload = await offeredBy("openPayload");
    assert.ok(!withPayload.includes(name), withPayload.join());
    const all = await offeredBy("openRecord");
    assert.ok(all.includes(name), all.join());
    assert.deepEqual(
      dialogs.shown.filter((message) => !message.includes("no such")),
      [],
    );
  });

  it("offer no more than the size that the settings allow, and more once they do", async () => {
    server().answer = answerWith(200, JSON.stringify("x".repeat(600 * 1024)));
    await invoke();
    await invoke();
    // Of other tests there may be what is still awaited, which is kept whatever the size.
    const offered = async (): Promise<number> =>
      (await offeredBy("openResponse")).filter((label) => label === name).length;
    assert.equal(await offered(), 2);
    {
      await using _settings = await withSettings({ "history.maxSizeMb": 1 });
      assert.equal(await offered(), 1);
    }
    assert.equal(await offered(), 2);
  });

  it("clear it after a question only", async () => {
    await invoke();
    using refused = answerDialogs();
    await vscode.commands.executeCommand("lambdaInvoke.clearHistory");
    assert.match(refused.shown.join(), /Remove all invocations from the history/);
    await pick("openPayload");
    assert.equal(shown()?.getText(), PAYLOAD);
    using _confirmed = answerDialogs("Clear History");
    await vscode.commands.executeCommand("lambdaInvoke.clearHistory");
    using empty = answerDialogs();
    await vscode.commands.executeCommand("lambdaInvoke.openPayload");
    assert.match(empty.shown.join(), /The history has no such invocation yet/);
  });
});
