import { type Disposable, type TreeView, window } from "vscode";
import { CONTEXT_KEYS, VIEWS } from "../../contributions.ts";
import { setContext } from "../context.ts";
import { DisposableStore } from "../disposables.ts";
import type { FunctionFilter } from "./functionFilter.ts";
import { FunctionsTree, type FunctionsTreeParts } from "./functionsTree.ts";
import type { TreeNode } from "./treeNode.ts";

/** What the view is made of. */
export interface FunctionsViewParts extends FunctionsTreeParts {
  filter: FunctionFilter;
}

/** The functions view: its tree, and what its message says about the filter. */
export class FunctionsView implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #parts: FunctionsViewParts;

  readonly view: TreeView<TreeNode>;

  constructor(parts: FunctionsViewParts) {
    this.#parts = parts;
    const { catalog, filter } = parts;
    const tree = new FunctionsTree(parts);
    this.#disposables.add(tree);
    this.view = this.#disposables.add(
      window.createTreeView(VIEWS.functions, { treeDataProvider: tree, showCollapseAll: false }),
    );
    this.#disposables.add(filter.onDidChange(() => tree.refresh()));
    this.#disposables.add(filter.onDidChange(() => this.#showFilter()));
    this.#disposables.add(catalog.onDidChange(() => this.#showFilter()));
    this.#showFilter();
    setContext(CONTEXT_KEYS.ready, true);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #showFilter(): void {
    const { catalog, filter } = this.#parts;
    if (filter.value === "") {
      this.view.message = "";
      return;
    }
    const names = catalog.known.flatMap(({ list }) => list.state.functions.map(({ name }) => name));
    const shown = names.filter((name) => filter.matches(name)).length;
    this.view.message = `Filter “${filter.value}”: ${shown} of ${names.length} functions`;
  }
}
