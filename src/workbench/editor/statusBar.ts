import { type Disposable, StatusBarAlignment, window, workspace } from "vscode";
import { COMMANDS } from "../../contributions.ts";
import { DisposableStore } from "../disposables.ts";
import { currentJsonEditor, documentName } from "./jsonEditor.ts";
import type { Targets } from "./targets.ts";

/** Shows, beside a JSON editor, which function its payload is meant for. */
export function showTarget(targets: Targets): Disposable {
  const store = new DisposableStore();
  const item = store.add(window.createStatusBarItem("lambdaInvoke.target", StatusBarAlignment.Right, 90));
  item.name = "Lambda Function";
  item.command = COMMANDS.selectFunction;
  const update = (): void => {
    const editor = currentJsonEditor();
    if (!editor) {
      item.hide();
      return;
    }
    const target = targets.current(editor.document.uri);
    const qualifier = target?.qualifier === undefined ? "" : `:${target.qualifier}`;
    const label = target ? `${target.function}${qualifier} · ${target.connection}` : "Select Lambda Function";
    item.text = `$(symbol-method) ${label}`;
    item.tooltip = target
      ? `${documentName(editor.document)} is sent to ${target.function} on ${target.connection}. Click to select another function.`
      : "Select the Lambda function that this editor's payload is meant for";
    item.accessibilityInformation = { label: target ? `Lambda function: ${label}` : label, role: "button" };
    item.show();
  };
  store.add(targets.onDidChange(update));
  // A change of its language opens a document anew.
  store.add(workspace.onDidOpenTextDocument(update));
  store.add(window.onDidChangeVisibleTextEditors(update));
  update();
  return store;
}
