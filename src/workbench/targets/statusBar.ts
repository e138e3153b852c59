import { type Disposable, StatusBarAlignment, ThemeColor, window, workspace } from "vscode";
import { COMMANDS } from "../../contributions.ts";
import { functionRef } from "../../core/functions/functionRef.ts";
import type { Target } from "../../core/functions/target.ts";
import { DisposableStore } from "../disposables.ts";
import { describeGuard } from "../guard/guardDecorations.ts";
import type { Guards, ShownGuard } from "../guard/guards.ts";
import { currentJsonEditor, documentName } from "../editor/jsonEditor.ts";
import type { Targets } from "./targets.ts";

/** Shows, beside a JSON editor, which function its payload is meant for: in red, if that's guarded. */
export function showTarget(targets: Targets, guards: Guards): Disposable {
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
    const guard = target && shownGuard(target, guards);
    const isLocked = guard?.unlocked === false;
    item.tooltip = target
      ? `${documentName(editor.document)} is sent to ${target.function} on ${target.connection}. ${guard ? `${describeGuard(guard)}. ` : ""}Click to select another function.`
      : "Select the Lambda function that this editor's payload is meant for";
    item.backgroundColor = isLocked ? new ThemeColor("statusBarItem.errorBackground") : undefined;
    const spoken = `${isLocked ? "Protected Lambda function" : "Lambda function"}: ${label}`;
    item.accessibilityInformation = { label: target ? spoken : label, role: "button" };
    item.show();
  };
  store.add(targets.onDidChange(update));
  store.add(guards.onDidChange(update));
  // A change of its language opens a document anew.
  store.add(workspace.onDidOpenTextDocument(update));
  store.add(window.onDidChangeVisibleTextEditors(update));
  update();
  return store;
}

function shownGuard(
  { connection, function: name, qualifier }: Target,
  guards: Guards,
): ShownGuard | undefined {
  return guards.shownOf(functionRef(connection, { name, qualifier }));
}
