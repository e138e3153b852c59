import assert from "node:assert/strict";
import * as vscode from "vscode";
import { LambdaServer } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { openText } from "./harness/editors.ts";
import { ourExtension, outputText, recordOf, run, until } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

describe("the payload that a gesture means", () => {
  let server: LambdaServer;
  let settings: AsyncDisposable;
  let made = 0;

  before(async () => {
    await ourExtension().activate();
    server = await LambdaServer.start();
    settings = await withSettings({ connections: [server.connection("test")] });
  });
  beforeEach(() => {
    server.invocations.length = 0;
  });
  afterEach(() => vscode.commands.executeCommand("workbench.action.joinAllGroups"));
  after(async () => {
    await settings[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** A function of its own each time: the same one isn't started twice in a moment. */
  const invoke = (): ReturnType<typeof run> => {
    made += 1;
    return run("invoke", { function: `gesture${made}`, connection: "test" });
  };
  const sent = (): string[] => server.invocations.map(({ body }) => body);
  const select = (editor: vscode.TextEditor, ...ranges: [number, number, number, number][]): void => {
    editor.selections = ranges.map((range) => new vscode.Selection(...range));
  };

  it("is named in the record and in the panel, where it's a part of the document", async () => {
    const editor = await openText('[\n  {\n    "id": 1\n  },\n  2\n]');
    select(editor, [1, 0, 3, 3]);
    const record = await recordOf(invoke());
    const name = editor.document.uri.path;
    assert.equal(record.origin, `selection, lines 2 to 4 of ${name}`);
    await until("it's shown", () => outputText().includes(`(selection, lines 2 to 4 of ${name})`));
    assert.deepEqual(sent(), ['  {\n    "id": 1\n  }']);
  });

  it("is refused where several parts are selected, which is said", async () => {
    using dialogs = answerDialogs();
    select(await openText("[1, 2, 3]"), [0, 1, 0, 2], [0, 4, 0, 5], [0, 7, 0, 8]);
    assert.equal(await invoke(), undefined);
    assert.match(dialogs.shown[0] ?? "", /^3 parts of .* are selected.*Nothing was sent/);
    assert.deepEqual(sent(), []);
  });

  it("is the whole document where there are only cursors", async () => {
    select(await openText("[1, 2, 3]"), [0, 1, 0, 1], [0, 4, 0, 4]);
    await invoke();
    assert.deepEqual(sent(), ["[1, 2, 3]"]);
  });

  for (const [answer, expected] of [
    ["Send Whole Document", ["[ 1,   2]"]],
    [undefined, []],
  ] as const)
    it(`is asked for where only white space is selected: ${answer ?? "closed"}`, async () => {
      using dialogs = answerDialogs(answer);
      select(await openText("[ 1,   2]"), [0, 4, 0, 6]);
      await invoke();
      assert.match(dialogs.shown[0] ?? "", /no JSON in the selection in .*Send the whole document/);
      assert.deepEqual(sent(), expected);
    });

  it("is that of the active group, where two show the same document", async () => {
    const left = await openText("[1, 2]");
    select(left, [0, 1, 0, 2]);
    const right = await vscode.window.showTextDocument(left.document, vscode.ViewColumn.Two);
    select(right, [0, 4, 0, 5]);
    await invoke();
    await vscode.window.showTextDocument(left.document, vscode.ViewColumn.One);
    await invoke();
    assert.deepEqual(sent(), ["2", "1"]);
  });

  it("is asked for where two JSON editors are in sight and another kind is active", async () => {
    await openText('"one"');
    const two = await vscode.workspace.openTextDocument({ content: '"two"', language: "json" });
    await vscode.window.showTextDocument(two, vscode.ViewColumn.Two);
    const other = await vscode.workspace.openTextDocument({ content: "text", language: "plaintext" });
    await vscode.window.showTextDocument(other, vscode.ViewColumn.Three);
    const { showQuickPick } = vscode.window;
    let labels: string[] = [];
    vscode.window.showQuickPick = ((items: readonly vscode.QuickPickItem[]) => {
      labels = items.map(({ label }) => label);
      return Promise.resolve(items.find(({ label }) => label === two.uri.path));
    }) as unknown as typeof showQuickPick;
    try {
      await invoke();
    } finally {
      vscode.window.showQuickPick = showQuickPick;
    }
    assert.equal(labels.length, 2);
    assert.deepEqual(sent(), ['"two"']);
  });

  it("is the side of a comparison that has the focus", async () => {
    const open = (content: string): Thenable<vscode.TextDocument> =>
      vscode.workspace.openTextDocument({ content, language: "json" });
    const [before, after] = [await open('"before"'), await open('"after"')];
    await vscode.commands.executeCommand("vscode.diff", before.uri, after.uri, "Comparison");
    const isShown = (): boolean =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff;
    // Tabs are told apart from editors, and sometimes later.
    await until("it's active", () => isShown() && vscode.window.activeTextEditor?.document === after);
    await invoke();
    await vscode.commands.executeCommand("workbench.action.compareEditor.focusSecondarySide");
    await until("the other side", () => vscode.window.activeTextEditor?.document === before);
    await invoke();
    assert.deepEqual(sent(), ['"after"', '"before"']);
  });

  it("is the whole of a file that's named in the Explorer, and of an editor its selection", async () => {
    const editor = await openText("[1, 2]");
    const { uri } = editor.document;
    select(editor, [0, 1, 0, 2]);
    const named = { function: "gestureFile", connection: "test" };
    // So that it has a function.
    await run("invoke", named);
    const execute = (...given: unknown[]): Thenable<unknown> =>
      vscode.commands.executeCommand("lambdaInvoke.dryRun", ...given);
    for (const given of [[uri, [uri]], [uri], [uri, { groupId: 0 }]]) {
      const before = sent().length;
      // In the moment after a start, a second one passes for a double click.
      while (sent().length === before) await execute(...given);
    }
    assert.deepEqual(sent(), ["1", "[1, 2]", "1", "1"]);
    assert.ok(server.invocations.every(({ functionName }) => functionName === "gestureFile"));
  });

  it("is the cell of a notebook that has the focus", async () => {
    const cell = (text: string): vscode.NotebookCellData =>
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "json");
    const data = new vscode.NotebookData([cell('"first"'), cell('"second"')]);
    const notebook = await vscode.workspace.openNotebookDocument("jupyter-notebook", data);
    await vscode.window.showNotebookDocument(notebook, { selections: [new vscode.NotebookRange(1, 2)] });
    await vscode.commands.executeCommand("notebook.cell.edit");
    const second = notebook.cellAt(1).document;
    await until("the second cell", () => vscode.window.activeTextEditor?.document === second);
    const record = await recordOf(invoke());
    assert.deepEqual(sent(), ['"second"']);
    assert.match(record.origin ?? "", /^a cell of /);
  });

  it("is the only JSON editor in sight beside a search editor", async () => {
    await openText('"searched"');
    await vscode.commands.executeCommand("search.action.openNewEditorToSide");
    await until("it", () => vscode.window.activeTextEditor?.document.languageId === "search-result");
    await invoke();
    assert.deepEqual(sent(), ['"searched"']);
  });

  for (const [what, open] of [
    [
      "the settings",
      async (): Promise<vscode.TextDocument> => {
        await vscode.commands.executeCommand("workbench.action.openSettingsJson");
        return until("settings", () => {
          const document = vscode.window.activeTextEditor?.document;
          return document?.uri.path.endsWith("settings.json") === true && document;
        });
      },
    ],
    [
      "what Git has of a file",
      async (): Promise<vscode.TextDocument> => {
        const provider = { provideTextDocumentContent: () => '{ "of": "git" }' };
        const registered = vscode.workspace.registerTextDocumentContentProvider("git", provider);
        const uri = vscode.Uri.from({
          scheme: "git",
          path: "/repository/order.json",
          query: JSON.stringify({ path: "/repository/order.json", ref: "HEAD" }),
        });
        const document = await vscode.workspace.openTextDocument(uri);
        await vscode.window.showTextDocument(document);
        registered.dispose();
        return document;
      },
    ],
  ] as const)
    it(`is what's in the active editor, also where that is ${what}`, async () => {
      const document = await open();
      const record = await invoke();
      if (document.getText().trim() === "") return;
      assert.equal(record?.payload.text.trim().startsWith("{"), true);
      assert.equal(sent()[0], record?.payload.text);
    });
});
