import {
  type Disposable,
  type Event,
  EventEmitter,
  type TextEditor,
  type TreeView,
  type Uri,
  window,
  workspace,
} from "vscode";
import type { Target } from "../../core/functions/target.ts";
import type { FunctionCatalog } from "../connections/functionCatalog.ts";
import { DisposableStore } from "../disposables.ts";
import { FunctionNode } from "../tree/functionNode.ts";
import type { TreeNode } from "../tree/treeNode.ts";
import type { WorkspaceState } from "../workspaceState.ts";
import { moved } from "../fileMoves.ts";
import { isInEditorArea, isJson } from "../editor/jsonEditor.ts";
import { followSaveAs } from "../editor/saveAs.ts";

/** An editor of the editor area, by what it shows and where. */
interface Place {
  uri: Uri;
  column: number | undefined;
}

/** What targets are made of. */
export interface TargetsParts {
  view: TreeView<TreeNode>;
  workspaceState: WorkspaceState;
  catalog: Pick<FunctionCatalog, "known" | "onDidChange">;
}

/**
 * Which function is meant if none is named: what a user pointed at last counts. That's the row selected in the tree,
 * unless an editor of the editor area that has a function of its own has become active since.
 */
export class Targets implements Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<void>());
  readonly #rowSelected = this.#store.add(new EventEmitter<void>());
  readonly #parts: TargetsParts;
  #selected: Target | undefined;
  /** The row was selected after the active editor became active. */
  #selectedLast = false;
  /** The editor of the editor area that was active last: the way to a panel and back changes nothing. */
  #place: Place | undefined;

  /** Fires when the function meant for the active editor may have changed. */
  readonly onDidChange: Event<void> = this.#changed.event;

  /** Fires when a person selects the row of a function, also one that is selected already. */
  readonly onDidSelectRow: Event<void> = this.#rowSelected.event;

  constructor(parts: TargetsParts) {
    this.#parts = parts;
    const { view, workspaceState, catalog } = parts;
    const update = (): void => this.#changed.fire();
    this.#place = placeOf(window.activeTextEditor);
    this.#store.add(workspaceState.onDidChange(update));
    this.#store.add(catalog.onDidChange(update));
    this.#store.add(view.onDidChangeSelection(({ selection }) => this.select(selection[0])));
    this.#store.add(window.onDidChangeActiveTextEditor((editor) => this.#activated(editor)));
    this.#store.add(window.tabGroups.onDidChangeTabs(update));
    this.#followFiles();
  }

  /** The function meant for a file's payload, or for none. */
  current(file: Uri | undefined): Target | undefined {
    const selected = this.#selectedNow();
    if (this.#selectedLast && selected) return selected;
    return (file && this.#parts.workspaceState.boundTo(file)) ?? selected;
  }

  /** Notes that a file's payload is meant for a function; that is then what was pointed at last. */
  async bind(file: Uri, target: Target): Promise<void> {
    this.#selectedLast = false;
    await this.#parts.workspaceState.bind(file, target);
  }

  /** Notes that a row was selected, or none. */
  select(node: TreeNode | undefined): void {
    this.#selected = node instanceof FunctionNode ? node.target : undefined;
    this.#selectedLast = this.#selected !== undefined;
    if (this.#selected) this.#rowSelected.fire();
    this.#changed.fire();
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** A file's function goes where the file goes, also when a document is saved as another file. */
  #followFiles(): void {
    const { workspaceState } = this.#parts;
    this.#store.add(workspace.onDidCloseTextDocument(({ uri }) => workspaceState.closed(uri)));
    // Before the editors of the new names become active: that isn't pointing at anything.
    this.#store.add(
      workspace.onWillRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.#movePlace(oldUri, newUri);
      }),
    );
    this.#store.add(
      workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) void workspaceState.move(oldUri, newUri);
      }),
    );
    this.#store.add(
      workspace.onDidDeleteFiles(
        ({ files }) => void Promise.all(files.map((uri) => workspaceState.forget(uri))),
      ),
    );
    this.#store.add(
      followSaveAs({
        targetOf: (uri) => workspaceState.boundTo(uri),
        onWillReplace: (from, to) => this.#movePlace(from, to),
        onDidReplace: (to, target) => void workspaceState.bind(to, target),
      }),
    );
  }

  /** The selected row, unless what it stands for isn't there any more. */
  #selectedNow(): Target | undefined {
    const selected = this.#selected;
    const { known } = this.#parts.catalog;
    if (!selected || known.length === 0) return selected;
    const list = known.find(({ connection }) => connection.name === selected.connection)?.list;
    if (!list) return undefined;
    const isGone = list.state.status === "loaded" && list.find(selected.function) === undefined;
    return isGone ? undefined : selected;
  }

  #activated(editor: TextEditor | undefined): void {
    const place = placeOf(editor);
    if (place && !isSamePlace(place, this.#place)) {
      this.#place = place;
      if (editor && isJson(editor.document)) this.#selectedLast = false;
    } else if (!editor) this.#place = undefined;
    this.#changed.fire();
  }

  #movePlace(from: Uri, to: Uri): void {
    const uri = this.#place && moved(this.#place.uri, from, to);
    if (this.#place && uri) this.#place = { ...this.#place, uri };
  }
}

function placeOf(editor: TextEditor | undefined): Place | undefined {
  if (!editor || !isInEditorArea(editor)) return undefined;
  return { uri: editor.document.uri, column: editor.viewColumn };
}

function isSamePlace(a: Place, b: Place | undefined): boolean {
  return a.column === b?.column && a.uri.toString() === b?.uri.toString();
}
