import {
  type Disposable,
  type Event,
  EventEmitter,
  type TreeView,
  type Uri,
  window,
  workspace,
} from "vscode";
import type { FunctionCatalog } from "../connections/functionCatalog.ts";
import { DisposableStore } from "../disposables.ts";
import { activeJsonEditor } from "./jsonEditor.ts";
import type { Target } from "../../core/functions/target.ts";
import type { WorkspaceState } from "../workspaceState.ts";
import { FunctionNode } from "../tree/functionNode.ts";
import type { TreeNode } from "../tree/treeNode.ts";

/**
 * Which function is meant if none is named: what a user pointed at last counts. That's the row selected in the tree,
 * unless an editor that has a function of its own has become active since.
 */
export class Targets implements Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<void>());
  readonly #workspaceState: WorkspaceState;
  #selected: FunctionNode | undefined;
  /** The row was selected after the active editor became active. */
  #selectedLast = false;

  /** Fires when the function meant for the active editor may have changed. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(view: TreeView<TreeNode>, workspaceState: WorkspaceState, catalog: FunctionCatalog) {
    this.#workspaceState = workspaceState;
    const update = (): void => this.#changed.fire();
    this.#store.add(workspaceState.onDidChange(update));
    this.#store.add(workspace.onDidCloseTextDocument(({ uri }) => workspaceState.forget(uri)));
    this.#store.add(view.onDidChangeSelection(({ selection }) => this.#select(selection[0])));
    this.#store.add(
      window.onDidChangeActiveTextEditor(() => {
        if (activeJsonEditor()) this.#selectedLast = false;
        update();
      }),
    );
    this.#store.add(
      catalog.onDidChange((entry) => {
        if (entry === undefined) this.#select(undefined);
      }),
    );
  }

  /** The function meant for a file's payload, or for none. */
  current(file: Uri | undefined): Target | undefined {
    const selected = this.#selected?.target;
    if (this.#selectedLast && selected) return selected;
    return (file && this.#workspaceState.boundTo(file)) ?? selected;
  }

  /** Notes that a file's payload is meant for a function; that is then what was pointed at last. */
  async bind(file: Uri, target: Target): Promise<void> {
    this.#selectedLast = false;
    await this.#workspaceState.bind(file, target);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #select(node: TreeNode | undefined): void {
    this.#selected = node instanceof FunctionNode ? node : undefined;
    this.#selectedLast = this.#selected !== undefined;
    this.#changed.fire();
  }
}
