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
import { isFunctionRow, type FunctionRow, type Row } from "../tree/rows.ts";

/**
 * Which function is meant where none is named: what a person pointed at last counts. That is the row selected in the
 * tree, unless an editor that has a function of its own has become active since.
 */
export class Targets implements Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<void>());
  readonly #workspaceState: WorkspaceState;
  #row: FunctionRow | undefined;
  /** The row was selected after the active editor became active. */
  #rowIsLatest = false;

  /** Fires when the function meant for the active editor may have changed. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(view: TreeView<Row>, workspaceState: WorkspaceState, catalog: FunctionCatalog) {
    this.#workspaceState = workspaceState;
    const update = (): void => this.#changed.fire();
    this.#store.add(workspaceState.onDidChange(update));
    this.#store.add(workspace.onDidCloseTextDocument(({ uri }) => workspaceState.forget(uri)));
    this.#store.add(view.onDidChangeSelection(({ selection }) => this.#select(selection[0])));
    this.#store.add(
      window.onDidChangeActiveTextEditor(() => {
        if (activeJsonEditor()) this.#rowIsLatest = false;
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
    const selected = this.#row && targetOf(this.#row);
    if (this.#rowIsLatest && selected) return selected;
    return (file && this.#workspaceState.boundTo(file)) ?? selected;
  }

  /** Notes that a file's payload is meant for a function; that is then what was pointed at last. */
  async bind(file: Uri, target: Target): Promise<void> {
    this.#rowIsLatest = false;
    await this.#workspaceState.bind(file, target);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #select(row: Row | undefined): void {
    this.#row = isFunctionRow(row) ? row : undefined;
    this.#rowIsLatest = this.#row !== undefined;
    this.#changed.fire();
  }
}

/** A row's function. */
export function targetOf({ entry, function: found }: FunctionRow): Target {
  return { connection: entry.connection.name, function: found.name };
}
