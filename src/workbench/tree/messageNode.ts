import { ThemeColor, ThemeIcon, TreeItem } from "vscode";
import type { Problem } from "@lambda-invoke/local/contract/state.ts";
import { ROW_CONTEXTS } from "../../contributions.ts";
import type { SignIn } from "../../core/credentials/signIn.ts";
import type { FixAction } from "../../core/userError.ts";
import type { ConnectionFunctions } from "../connections/functionCatalog.ts";
import type { TreeNode } from "./treeNode.ts";

/** What a message's row says, and what solves it. */
export interface Message {
  message: string;
  icon: "error" | "info" | "loading~spin" | "warning";
  /** What the row itself shows; by default, the whole message. */
  label?: string | undefined;
  /** The place in the workspace, e.g. `template.yaml:3`. */
  where?: string | undefined;
  /** Run by a click on the row. */
  fix?: FixAction | undefined;
  /** The problem of the workspace that the message is about. */
  problem?: Problem | undefined;
  /** Functions of this connection aren't listed, or not yet; listing them again may help. */
  unlisted?: ConnectionFunctions | undefined;
  /** The sign-in that solves it. */
  signIn?: SignIn | undefined;
}

const ICON_COLORS: Partial<Record<Message["icon"], string>> = {
  error: "problemsErrorIcon.foreground",
  warning: "problemsWarningIcon.foreground",
};

/** A sentence in place of functions, or above them. */
export class MessageNode implements TreeNode {
  readonly content: Message;
  readonly parent: TreeNode | undefined;

  constructor(content: Message, parent?: TreeNode) {
    this.content = content;
    this.parent = parent;
  }

  children(): readonly TreeNode[] {
    return [];
  }

  item(): TreeItem {
    const { message, label, where, icon, fix } = this.content;
    const item = new TreeItem(label ?? where ?? message);
    if (where !== undefined) item.description = message;
    const color = ICON_COLORS[icon];
    item.iconPath = color === undefined ? new ThemeIcon(icon) : new ThemeIcon(icon, new ThemeColor(color));
    const text = [label, where, message].filter((part) => part !== undefined).join("\n");
    item.tooltip = fix ? `${text}\n\nClick: ${fix.title}` : text;
    if (fix) item.command = { ...fix, arguments: [...(fix.arguments ?? [])] };
    item.contextValue = this.#context();
    return item;
  }

  #context(): string {
    const { unlisted, problem, signIn } = this.content;
    if (signIn) return ROW_CONTEXTS.signInNeeded;
    if (unlisted) return ROW_CONTEXTS.listingProblem;
    return problem?.fix === undefined ? ROW_CONTEXTS.message : ROW_CONTEXTS.messageWithCommand;
  }
}
