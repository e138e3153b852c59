import {
  type CancellationToken,
  type Disposable,
  type Event,
  type ProviderResult,
  type TreeDataProvider,
  type TreeItem,
} from "vscode";
import { openSetting } from "../../core/guard/guard.ts";
import type { Connection } from "../../core/connections/connection.ts";
import type { GuardProblem } from "../../core/guard/guardRule.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { ConnectionFunctions, FunctionCatalog } from "../connections/functionCatalog.ts";
import { DisposableStore } from "../disposables.ts";
import type { Guards } from "../guard/guards.ts";
import type { InvocationStore } from "../invocations/invocationStore.ts";
import type { Settings } from "../settings.ts";
import { ConnectionNode, type ConnectionNodeParts } from "./connectionNode.ts";
import type { FunctionNode } from "./functionNode.ts";
import { MessageNode } from "./messageNode.ts";
import { TreeChanges } from "../treeChanges.ts";
import type { TreeNode } from "./treeNode.ts";

/** What the tree is made of. */
export interface FunctionsTreeParts extends ConnectionNodeParts {
  catalog: FunctionCatalog;
  clock: Pick<Clock, "after">;
  guards: Pick<Guards, "shownOf" | "shownOfAll" | "onDidChange" | "problems">;
  settings: Pick<Settings, "connections">;
  store: Pick<InvocationStore, "running" | "elapsedMs" | "onDidChange">;
}

/** Connections and their functions, as far as they have arrived. */
export class FunctionsTree implements TreeDataProvider<TreeNode>, Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changes: TreeChanges<TreeNode>;
  readonly #parts: FunctionsTreeParts;
  /** Nodes are kept for as long as what they show, so that the workbench finds the same ones again. */
  readonly #connections = new WeakMap<ConnectionFunctions["list"], ConnectionNode>();

  readonly onDidChangeTreeData: Event<TreeNode | undefined>;

  constructor(parts: FunctionsTreeParts) {
    this.#parts = parts;
    const { catalog, clock, guards, localState, mfa, store } = parts;
    this.#changes = this.#disposables.add(new TreeChanges(clock));
    this.onDidChangeTreeData = this.#changes.event;
    this.#disposables.add(guards.onDidChange(() => this.refresh()));
    this.#disposables.add(catalog.onDidChange((entry) => this.#changes.fire(entry && this.#node(entry))));
    // A connection waits for a code, or has got one.
    this.#disposables.add(mfa.onDidChange(() => this.#refreshLoading(["aws", "local"])));
    this.#disposables.add(localState.onDidFind(() => this.#refreshLoading(["local"])));
    this.#disposables.add(
      store.onDidChange((change) => {
        if (!("invocation" in change)) return;
        const { connection, function: invoked } = change.invocation.spec;
        const node = this.nodeOf(connection, invoked.name);
        if (node) this.#changes.fireLeaf(node);
      }),
    );
  }

  /** Shows the rows again, without asking AWS. */
  refresh(): void {
    this.#changes.fire();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** The node of a function, if it's known. */
  nodeOf(connection: string, name: string): FunctionNode | undefined {
    const entry = this.#parts.catalog.known.find((each) => each.connection.name === connection);
    const summary = entry?.list.find(name);
    return entry && summary && this.#node(entry).functionNode(summary);
  }

  getTreeItem(node: TreeNode): TreeItem {
    return node.item();
  }

  resolveTreeItem(item: TreeItem, node: TreeNode, _token: CancellationToken): TreeItem {
    const tooltip = node.tooltip?.();
    if (tooltip) item.tooltip = tooltip;
    return item;
  }

  getParent(node: TreeNode): ProviderResult<TreeNode> {
    return node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    return [...(await this.#changes.answer(node, () => (node ? node.children() : this.#roots())))];
  }

  async #roots(): Promise<readonly TreeNode[]> {
    const connections = await this.#parts.catalog.connections();
    const problems = this.#parts.settings.connections().problems.map(settingProblem);
    const guardProblems = this.#parts.guards.problems.map(guardProblem);
    return [...guardProblems, ...problems, ...connections.map((entry) => this.#node(entry))];
  }

  /** Shows the rows of the connections again whose functions are being loaded. */
  #refreshLoading(kinds: readonly Connection["kind"][]): void {
    for (const entry of this.#parts.catalog.known) {
      const { connection, list } = entry;
      if (list.state.status === "loading" && kinds.includes(connection.kind))
        this.#changes.fire(this.#node(entry));
    }
  }

  #node(entry: ConnectionFunctions): ConnectionNode {
    const kept = this.#connections.get(entry.list) ?? new ConnectionNode(entry, this.#parts);
    kept.entry = entry;
    this.#connections.set(entry.list, kept);
    return kept;
  }
}

/** A guard that isn't written as it should be covers more than it might have meant, until it's fixed. */
function guardProblem({ message, setting }: GuardProblem): MessageNode {
  return new MessageNode({
    label: "Fix a guard in Settings",
    message,
    icon: "error",
    fix: openSetting(setting),
  });
}

function settingProblem(message: string): MessageNode {
  return new MessageNode({
    label: "Fix a connection in Settings",
    message,
    icon: "warning",
    fix: {
      title: "Open Setting",
      command: "workbench.action.openSettings",
      arguments: ["lambdaInvoke.connections"],
    },
  });
}
