import {
  type Disposable,
  TabInputText,
  type TabGroup,
  type TextDocument,
  type Uri,
  window,
  workspace,
} from "vscode";
import type { Target } from "../../core/functions/target.ts";
import { DisposableStore } from "../disposables.ts";

/** What is told of a document that is saved as another file. */
export interface SaveAsListener {
  /** The function of a document. */
  targetOf(uri: Uri): Target | undefined;
  /** The new file was written; its editor takes the old one's place next. */
  onWillReplace(from: Uri, to: Uri): void;
  /** The new file's editor stands in the place of one whose document had a function. */
  onDidReplace(to: Uri, target: Target): void;
}

interface Written {
  from: Uri;
  to: Uri;
  group: TabGroup;
  target: Target | undefined;
}

/**
 * Follows Save As, which VS Code doesn't report: a file without a tab is written while an editor with the same text is
 * active, and then has a tab in that editor's group instead of it.
 */
export function followSaveAs(listener: SaveAsListener): Disposable {
  const store = new DisposableStore();
  let written: Written | undefined;
  store.add(
    workspace.onDidSaveTextDocument((saved) => {
      const { uri: to } = saved;
      const group = window.tabGroups.activeTabGroup;
      const from = uriOf(group.activeTab?.input);
      const hasTab = window.tabGroups.all.some((each) => shows(each, to));
      if (!from || hasTab || !isSameText(from, saved)) return;
      written = { from, to, group, target: listener.targetOf(from) };
      listener.onWillReplace(from, to);
    }),
  );
  store.add(
    window.tabGroups.onDidChangeTabs(() => {
      if (!written || !shows(written.group, written.to)) return;
      const { from, to, group, target } = written;
      if (shows(group, from)) return;
      written = undefined;
      if (target) listener.onDidReplace(to, target);
    }),
  );
  return store;
}

/** Apart from what formatting on save changes. */
function isSameText(from: Uri, saved: TextDocument): boolean {
  const document = workspace.textDocuments.find(({ uri }) => uri.toString() === from.toString());
  const strip = (text: string): string => text.replaceAll(/\s/g, "");
  return document !== undefined && strip(document.getText()) === strip(saved.getText());
}

function shows({ tabs }: TabGroup, uri: Uri): boolean {
  return tabs.some(({ input }) => uriOf(input)?.toString() === uri.toString());
}

function uriOf(input: unknown): Uri | undefined {
  return input instanceof TabInputText ? input.uri : undefined;
}
