import type { LocalTemplate, Problem } from "@lambda-invoke/local/contract/state.ts";
import { ThemeIcon, TreeItem, TreeItemCollapsibleState, workspace } from "vscode";
import { COMMANDS, ROW_CONTEXTS } from "../../contributions.ts";
import type { ConnectionFunctions } from "../connections/functionCatalog.ts";
import { problemCount, problemIcon } from "./problemRows.ts";
import type { TreeNode } from "./treeNode.ts";

/** What a template's row needs of Local's. */
interface LocalTemplateParent extends TreeNode {
  readonly entry: ConnectionFunctions;
  /** The rows of the functions that are listed or found, of these. */
  functionNodes(names: readonly string[]): readonly TreeNode[];
}

/** A template or service of the workspace, with its functions. */
export class LocalTemplateNode implements TreeNode {
  template: LocalTemplate;
  readonly parent: LocalTemplateParent;
  readonly #problems: (file: string) => readonly Problem[];

  constructor(
    template: LocalTemplate,
    parent: LocalTemplateParent,
    problems: (file: string) => readonly Problem[],
  ) {
    this.template = template;
    this.parent = parent;
    this.#problems = problems;
  }

  get entry(): ConnectionFunctions {
    return this.parent.entry;
  }

  /** The template's own problems, without its functions'. */
  get problems(): readonly Problem[] {
    return this.#problems(this.template.file);
  }

  children(): readonly TreeNode[] {
    return this.parent.functionNodes(this.template.functions);
  }

  item(): TreeItem {
    const { name, file, functions } = this.template;
    const { problems } = this;
    const isEmpty = functions.length === 0;
    const item = new TreeItem(
      name,
      isEmpty ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Expanded,
    );
    item.id = `template/${file}`;
    const path = workspace.asRelativePath(file);
    item.description = [problemCount(problems), path].filter((part) => part !== "").join(" · ");
    item.iconPath = problemIcon(problems) ?? new ThemeIcon("layers");
    const lines = problems.map(({ text, place }) => (place ? `Line ${place.line + 1}: ${text}` : text));
    item.tooltip = [path, ...lines].join("\n\n");
    item.contextValue = `${ROW_CONTEXTS.localTemplate}${problems.length > 0 ? ROW_CONTEXTS.problems : ""}`;
    const place = problems[0]?.place ?? { file, line: 0, column: 0 };
    // There's nothing to open below it.
    if (isEmpty) item.command = { title: "Open", command: COMMANDS.openPlace, arguments: [place] };
    return item;
  }
}
