import * as vscode from "vscode";

/** Opens an untitled editor with this content. The part between ⟦ and ⟧ is selected; the marks are removed. */
export async function openText(text: string, language = "json"): Promise<vscode.TextEditor> {
  const [before = "", selected, after = ""] = text.split(/[⟦⟧]/);
  const content = selected === undefined ? before : before + selected + after;
  const document = await vscode.workspace.openTextDocument({ content, language });
  const editor = await vscode.window.showTextDocument(document);
  // VS Code may give the name, and with it the text, of an untitled document that was closed a moment ago.
  if (document.getText() !== content) await replaceText(editor, content);
  const start = document.positionAt(selected === undefined ? 0 : before.length);
  const end = document.positionAt(selected === undefined ? 0 : before.length + selected.length);
  editor.selection = new vscode.Selection(start, end);
  return editor;
}

/** Replaces the whole text of an editor. */
export async function replaceText(editor: vscode.TextEditor, text: string): Promise<void> {
  const all = new vscode.Range(0, 0, editor.document.lineCount, 0);
  await editor.edit((edit) => edit.replace(editor.document.validateRange(all), text));
}

/** Closes every editor, without asking about unsaved text. */
export async function closeEditors(): Promise<void> {
  while (vscode.window.activeTextEditor) {
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  }
}
