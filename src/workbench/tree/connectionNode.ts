import type { LocalTemplate, Problem } from "@lambda-invoke/local/contract/state.ts";
import { ThemeIcon, TreeItem, TreeItemCollapsibleState } from "vscode";
import { COMMANDS, ROW_CONTEXTS } from "../../contributions.ts";
import type { Connection } from "../../core/connections/connection.ts";
import type { ListingProblem } from "../../core/functions/listing.ts";
import type { FunctionSummary } from "../../core/functions/functionSummary.ts";
import type { FixAction } from "../../core/userError.ts";
import type { ConnectionFunctions } from "../connections/functionCatalog.ts";
import type { MfaPrompts } from "../connections/mfa.ts";
import type { InvocationStore } from "../invocations/invocationStore.ts";
import type { Guards } from "../guard/guards.ts";
import { describeGuard, guardContext, rowUri } from "../guard/guardDecorations.ts";
import type { LocalWorkspaceState } from "../local/localWorkspaceState.ts";
import type { FunctionFilter } from "./functionFilter.ts";
import { FunctionNode } from "./functionNode.ts";
import { problemOf } from "./listingState.ts";
import { LocalTemplateNode } from "./localTemplateNode.ts";
import { type Message, MessageNode } from "./messageNode.ts";
import { problemRows } from "./problemRows.ts";
import type { TreeNode } from "./treeNode.ts";

/** What the rows of a connection are made of. */
export interface ConnectionNodeParts {
  guards: Pick<Guards, "shownOf" | "shownOfAll">;
  mfa: MfaPrompts;
  store: Pick<InvocationStore, "running" | "elapsedMs">;
  filter: Pick<FunctionFilter, "value" | "matches">;
  /** What Local says about the workspace. */
  localState: Pick<
    LocalWorkspaceState,
    "templates" | "workspaceProblems" | "problemsOfTemplate" | "problemsOfFunction"
  >;
}

/** The templates that functions are grouped by. */
interface Grouped {
  groups: readonly LocalTemplate[];
  byFunction: ReadonlyMap<string, LocalTemplate>;
}

const NO_GROUPS: readonly LocalTemplate[] = [];

/** How long a connection that is opened shows VS Code's own sign that it is loading, before a row says so. */
const FIRST_PAGE_MS = 1000;

/** A connection, with its functions as far as they have arrived. */
export class ConnectionNode implements TreeNode {
  entry: ConnectionFunctions;
  readonly #parts: ConnectionNodeParts;
  /** Nodes are kept for as long as what they show, so that the workbench finds the same ones again. */
  readonly #functions = new WeakMap<FunctionSummary, FunctionNode>();
  readonly #templates = new Map<string, LocalTemplateNode>();
  /** The groups by function; made anew when the groups are. */
  #grouped: Grouped = { groups: NO_GROUPS, byFunction: new Map() };

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
    const isLocal = connection.kind === "local";
    const nodes: TreeNode[] = [...(isLocal ? this.#localRows() : this.#matching(list.state.functions))];
    const messages = isLocal ? problemRows(this.#unlistedProblems()) : [];
    const problem = problemOf(this.entry, this.#parts.mfa);
    if (problem) messages.unshift(this.#listingMessage(problem));
    if (nodes.length === 0 && messages.length === 0) messages.push(emptyMessage(this.entry));
    nodes.unshift(...messages.map((message) => new MessageNode(message, this)));
    return nodes;
  }

  functionNode(summary: FunctionSummary): FunctionNode {
    const parent = this.#templateOf(summary.name) ?? this;
    const kept = this.#functions.get(summary);
    if (kept?.parent === parent) return kept;
    const node = new FunctionNode(summary, parent, this.#parts);
    this.#functions.set(summary, node);
    return node;
  }

  /** The rows of these functions, as far as they're listed and match the filter. */
  functionNodes(names: readonly string[]): readonly FunctionNode[] {
    const wanted = new Set(names);
    return this.#matching(this.entry.list.state.functions.filter(({ name }) => wanted.has(name)));
  }

  #matching(summaries: readonly FunctionSummary[]): readonly FunctionNode[] {
    const { filter } = this.#parts;
    return summaries.filter(({ name }) => filter.matches(name)).map((summary) => this.functionNode(summary));
  }

  /** The templates of the workspace where there are several, then the functions of none. */
  #localRows(): readonly TreeNode[] {
    const { functions } = this.entry.list.state;
    const templates = this.#groups();
    const grouped = new Set(templates.flatMap((template) => template.functions));
    const isFiltered = this.#parts.filter.value !== "";
    const nodes = templates
      .map((template) => this.#templateNode(template))
      .filter((node) => !isFiltered || node.children().length > 0);
    return [...nodes, ...this.#matching(functions.filter(({ name }) => !grouped.has(name)))];
  }

  /** With only one template, its functions are listed as those of any connection. */
  #groups(): readonly LocalTemplate[] {
    const { templates } = this.#parts.localState;
    return this.entry.connection.kind === "local" && templates.length > 1 ? templates : NO_GROUPS;
  }

  #templateOf(functionName: string): LocalTemplateNode | undefined {
    const groups = this.#groups();
    if (this.#grouped.groups !== groups) {
      const pairs = groups.flatMap((group) => group.functions.map((name) => [name, group] as const));
      this.#grouped = { groups, byFunction: new Map(pairs) };
    }
    const template = this.#grouped.byFunction.get(functionName);
    return template && this.#templateNode(template);
  }

  #templateNode(template: LocalTemplate): LocalTemplateNode {
    const { localState } = this.#parts;
    const node =
      this.#templates.get(template.file) ??
      new LocalTemplateNode(template, this, (file) => localState.problemsOfTemplate(file));
    node.template = template;
    this.#templates.set(template.file, node);
    return node;
  }

  /** The problems of the workspace that no row of a function or a template shows. */
  #unlistedProblems(): readonly Problem[] {
    const { localState } = this.#parts;
    const [template, ...others] = localState.templates;
    const own = template && others.length === 0 ? localState.problemsOfTemplate(template.file) : [];
    return [...localState.workspaceProblems, ...own];
  }

  /**
   * Waits for the first page, so that it's what a connection opens with: told of it as a change, the workbench would
   * show it most of a second later. A connection that is slow gives way, since other rows wait meanwhile. Where the first
   * page is all, that's known a moment later, and nothing changes after.
   */
  async #firstPage(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, FIRST_PAGE_MS);
    await Promise.race([this.entry.list.arrival, late]);
    clearTimeout(timer);
    await new Promise(setImmediate);
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
