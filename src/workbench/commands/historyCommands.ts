import { commands, env, type QuickPickItem, window } from "vscode";
import { cliCommand } from "../../core/history/cliCommand.ts";
import { toMarkdown } from "../../core/history/markdown.ts";
import { sdkCode, type SdkLanguage } from "../../core/history/sdkCode.ts";
import { UserError } from "../../core/userError.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { confirm } from "../guard/guardPrompts.ts";
import type { History } from "../history/history.ts";
import type { DocumentKind, HistoryDocuments } from "../historyView/historyDocuments.ts";
import type { HistoryView } from "../historyView/historyView.ts";
import { type FindOutCommandParts, findOutWhetherItRan } from "../historyView/findOutWhetherItRan.ts";
import { editAndInvoke, invokeAgain, type InvokeFromHistoryParts } from "../historyView/invokeFromHistory.ts";
import type { RecordNode } from "../historyView/historyNodes.ts";
import type { FollowedEvents } from "../invocations/followedEvents.ts";
import { linkTo } from "../invoking/invocationLinks.ts";
import type { PromptServices } from "../targets/resolveTarget.ts";
import {
  findFollowed,
  findPair,
  findRecord,
  findUnknown,
  type PickRecordParts,
} from "../historyView/pickRecord.ts";

/** What the commands of the history need. */
export interface HistoryCommandParts
  extends Omit<FindOutCommandParts, "prompts">, Omit<InvokeFromHistoryParts, "prompts">, PickRecordParts {
  clock: FindOutCommandParts["clock"];
  followed: Pick<FollowedEvents, "has" | "stop">;
  history: Pick<History, "refresh" | "entries" | "read" | "clear" | "noteFinding" | "noteStopped" | "others">;
  historyDocuments: Pick<HistoryDocuments, "open" | "uriOf">;
  prompts: PromptServices;
  historyView: Pick<HistoryView, "filter" | "setFilter" | "selection">;
}

/** How long the status bar says that something was copied, in milliseconds. */
const COPIED_MS = 3000;

type HistoryCommand =
  | "openRecord"
  | "openPayload"
  | "openLog"
  | "editAndInvoke"
  | "compareRecords"
  | "copyAsMarkdown"
  | "copyAsCli"
  | "copyAsCode"
  | "copyLink"
  | "findOutWhetherItRan"
  | "stopFollowing"
  | "filterHistory"
  | "clearHistoryFilter"
  | "clearHistory";

/** The commands of the history view and its rows. From the palette, they ask which invocation is meant. */
export function historyCommands(parts: HistoryCommandParts): CommandHandlers<HistoryCommand> {
  const { historyView } = parts;
  return {
    openRecord: (node) => open(node, "record", parts),
    openPayload: (node) => open(node, "payload", parts),
    openLog: (node) => open(node, "log", parts),
    editAndInvoke: async (node) => {
      const id = await findRecord(node, parts, "Edit and Invoke", "payload");
      if (id !== undefined) await editAndInvoke(id, parts);
    },
    compareRecords: (node, selected) => compare(node, selected, parts),
    copyAsMarkdown: (node) => copyAsMarkdown(node, parts),
    copyAsCli: (node) => copyAsCli(node, parts),
    copyAsCode: (node) => copyAsCode(node, parts),
    copyLink: (node) => copyLink(node, parts),
    findOutWhetherItRan: async (node) => {
      const id = await findUnknown(node, parts);
      return id === undefined ? undefined : findOutWhetherItRan(id, parts);
    },
    stopFollowing: async (node) => {
      const requestId = await findFollowed(node, parts);
      if (requestId === undefined) return;
      parts.followed.stop(requestId);
      await parts.history.noteStopped(requestId);
    },
    filterHistory: () => askForFilter(historyView),
    clearHistoryFilter: () => historyView.setFilter(""),
    clearHistory: () => clear(parts),
  };
}

/** Opens the response of a row of the history, or of one that's picked. */
export function openResponseOf(node: unknown, parts: HistoryCommandParts): Promise<void> {
  return open(node, "response", parts);
}

/** Makes the invocation of a row of the history once more. */
export async function invokeRowAgain(node: RecordNode, parts: HistoryCommandParts): Promise<unknown> {
  const id = await findRecord(node, parts, "Invoke Again", "payload");
  return id === undefined ? undefined : invokeAgain(id, parts);
}

const TITLES = {
  record: "Open Invocation",
  payload: "Open Payload",
  response: "Open Response",
  log: "Open Log",
} as const;

async function open(
  node: unknown,
  kind: Exclude<DocumentKind, "comparedPayload" | "comparedResponse">,
  parts: HistoryCommandParts,
): Promise<void> {
  const needed = kind === "record" ? undefined : kind;
  const id = await findRecord(node, parts, TITLES[kind], needed);
  if (id !== undefined) await parts.historyDocuments.open(id, kind);
}

async function compare(node: unknown, selected: unknown, parts: HistoryCommandParts): Promise<void> {
  const pair = await findPair(node, selected, parts);
  if (!pair) return;
  const [older, newer] = await Promise.all(pair.map((id) => parts.history.read(id)));
  if (!older || !newer) return;
  const both = (part: "payload" | "response"): boolean =>
    [older, newer].every(({ item }) => item.has.includes(part));
  const kinds: (QuickPickItem & { shown: DocumentKind })[] = [
    ...(both("response") ? [{ label: "Responses", shown: "comparedResponse" } as const] : []),
    ...(both("payload") ? [{ label: "Payloads", shown: "comparedPayload" } as const] : []),
  ];
  const [only, another] = kinds;
  if (!only)
    throw new UserError("These invocations have no part in common that's kept. Select two with responses.");
  const options = { title: "Compare Invocations", placeHolder: "Select what to compare" };
  const chosen = another ? await window.showQuickPick(kinds, options) : only;
  if (!chosen) return;
  const uris = [older, newer].map(({ record }) => parts.historyDocuments.uriOf(record, chosen.shown));
  const title = `${chosen.label}: ${older.record.function.name} ↔ ${newer.record.function.name}`;
  await commands.executeCommand("vscode.diff", ...uris, title);
}

async function copyAsMarkdown(node: unknown, parts: HistoryCommandParts): Promise<void> {
  const id = await findRecord(node, parts, "Copy as Markdown");
  if (id !== undefined) await copy(toMarkdown((await parts.history.read(id)).record), "the invocation");
}

async function copyAsCli(node: unknown, parts: HistoryCommandParts): Promise<void> {
  const id = await findRecord(node, parts, "Copy as AWS CLI Command", "payload");
  if (id === undefined) return;
  const { item, record } = await parts.history.read(id);
  const shell = process.platform === "win32" ? "powershell" : "posix";
  await copy(cliCommand({ record, destination: item.destination }, shell), "the command");
}

const LANGUAGES: readonly (QuickPickItem & { language: SdkLanguage })[] = [
  { label: "JavaScript", description: "AWS SDK for JavaScript v3", language: "javascript" },
  { label: "Python", description: "Boto3", language: "python" },
];

async function copyAsCode(node: unknown, parts: HistoryCommandParts): Promise<void> {
  const id = await findRecord(node, parts, "Copy as SDK Code", "payload");
  if (id === undefined) return;
  const options = { title: "Copy as SDK Code", placeHolder: "Select a language" };
  const chosen = await window.showQuickPick(LANGUAGES, options);
  if (!chosen) return;
  const { item, record } = await parts.history.read(id);
  await copy(sdkCode({ record, destination: item.destination }, chosen.language), "the code");
}

/** A link has no client context and no tenant. */
async function copyLink(node: unknown, parts: HistoryCommandParts): Promise<void> {
  const id = await findRecord(node, parts, "Copy Link to Invocation", "payload");
  if (id === undefined) return;
  const { record } = await parts.history.read(id);
  const { connection, mode, payload, function: fn } = record;
  const { name, arn = name, qualifier } = fn;
  await copy(linkTo({ connection, function: arn, qualifier, mode, payload: payload.text }), "the link");
}

async function askForFilter(historyView: HistoryCommandParts["historyView"]): Promise<void> {
  const filter = await window.showInputBox({
    title: "Filter History",
    prompt: "Words of the function, connection, verdict, mode, error or request id, such as: order failed",
    value: historyView.filter,
  });
  if (filter !== undefined) historyView.setFilter(filter);
}

async function clear({ history }: HistoryCommandParts): Promise<void> {
  const message = "Remove all invocations from the history, also those of other windows?";
  const detail = "Their payloads, responses and logs are deleted from this machine. This can't be undone.";
  if (await confirm({ message, detail, yes: "Clear History" })) await history.clear();
}

async function copy(text: string, what: string): Promise<void> {
  await env.clipboard.writeText(text);
  window.setStatusBarMessage(`Copied ${what}`, COPIED_MS);
}
