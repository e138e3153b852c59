import { ThemeIcon, TreeItem, TreeItemCollapsibleState } from "vscode";
import { COMMANDS, ROW_CONTEXTS } from "../../contributions.ts";
import type { Connection } from "../../core/connections/connection.ts";
import type { ListingProblem } from "../../core/functions/listing.ts";
import type { FunctionSummary } from "../../core/functions/functionSummary.ts";
import { nameMatcher } from "../../core/functions/matching.ts";
import type { FixAction } from "../../core/userError.ts";
import type { ConnectionFunctions } from "../connections/functionCatalog.ts";
import type { MfaPrompts } from "../connections/mfa.ts";
import type { InvocationStore } from "../invocations/invocationStore.ts";
import type { Guards } from "../guard/guards.ts";
import { describeGuard, guardContext, rowUri } from "../guard/guardDecorations.ts";
import { FunctionNode } from "./functionNode.ts";
import { problemOf } from "./listingState.ts";
import { type Message, MessageNode } from "./messageNode.ts";
import type { TreeNode } from "./treeNode.ts";

/** What the rows of a connection are made of. */
export interface ConnectionNodeParts {
  guards: Pick<Guards, "shownOf" | "shownOfAll">;
  mfa: MfaPrompts;
  store: Pick<InvocationStore, "running" | "elapsedMs">;
  /** The filter as it is now. */
  filter(): string;
  /** What is wrong in the workspace. */
  localProblems(): readonly Message[];
}

/** How long a connection that is opened shows VS Code's own sign that it is loading, before a row says so. */
const FIRST_PAGE_MS = 1000;

/** A connection, with its functions as far as they have arrived. */
export class ConnectionNode implements TreeNode {
  entry: ConnectionFunctions;
  readonly #parts: ConnectionNodeParts;
  /** Nodes are kept for as long as what they show, so that the workbench finds the same ones again. */
  readonly #functions = new WeakMap<FunctionSummary, FunctionNode>();

  constructor(entry: ConnectionFunctions, parts: ConnectionNodeParts) {
    this.entry = entry;
    this.#parts = parts;
  }

  /** Local starts open, others once a user opens them. */
  item(): TreeItem {
    const { connection, list, configured } = this.entry;
    const isLocal = connection.kind === "local";
    const state = isLocal ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
    const item = new TreeItem(connection.name, state);
    item.id = `connection/${connection.name}`;
    const guard = this.#parts.guards.shownOfAll(connection.name);
    item.iconPath = new ThemeIcon(guard ? (guard.unlocked ? "unlock" : "shield") : isLocal ? "vm" : "cloud");
    if (guard) item.resourceUri = rowUri(connection.name);
    const where = whereOf(this.entry);
    const { status, functions } = list.state;
    const count =
      status === "loading" && functions.length > 0 ? `loading… ${functions.length.toLocaleString("en")}` : "";
    item.description = [connection.name.endsWith(where) ? "" : where, count].filter(Boolean).join(" · ");
    item.tooltip = [...tooltipLines(connection), ...(guard ? [describeGuard(guard)] : [])].join("\n");
    const aws = configured ? ROW_CONTEXTS.configuredConnection : ROW_CONTEXTS.defaultConnection;
    item.contextValue = `${isLocal ? ROW_CONTEXTS.localConnection : aws}${guardContext(guard)}`;
    return item;
  }

  async children(): Promise<readonly TreeNode[]> {
    const { list, connection } = this.entry;
    if (list.state.status === "idle") {
      void list.load();
      await this.#firstPage();
    }
    const matches = nameMatcher(this.#parts.filter());
    const nodes: TreeNode[] = list.state.functions
      .filter(({ name }) => matches(name))
      .map((summary) => this.functionNode(summary));
    const messages = connection.kind === "local" ? [...this.#parts.localProblems()] : [];
    const problem = problemOf(this.entry, this.#parts.mfa);
    if (problem) messages.unshift(this.#listingMessage(problem));
    if (nodes.length === 0 && messages.length === 0) messages.push(emptyMessage(this.entry));
    nodes.unshift(...messages.map((message) => new MessageNode(message, this)));
    return nodes;
  }

  functionNode(summary: FunctionSummary): FunctionNode {
    const kept = this.#functions.get(summary) ?? new FunctionNode(summary, this, this.#parts);
    this.#functions.set(summary, kept);
    return kept;
  }

  /**
   * Waits for the first page, so that it's what a connection opens with: told of it as a change, the workbench would
   * show it most of a second later. A connection that is slow gives way, since other rows wait meanwhile.
   */
  async #firstPage(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, FIRST_PAGE_MS);
    await Promise.race([this.entry.list.arrival, late]);
    clearTimeout(timer);
  }

  /** Why the functions aren't listed, or not yet. */
  #listingMessage(problem: ListingProblem): Message {
    const { label, message, signIn } = problem;
    const icon = this.entry.list.state.status === "failed" ? "error" : "warning";
    return { label, message, icon, fix: this.#fixOf(problem), signIn, unlisted: this.entry };
  }

  #fixOf({ signIn, asksAgain }: ListingProblem): FixAction {
    if (signIn) return { title: "Sign In", command: COMMANDS.signIn, arguments: [signIn] };
    if (!asksAgain) return { title: "Show Log", command: COMMANDS.showLog };
    return { title: "Refresh", command: COMMANDS.refreshConnection, arguments: [this] };
  }
}

function whereOf({ connection }: ConnectionFunctions): string {
  if (connection.kind === "local") return "this workspace";
  return [connection.region, connection.endpoint].filter(Boolean).join(" · ");
}

function tooltipLines(connection: Connection): string[] {
  if (connection.kind === "local") return ["The workspace's own functions, run on this machine."];
  const lines = [
    `Profile: ${connection.profile ?? "default credentials"}`,
    `Region: ${connection.region ?? "the profile's"}`,
  ];
  if (connection.endpoint !== undefined) lines.push(`Endpoint: ${connection.endpoint}`);
  return lines;
}

function emptyMessage({ connection, list }: ConnectionFunctions): Message {
  if (list.state.status === "loading" || list.state.status === "idle") {
    return { message: "Loading…", icon: "loading~spin" };
  }
  if (list.state.functions.length > 0) {
    const fix: FixAction = { title: "Clear Filter", command: COMMANDS.clearFilter };
    return { message: "No function matches the filter. Click to clear it.", icon: "info", fix };
  }
  return connection.kind === "local"
    ? { message: "No functions found. Add a SAM template (template.yaml) to the workspace.", icon: "info" }
    : { message: "There are no functions in this region.", icon: "info" };
}
