import type { Problem } from "@lambda-invoke/local/contract/state.ts";
import { MarkdownString, ThemeColor, ThemeIcon, TreeItem } from "vscode";
import { COMMANDS, ROW_CONTEXTS } from "../../contributions.ts";
import { DOUBLE_CLICK_MS } from "../../core/guard/startCheck.ts";
import { formatBytes, formatElapsed } from "../../core/format.ts";
import type { FunctionSummary } from "../../core/functions/functionSummary.ts";
import type { Target } from "../../core/functions/target.ts";
import type { ConnectionFunctions } from "../connections/functionCatalog.ts";
import { describeGuard, guardContext, rowUri } from "../guard/guardDecorations.ts";
import type { Guards, ShownGuard } from "../guard/guards.ts";
import type { InvocationStore } from "../invocations/invocationStore.ts";
import type { LocalWorkspaceState } from "../local/localWorkspaceState.ts";
import { problemCount, problemIcon } from "./problemRows.ts";
import type { TreeNode } from "./treeNode.ts";

/** What a function's row shows beside the function. */
interface FunctionNodeParts {
  guards: Pick<Guards, "shownOf">;
  store: Pick<InvocationStore, "running" | "elapsedMs">;
  localState: Pick<LocalWorkspaceState, "problemsOfFunction">;
}

type RuntimeFacts = Pick<FunctionSummary, "runtime" | "packageType">;

/** A function of a connection. */
export class FunctionNode implements TreeNode {
  readonly summary: FunctionSummary;
  readonly parent: TreeNode & { readonly entry: ConnectionFunctions };
  readonly #parts: FunctionNodeParts;

  constructor(summary: FunctionSummary, parent: FunctionNode["parent"], parts: FunctionNodeParts) {
    this.summary = summary;
    this.parent = parent;
    this.#parts = parts;
  }

  get target(): Target {
    return { connection: this.parent.entry.connection.name, function: this.summary.name };
  }

  children(): readonly TreeNode[] {
    return [];
  }

  item(): TreeItem {
    const { connection } = this.parent.entry;
    const { name, description = "" } = this.summary;
    const runningMs = this.#runningMs();
    const item = new TreeItem(name);
    item.id = `function/${connection.name}/${name}`;
    const { problems } = this;
    const ownIcon = problemIcon(problems) ?? runtimeIcon(this.summary);
    item.iconPath = runningMs === undefined ? ownIcon : new ThemeIcon("loading~spin");
    // Sooner, the second of two clicks would find another button in the place of the first.
    const isRunning = runningMs !== undefined && runningMs >= DOUBLE_CLICK_MS;
    const runtime = runtimeOf(this.summary);
    item.description = isRunning ? `running · ${formatElapsed(runningMs)}` : runtime;
    const context = connection.kind === "local" ? ROW_CONTEXTS.localFunction : ROW_CONTEXTS.awsFunction;
    // A click on a row that is selected already changes no selection, and points at it all the same.
    item.command = { title: "Point at Function", command: COMMANDS.pointAtRow, arguments: [this] };
    const guard = this.#guard();
    if (guard) item.resourceUri = rowUri(connection.name, name);
    item.contextValue = `${context}${guardContext(guard)}${isRunning ? ROW_CONTEXTS.running : ""}${problemContext(problems)}`;
    const state = isRunning ? "running" : description;
    const safety = guard ? (guard.unlocked ? "unlocked" : "protected") : "";
    const parts = [name, runtime, connection.name, state, safety, problemCount(problems)];
    const label = parts.filter((part) => part !== "").join(", ");
    item.accessibilityInformation = { label };
    return item;
  }

  tooltip(): MarkdownString {
    return describeFunction(this.summary, this.parent.entry.connection.name, this.#guard(), this.problems);
  }

  /** What keeps a function of Local from running, or is left out. */
  get problems(): readonly Problem[] {
    const { kind } = this.parent.entry.connection;
    return kind === "local" ? this.#parts.localState.problemsOfFunction(this.summary.name) : [];
  }

  /** For how long its oldest invocation has been under way. */
  #runningMs(): number | undefined {
    const [oldest] = this.#parts.store.running(this.target);
    return oldest && this.#parts.store.elapsedMs(oldest);
  }

  #guard(): ShownGuard | undefined {
    return this.#parts.guards.shownOf({
      connection: this.parent.entry.connection.name,
      name: this.summary.name,
    });
  }
}

function problemContext(problems: readonly Problem[]): string {
  if (problems.length === 0) return "";
  const { fix } = problems.find((problem) => problem.fix) ?? {};
  if (!fix) return ROW_CONTEXTS.problems;
  return `${ROW_CONTEXTS.problems}${fix.install ? ROW_CONTEXTS.withInstallation : ROW_CONTEXTS.withCommand}`;
}

/** What a row says of a function's runtime; empty where it isn't known. */
export function runtimeOf({ runtime, packageType }: RuntimeFacts): string {
  return runtime ?? (packageType === "Image" ? "container image" : "");
}

const RUNTIME_ICONS: readonly [RegExp, string, string][] = [
  [/^nodejs/, "symbol-event", "charts.green"],
  [/^python/, "symbol-namespace", "charts.blue"],
  [/^java/, "coffee", "charts.orange"],
  [/^ruby/, "ruby", "charts.red"],
  [/^dotnet/, "symbol-numeric", "charts.purple"],
  [/^(provided|go)/, "terminal", "charts.foreground"],
];

export function runtimeIcon({ runtime = "", packageType }: RuntimeFacts): ThemeIcon {
  if (packageType === "Image") return new ThemeIcon("package");
  const found = RUNTIME_ICONS.find(([pattern]) => pattern.test(runtime));
  return found ? new ThemeIcon(found[1], new ThemeColor(found[2])) : new ThemeIcon("symbol-method");
}

/** The hover of a function. */
function describeFunction(
  found: FunctionSummary,
  connection: string,
  guard: ShownGuard | undefined,
  problems: readonly Problem[],
): MarkdownString {
  const rows: [string, string | undefined][] = [
    ["Runtime", found.runtime ?? found.packageType],
    ["Handler", found.handler],
    ["Memory", found.memorySizeMb === undefined ? undefined : `${found.memorySizeMb} MB`],
    ["Timeout", found.timeoutSeconds === undefined ? undefined : `${found.timeoutSeconds} s`],
    ["Code", found.codeSizeBytes === undefined ? undefined : formatBytes(found.codeSizeBytes)],
    ["Architecture", found.architectures?.join(", ")],
    ["Last change", found.lastModified === undefined ? undefined : when(found.lastModified)],
    ["Connection", connection],
    ["ARN", found.arn],
  ];
  const text = new MarkdownString();
  text.appendMarkdown("**").appendText(found.name).appendMarkdown("**\n\n");
  if (found.description !== undefined) text.appendText(found.description).appendMarkdown("\n\n");
  if (guard) text.appendText(describeGuard(guard)).appendMarkdown("\n\n");
  for (const { text: problem } of problems) text.appendText(`• ${problem}`).appendMarkdown("\n\n");
  text.appendMarkdown("| | |\n|:--|:--|\n");
  for (const [name, value] of rows) {
    if (value !== undefined) text.appendMarkdown(`| ${name} | `).appendText(value).appendMarkdown(" |\n");
  }
  return text;
}

function when(lastModified: string): string {
  const date = new Date(lastModified.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(date.getTime()) ? lastModified : date.toLocaleString();
}
