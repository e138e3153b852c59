import type { FoundFunction } from "@lambda-invoke/local/contract/found.ts";
import { TreeItem } from "vscode";
import { runtimeIcon, runtimeOf } from "./functionNode.ts";
import type { TreeNode } from "./treeNode.ts";

/**
 * A function of Local that's found while templates are still being read. Its name may change until all are read, so that
 * nothing can be done with it yet; the row of the listed function takes its place.
 */
export class FoundFunctionNode implements TreeNode {
  readonly parent: TreeNode;
  readonly #found: FoundFunction;
  readonly #connection: string;

  constructor(found: FoundFunction, connection: string, parent: TreeNode) {
    this.#found = found;
    this.#connection = connection;
    this.parent = parent;
  }

  children(): readonly TreeNode[] {
    return [];
  }

  item(): TreeItem {
    const { name } = this.#found;
    const runtime = runtimeOf(this.#found);
    const item = new TreeItem(name);
    item.id = `function/${this.#connection}/${name}`;
    item.iconPath = runtimeIcon(this.#found);
    item.description = runtime;
    item.tooltip = `${name}\n\nCan be invoked once all templates of the workspace are read`;
    const label = [name, runtime, this.#connection, "loading"].filter((part) => part !== "").join(", ");
    item.accessibilityInformation = { label };
    return item;
  }
}
