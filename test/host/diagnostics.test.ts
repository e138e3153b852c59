import assert from "node:assert/strict";
import * as vscode from "vscode";
import { answerDialogs } from "./harness/dialogs.ts";
import { openText, replaceText } from "./harness/editors.ts";
import { ourExtension, run, until } from "./harness/extension.ts";

const to = { function: "hello", connection: "Local" };

/** Our marks; JSON's own language service has marks of its own. */
function marks(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Lambda");
}

describe("a mistake in the payload", () => {
  before(() => ourExtension().activate());

  it("keeps it from being sent, and is marked at its exact place", async () => {
    using dialogs = answerDialogs();
    const { document } = await openText('{\n  "a": 1,\n  "b": tru\n}');
    assert.equal(await run("invoke", to), undefined);
    const [mark, ...others] = marks(document.uri);
    assert.deepEqual(others, []);
    assert.ok(mark);
    assert.ok(mark.range.isEqual(new vscode.Range(2, 7, 2, 10)), JSON.stringify(mark.range));
    assert.equal(mark.severity, vscode.DiagnosticSeverity.Error);
    assert.match(mark.message, /wasn't sent/);
    assert.match(dialogs.shown[0] ?? "", /^Nothing was sent: .*line 3, column 8\.$/);
  });

  it("is marked where it stands in the document, also where a selection was to be sent", async () => {
    using _ = answerDialogs();
    const { document } = await openText('[\n  ⟦{ "a": nul }⟧,\n  1\n]');
    await run("invoke", to);
    const [mark] = marks(document.uri);
    assert.ok(mark?.range.isEqual(new vscode.Range(1, 9, 1, 12)), JSON.stringify(mark));
  });

  it("loses its mark once the text is fixed", async () => {
    using _ = answerDialogs();
    const editor = await openText('{ "a": tru }');
    await run("invoke", to);
    assert.equal(marks(editor.document.uri).length, 1);
    await replaceText(editor, '{ "a": true }');
    await until("the mark is gone", () => marks(editor.document.uri).length === 0);
  });

  it("keeps its mark, at the new place, while the text is still wrong", async () => {
    using _ = answerDialogs();
    const editor = await openText('{ "a": tru }');
    await run("invoke", to);
    await replaceText(editor, '\n{ "a": tru }');
    await until("the mark has moved", () => marks(editor.document.uri)[0]?.range.start.line === 1);
  });

  it("is gone to by the message's button", async () => {
    using _ = answerDialogs("Go to Problem");
    const editor = await openText('{\n  "a": tru\n}');
    await run("invoke", to);
    await until("the cursor is there", () => editor.selection.active.line === 1);
    assert.equal(editor.document.getText(editor.selection), "tru");
  });
});
