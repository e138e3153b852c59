import { type QuickPickItem, window } from "vscode";
import { formatDateTime } from "../../core/format.ts";
import type { HistoryPart } from "../../core/history/historyItem.ts";
import { describeRow, type HistoryEntry, isUnknown } from "../../core/history/historyRow.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import { UserError } from "../../core/userError.ts";
import type { FollowedEvents } from "../invocations/followedEvents.ts";
import type { History } from "../history/history.ts";
import { RecordNode } from "./historyNodes.ts";
import type { HistoryView } from "./historyView.ts";

/** What finds out which invocation is meant. */
export interface PickRecordParts {
  clock: Pick<Clock, "now">;
  history: Pick<History, "refresh" | "entries">;
  historyView: Pick<HistoryView, "selection">;
}

const WITHOUT: Readonly<Record<HistoryPart, string>> = {
  payload:
    "The payload of this invocation isn't kept: lambdaInvoke.history.savePayloads was off. Invoke the function from an editor.",
  response:
    "There's no response of this invocation in the history. Open the invocation to see what there is.",
  log: "There's no log of this invocation in the history. Open the invocation to see what there is.",
};

/**
 * The invocation that a command is meant for, by its id: the row or the id that it was given, or one that's picked. Throws a
 * `UserError` if a part that the command needs isn't kept.
 */
export async function findRecord(
  argument: unknown,
  parts: PickRecordParts,
  title: string,
  needed?: HistoryPart,
): Promise<string | undefined> {
  if (isRecordId(argument)) return argument;
  if (!(argument instanceof RecordNode)) return pickRecord(parts, title, needed);
  const { id, has } = argument.entry.item;
  if (needed && !has.includes(needed)) throw new UserError(WITHOUT[needed]);
  return id;
}

/** The same for a command on invocations whose answer was lost. */
export async function findUnknown(argument: unknown, parts: PickRecordParts): Promise<string | undefined> {
  if (isRecordId(argument)) return argument;
  if (argument instanceof RecordNode) return argument.entry.item.id;
  await parts.history.refresh();
  const entries = parts.history.entries().filter(isUnknown);
  if (entries.length === 0)
    throw new UserError("The history has no invocation that is unknown: what became of each is known.");
  return pickOne(entries, parts, "Find Out Whether It Ran");
}

/** The same, by the request id, for the command on accepted events that are followed. */
export async function findFollowed(
  argument: unknown,
  parts: PickRecordParts & { followed: Pick<FollowedEvents, "has"> },
): Promise<string | undefined> {
  if (argument instanceof RecordNode) return argument.entry.item.requestId;
  await parts.history.refresh();
  const entries = parts.history.entries().filter(({ item }) => parts.followed.has(item.requestId));
  if (entries.length === 0)
    throw new UserError(
      "No asynchronous event is followed now: the outcome of each is known, or not awaited.",
    );
  const id = await pickOne(entries, parts, "Stop Following");
  return entries.find(({ item }) => item.id === id)?.item.requestId;
}

/** The full id of a record, as buttons and links give it. */
function isRecordId(argument: unknown): argument is string {
  return typeof argument === "string" && argument.length === 36;
}

async function pickRecord(
  parts: PickRecordParts,
  title: string,
  needed: HistoryPart | undefined,
): Promise<string | undefined> {
  const { history } = parts;
  await history.refresh();
  const entries = history.entries().filter(({ item }) => !needed || item.has.includes(needed));
  if (entries.length === 0)
    throw new UserError("The history has no such invocation yet. Invoke a function first.");
  return pickOne(entries, parts, title);
}

async function pickOne(
  entries: readonly HistoryEntry[],
  { clock }: PickRecordParts,
  title: string,
): Promise<string | undefined> {
  const items = entries.map((entry) => toItem(entry, clock.now()));
  const options = { title, placeHolder: "Select an invocation", matchOnDescription: true };
  return (await window.showQuickPick(items, options))?.id;
}

function toItem(entry: HistoryEntry, nowMs: number): QuickPickItem & { id: string } {
  const { label, description } = describeRow(entry, nowMs);
  const { id, startedAt } = entry.item;
  return { id, label, description, detail: formatDateTime(startedAt) };
}

/** The two invocations that are to be compared, the older one first: rows, or what's picked; `undefined` if none are. */
export async function findPair(
  argument: unknown,
  selected: unknown,
  parts: PickRecordParts,
): Promise<readonly [string, string] | undefined> {
  const given: readonly unknown[] = Array.isArray(selected) ? selected : [argument];
  const rows = given.filter((node) => node instanceof RecordNode);
  const nodes = rows.length === 2 ? rows : parts.historyView.selection;
  const ids = nodes.map(({ entry }) => entry.item.id);
  const [first, second, ...others] = ids.length === 2 ? ids : ((await pickSeveral(parts)) ?? []);
  if (first === undefined) return undefined;
  if (second === undefined || others.length > 0)
    throw new UserError("Two invocations can be compared at a time. Select two.");
  const order = parts.history.entries().map(({ item }) => item.id);
  return order.indexOf(first) > order.indexOf(second) ? [first, second] : [second, first];
}

async function pickSeveral({ clock, history }: PickRecordParts): Promise<readonly string[] | undefined> {
  await history.refresh();
  const items = history.entries().map((entry) => toItem(entry, clock.now()));
  const options = {
    title: "Compare Invocations",
    placeHolder: "Select two invocations",
    matchOnDescription: true,
    canPickMany: true,
  } as const;
  return (await window.showQuickPick(items, options))?.map(({ id }) => id);
}
