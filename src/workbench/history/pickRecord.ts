import { type QuickPickItem, window } from "vscode";
import { formatDateTime } from "../../core/format.ts";
import type { HistoryPart } from "../../core/history/historyItem.ts";
import { describeRow, type HistoryEntry } from "../../core/history/historyRow.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import { UserError } from "../../core/userError.ts";
import type { History } from "./history.ts";
import { RecordNode } from "./historyNodes.ts";
import type { HistoryView } from "./historyView.ts";

/** What finds out which invocation is meant. */
export interface PickRecordParts {
  clock: Pick<Clock, "now">;
  history: Pick<History, "ready" | "entries">;
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
 * The invocation that a command is meant for, by its id: the row that it was given, or one that's picked. Throws a
 * `UserError` if a part that the command needs isn't kept.
 */
export async function findRecord(
  argument: unknown,
  parts: PickRecordParts,
  title: string,
  needed?: HistoryPart,
): Promise<string | undefined> {
  if (!(argument instanceof RecordNode)) return pickRecord(parts, title, needed);
  const { id, has } = argument.entry.item;
  if (needed && !has.includes(needed)) throw new UserError(WITHOUT[needed]);
  return id;
}

async function pickRecord(
  { clock, history }: PickRecordParts,
  title: string,
  needed: HistoryPart | undefined,
): Promise<string | undefined> {
  await history.ready();
  const entries = history.entries().filter(({ item }) => !needed || item.has.includes(needed));
  if (entries.length === 0)
    throw new UserError("The history has no such invocation yet. Invoke a function first.");
  const items = entries.map((entry) => toItem(entry, clock.now()));
  const options = { title, placeHolder: "Select an invocation", matchOnDescription: true };
  return (await window.showQuickPick(items, options))?.id;
}

function toItem(entry: HistoryEntry, nowMs: number): QuickPickItem & { id: string } {
  const { label, description } = describeRow(entry, nowMs);
  const { id, startedAt } = entry.item;
  return { id, label, description, detail: formatDateTime(startedAt) };
}

/** The two invocations that are to be compared, the older one first. Throws a `UserError` if there aren't two. */
export function selectedPair(argument: unknown, selected: unknown, parts: PickRecordParts): [string, string] {
  const given = Array.isArray(selected) ? selected : [argument];
  const nodes = given.filter((node) => node instanceof RecordNode);
  const [first, second, ...others] = nodes.length === 2 ? nodes : parts.historyView.selection;
  if (!first || !second || others.length > 0)
    throw new UserError(
      "Select two invocations in the History view: hold Ctrl or ⌘ and click the second one.",
    );
  const isFirstOlder = first.entry.item.startedAt <= second.entry.item.startedAt;
  const pair = [first.entry.item.id, second.entry.item.id] as const;
  return isFirstOlder ? [...pair] : [pair[1], pair[0]];
}
