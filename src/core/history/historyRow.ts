import { labelOf } from "../functions/functionRef.ts";
import { formatDuration } from "../format.ts";
import type { InvocationMode } from "../invocation/invocationSpec.ts";
import { describeNextAttempt, type NextAttempt } from "../invocation/nextAttempt.ts";
import { mayHaveRun, type Verdict } from "../invocation/record.ts";
import type { HistoryItem } from "./historyItem.ts";
import { verdictOf } from "./toHistoryRecord.ts";

/** An invocation as the history lists it. */
export interface HistoryEntry {
  item: HistoryItem;
  /** Its answer hasn't come yet, and its window still waits for it. */
  isRunning: boolean;
}

/** What is known of an invocation, as a row shows it. */
export type RowState = Verdict | "running" | "eventReturned" | "eventFailed";

/** What became of an invocation, or of its event. */
export function stateOf({ item, isRunning }: HistoryEntry): RowState {
  if (isRunning) return "running";
  if (item.outcome === "returned") return "eventReturned";
  return item.outcome === "failed" ? "eventFailed" : verdictOf(item);
}

/** Whether nobody knows if the function ran. */
export function isUnknown({ item, isRunning }: HistoryEntry): boolean {
  return !isRunning && mayHaveRun({ mode: item.mode, verdict: verdictOf(item) });
}

const STATES: Readonly<Record<RowState, string>> = {
  running: "running",
  returned: "returned",
  failed: "failed",
  accepted: "accepted",
  valid: "valid",
  notRun: "did not run",
  unknown: "unknown",
  eventReturned: "accepted, then returned",
  eventFailed: "accepted, then failed",
};

const MODES: Readonly<Record<InvocationMode, string>> = {
  RequestResponse: "",
  Event: "async",
  DryRun: "dry run",
  ResponseStream: "stream",
};

/** What a row says: the function, and then what became of it, before what tells it from other invocations. */
export function describeRow(
  entry: HistoryEntry,
  nowMs: number,
  next?: NextAttempt,
): { label: string; description: string; spoken: string } {
  const { item } = entry;
  const { durationMs, mode, connection, startedAt, error = "" } = item;
  const label = labelOf(item.function);
  const state = STATES[stateOf(entry)];
  const age = formatAge(Date.parse(startedAt), nowMs);
  const duration = durationMs === undefined ? "" : formatDuration(durationMs);
  const countdown = next ? describeNextAttempt(next, nowMs) : "";
  const kept = item.isUnsaved ? "not saved" : "";
  const facts = [state, countdown, age, duration, MODES[mode], connection, kept];
  const description = facts.filter((each) => each !== "").join(" · ");
  // Without the seconds: a screen reader would begin anew with each.
  const words = [
    label,
    state,
    next ? "to be tried again" : "",
    error,
    `on ${connection}`,
    MODES[mode],
    age,
    duration,
    kept,
  ];
  return { label, description, spoken: words.filter((each) => each !== "").join(", ") };
}

const MINUTE_MS = 60_000;

/** `just now`, `5 min ago`, and after an hour the time of day. */
function formatAge(atMs: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - atMs) / MINUTE_MS);
  if (minutes >= 0 && minutes < 1) return "just now";
  if (minutes >= 1 && minutes < 60) return `${minutes} min ago`;
  const date = new Date(atMs);
  return [date.getHours(), date.getMinutes()].map((value) => String(value).padStart(2, "0")).join(":");
}

/** The invocations of one day. */
export interface HistoryDay {
  /** `Today`, `Yesterday`, `Monday, November 23`. */
  title: string;
  /** Of this machine's time zone: `2026-11-23`. */
  key: string;
  entries: readonly HistoryEntry[];
}

/** Groups invocations, which are given with the newest first, by day. */
export function groupByDay(entries: readonly HistoryEntry[], nowMs: number): readonly HistoryDay[] {
  const days = Map.groupBy(entries, ({ item }) => dayKey(new Date(item.startedAt)));
  const today = new Date(nowMs);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  const titles = new Map([
    [dayKey(today), "Today"],
    [dayKey(yesterday), "Yesterday"],
  ]);
  return [...days].map(([key, own]) => ({ key, title: titles.get(key) ?? dateTitle(own), entries: own }));
}

function dayKey(date: Date): string {
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((value) => String(value).padStart(2, "0")).join("-");
}

function dateTitle([first]: readonly HistoryEntry[]): string {
  const date = new Date(first?.item.startedAt ?? 0);
  return date.toLocaleDateString("en-US", { weekday: "long", month: "long", day: "numeric" });
}

/** Whether an invocation has every word of a filter: of its function, connection, state, mode, error or request id. */
export function matchesWords(entry: HistoryEntry, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/);
  const { item } = entry;
  const { mode, connection, requestId = "", error = "", function: fn } = item;
  const facts = [labelOf(fn), fn.arn ?? "", connection, STATES[stateOf(entry)], mode, MODES[mode]];
  const text = [...facts, requestId, error].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}
