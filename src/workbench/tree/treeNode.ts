import type { MarkdownString, TreeItem } from "vscode";

/** A row of the functions view, which knows how it looks and what is below it. */
export interface TreeNode {
  readonly parent?: TreeNode | undefined;
  item(): TreeItem;
  children(): readonly TreeNode[] | Promise<readonly TreeNode[]>;
  /** Made only when it's shown. */
  tooltip?(): MarkdownString;
}
