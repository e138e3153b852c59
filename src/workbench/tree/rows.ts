import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from "vscode";
import { ROW_CONTEXTS } from "../../contributions.ts";
import { formatBytes, formatElapsed } from "../../core/format.ts";
import type { SignIn } from "../../core/credentials/signIn.ts";
import type { FunctionSummary } from "../../core/functions/functionSummary.ts";
import type { Problem } from "@lambda-invoke/local/contract/state.ts";
import type { Mend } from "../../core/userError.ts";
import { DOUBLE_CLICK_MS } from "../../core/connections/guards.ts";
import type { Shelf } from "./catalog.ts";

/** A row of the functions view. */
export type Row = ConnectionRow | FunctionRow | MessageRow;

export interface ConnectionRow {
  kind: "connection";
  shelf: Shelf;
}

export interface FunctionRow {
  kind: "function";
  shelf: Shelf;
  function: FunctionSummary;
}

/** A sentence in place of functions, with the command that mends it. */
export interface MessageRow {
  kind: "message";
  message: string;
  /** What of the message the row itself shows; all of it where there is none. */
  label?: string;
  /** The place in the workspace that it speaks of, e.g. `template.yaml:3`. */
  where?: string;
  icon: "error" | "info" | "loading~spin" | "warning";
  mend?: Mend;
  /** What of the workspace it speaks of, where it does. */
  problem?: Problem;
  shelf?: Shelf;
  /** The connection's functions are not listed, or not yet; listing them anew may help. */
  isListingProblem?: boolean;
  /** The sign-in that solves it. */
  signIn?: SignIn;
}

/** Tells a row of the view from the other arguments a command may be given. */
export function isFunctionRow(value: unknown): value is FunctionRow {
  return (
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    value.kind === "function" &&
    "shelf" in value
  );
}

export function isConnectionRow(value: unknown): value is ConnectionRow {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "connection";
}

export function isMessageRow(value: unknown): value is MessageRow {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "message";
}

/** The tree item of a connection; Local starts open, others once a person opens them. */
export function connectionItem({ shelf }: ConnectionRow): TreeItem {
  const { connection, list } = shelf;
  const isLocal = connection.kind === "local";
  const state = isLocal ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
  const item = new TreeItem(connection.name, state);
  item.id = `connection/${connection.name}`;
  item.iconPath = new ThemeIcon(isLocal ? "vm" : connection.protected ? "shield" : "cloud");
  const where = isLocal
    ? "this workspace"
    : [connection.region, connection.endpoint].filter(Boolean).join(" · ");
  const { status, functions } = list.state;
  const count =
    status === "loading" && functions.length > 0 ? `loading… ${functions.length.toLocaleString("en")}` : "";
  item.description = [connection.name.endsWith(where) ? "" : where, count].filter(Boolean).join(" · ");
  item.tooltip = connectionTooltip(shelf);
  const aws = shelf.configured ? ROW_CONTEXTS.configuredConnection : ROW_CONTEXTS.defaultConnection;
  item.contextValue = isLocal ? ROW_CONTEXTS.localConnection : aws;
  return item;
}

function connectionTooltip({ connection }: Shelf): string {
  if (connection.kind === "local") return "The workspace's own functions, run on this machine.";
  const lines = [
    `Profile: ${connection.profile ?? "default credentials"}`,
    `Region: ${connection.region ?? "the profile's"}`,
    ...(connection.endpoint === undefined ? [] : [`Endpoint: ${connection.endpoint}`]),
    ...(connection.protected ? ["Protected: asks before every invocation"] : []),
  ];
  return lines.join("\n");
}

/** The tree item of a function; `runningMs` says for how long an invocation has been under way. */
export function functionItem(row: FunctionRow, runningMs: number | undefined): TreeItem {
  const { shelf, function: found } = row;
  const isLocal = shelf.connection.kind === "local";
  const item = new TreeItem(found.name);
  item.id = `function/${shelf.connection.name}/${found.name}`;
  item.iconPath = runningMs === undefined ? runtimeIcon(found) : new ThemeIcon("loading~spin");
  // Sooner, the second of two clicks would find another button in the place of the first.
  const running = runningMs !== undefined && runningMs >= DOUBLE_CLICK_MS;
  const runtime = found.runtime ?? (found.packageType === "Image" ? "container image" : "");
  item.description = running ? `running · ${formatElapsed(runningMs)}` : runtime;
  const context = isLocal ? ROW_CONTEXTS.localFunction : ROW_CONTEXTS.awsFunction;
  item.contextValue = running ? `${context}${ROW_CONTEXTS.running}` : context;
  const state = running ? "running" : (found.description ?? "");
  const label = [found.name, runtime, shelf.connection.name, state].filter((part) => part !== "").join(", ");
  item.accessibilityInformation = { label };
  return item;
}

const RUNTIME_ICONS: readonly [RegExp, string, string][] = [
  [/^nodejs/, "symbol-event", "charts.green"],
  [/^python/, "symbol-namespace", "charts.blue"],
  [/^java/, "coffee", "charts.orange"],
  [/^ruby/, "ruby", "charts.red"],
  [/^dotnet/, "symbol-numeric", "charts.purple"],
  [/^(provided|go)/, "terminal", "charts.foreground"],
];

function runtimeIcon({ runtime = "", packageType }: FunctionSummary): ThemeIcon {
  if (packageType === "Image") return new ThemeIcon("package");
  const found = RUNTIME_ICONS.find(([pattern]) => pattern.test(runtime));
  return found ? new ThemeIcon(found[1], new ThemeColor(found[2])) : new ThemeIcon("symbol-method");
}

/** The hover of a function: made only when it is shown. */
export function functionTooltip({ function: found, shelf }: FunctionRow): MarkdownString {
  const rows: [string, string | undefined][] = [
    ["Runtime", found.runtime ?? found.packageType],
    ["Handler", found.handler],
    ["Memory", found.memorySizeMb === undefined ? undefined : `${found.memorySizeMb} MB`],
    ["Timeout", found.timeoutSeconds === undefined ? undefined : `${found.timeoutSeconds} s`],
    ["Code", found.codeSizeBytes === undefined ? undefined : formatBytes(found.codeSizeBytes)],
    ["Architecture", found.architectures?.join(", ")],
    ["Last change", found.lastModified === undefined ? undefined : when(found.lastModified)],
    ["Connection", shelf.connection.name],
    ["ARN", found.arn],
  ];
  const text = new MarkdownString();
  text.appendMarkdown("**").appendText(found.name).appendMarkdown("**\n\n");
  if (found.description !== undefined) text.appendText(found.description).appendMarkdown("\n\n");
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

const ICON_COLORS: Partial<Record<MessageRow["icon"], string>> = {
  error: "problemsErrorIcon.foreground",
  warning: "problemsWarningIcon.foreground",
};

/** The tree item of a sentence; a click on it runs the command that mends it. */
export function messageItem(row: MessageRow): TreeItem {
  const { message, label, where, icon, mend } = row;
  const item = new TreeItem(label ?? where ?? message);
  if (where !== undefined) item.description = message;
  const color = ICON_COLORS[icon];
  item.iconPath = color === undefined ? new ThemeIcon(icon) : new ThemeIcon(icon, new ThemeColor(color));
  const text = [label, where, message].filter((part) => part !== undefined).join("\n");
  item.tooltip = mend ? `${text}\n\nClick: ${mend.title}` : text;
  if (mend)
    item.command = { title: mend.title, command: mend.command, arguments: [...(mend.arguments ?? [])] };
  item.contextValue = messageContext(row);
  return item;
}

function messageContext({ isListingProblem, problem, signIn }: MessageRow): string {
  if (signIn) return ROW_CONTEXTS.signInNeeded;
  if (isListingProblem) return ROW_CONTEXTS.listingProblem;
  return problem?.fix === undefined ? ROW_CONTEXTS.message : ROW_CONTEXTS.messageWithCommand;
}
