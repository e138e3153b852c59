import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from "vscode";
import { COMMANDS, HISTORY_CONTEXTS } from "../../contributions.ts";
import { formatBytes, formatDateTime } from "../../core/format.ts";
import {
  describeRow,
  isUnknown,
  type HistoryDay,
  type HistoryEntry,
  type RowState,
  stateOf,
} from "../../core/history/historyRow.ts";
import type { NextAttempt } from "../../core/invocation/nextAttempt.ts";

/** The invocations of a day. */
export class DayNode {
  readonly day: HistoryDay;

  constructor(day: HistoryDay) {
    this.day = day;
  }

  item(isFirst: boolean): TreeItem {
    const { Expanded, Collapsed } = TreeItemCollapsibleState;
    const item = new TreeItem(this.day.title, isFirst ? Expanded : Collapsed);
    item.id = this.day.key;
    item.description = String(this.day.entries.length);
    item.contextValue = HISTORY_CONTEXTS.day;
    return item;
  }
}

/** An invocation of the history. */
export class RecordNode {
  readonly entry: HistoryEntry;
  /** Whether it's an accepted event whose outcome is awaited in this window. */
  readonly isFollowed: boolean;

  constructor(entry: HistoryEntry, isFollowed = false) {
    this.entry = entry;
    this.isFollowed = isFollowed;
  }

  /** `next` is when the event is tried again. */
  item(nowMs: number, next?: NextAttempt): TreeItem {
    const { id, has } = this.entry.item;
    const { label, description, spoken } = describeRow(this.entry, nowMs, next);
    const item = new TreeItem(label);
    item.id = id;
    item.description = description;
    item.iconPath = iconOf(stateOf(this.entry));
    item.accessibilityInformation = { label: spoken };
    const parts = has.map((part) => `.${part}`).join("");
    const unknown = isUnknown(this.entry) ? HISTORY_CONTEXTS.unknown : "";
    const followed = this.isFollowed ? HISTORY_CONTEXTS.followed : "";
    item.contextValue = `${HISTORY_CONTEXTS.record}${parts}${unknown}${followed}`;
    item.command = { title: "Open", command: COMMANDS.openRecord, arguments: [this] };
    return item;
  }

  tooltip(): MarkdownString {
    const { item } = this.entry;
    const {
      function: fn,
      connection,
      startedAt,
      requestId,
      payloadBytes,
      responseBytes,
      error,
      finding,
      isUnsaved,
    } = item;
    const rows: [string, string | undefined][] = [
      ["Function", fn.arn ?? fn.name],
      ["Connection", connection],
      ["Started", formatDateTime(startedAt)],
      ["Payload", formatBytes(payloadBytes)],
      ["Response", responseBytes === undefined ? undefined : formatBytes(responseBytes)],
      ["Error", error],
      ["Request id", requestId],
      ["Finding", finding],
      ["Kept", isUnsaved && "until this window closes, and not on disk"],
    ];
    const text = new MarkdownString("| | |\n|:--|:--|\n");
    for (const [name, value] of rows)
      if (value !== undefined) text.appendMarkdown(`| ${name} | `).appendText(value).appendMarkdown(" |\n");
    return text;
  }
}

export type HistoryNode = DayNode | RecordNode;

const ICONS: Readonly<Record<RowState, readonly [icon: string, color?: string]>> = {
  running: ["loading~spin"],
  returned: ["pass", "testing.iconPassed"],
  failed: ["error", "testing.iconFailed"],
  accepted: ["send"],
  valid: ["check"],
  notRun: ["circle-slash"],
  unknown: ["question", "editorWarning.foreground"],
  eventReturned: ["pass", "testing.iconPassed"],
  eventFailed: ["error", "testing.iconFailed"],
};

function iconOf(state: RowState): ThemeIcon {
  const [icon, color] = ICONS[state];
  return new ThemeIcon(icon, color === undefined ? undefined : new ThemeColor(color));
}
