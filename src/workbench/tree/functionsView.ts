import { problemMessage } from "@lambda-invoke/local/contract/state.ts";
import { type Disposable, type TreeView, window, workspace } from "vscode";
import { COMMANDS, CONTEXT_KEYS, VIEWS } from "../../contributions.ts";
import { nameMatcher } from "../../core/functions/matching.ts";
import { setContext } from "../context.ts";
import { DisposableStore } from "../disposables.ts";
import type { LocalWorkspaceState } from "../local/localWorkspaceState.ts";
import type { FunctionFilter } from "./functionFilter.ts";
import { FunctionsTree, type FunctionsTreeParts } from "./functionsTree.ts";
import type { Message } from "./messageNode.ts";
import type { TreeNode } from "./treeNode.ts";

/** What the view is made of. */
export interface FunctionsViewParts extends Omit<FunctionsTreeParts, "filter" | "localProblems"> {
  filter: FunctionFilter;
  localState: LocalWorkspaceState;
}

/** The functions view: its tree, and what its message says about the filter. */
export class FunctionsView implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #parts: FunctionsViewParts;

  readonly view: TreeView<TreeNode>;

  constructor(parts: FunctionsViewParts) {
    this.#parts = parts;
    const { catalog, filter, localState } = parts;
    const messages = (): Message[] => localProblemMessages(localState);
    const tree = new FunctionsTree({ ...parts, filter: () => filter.value, localProblems: messages });
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
    const shown = names.filter(nameMatcher(filter.value)).length;
    this.view.message = `Filter “${filter.value}”: ${shown} of ${names.length} functions`;
  }
}

/** What keeps functions of the workspace from being listed or run. */
function localProblemMessages({ problems }: LocalWorkspaceState): Message[] {
  return problems.map((problem) => {
    const { place } = problem;
    const message = problemMessage(problem);
    if (!place) return { icon: "warning", message, problem };
    const where = `${workspace.asRelativePath(place.file)}:${place.line + 1}`;
    const fix = { title: "Open", command: COMMANDS.openPlace, arguments: [place] };
    return { icon: "warning", message, problem, where, fix };
  });
}
