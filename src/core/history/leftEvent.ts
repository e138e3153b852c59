import { MAX_EVENT_AGE_MS } from "../invocation/eventAge.ts";
import type { HistoryItem } from "./historyItem.ts";

const DAY_MS = 24 * 60 * 60_000;

/**
 * Whether more may be written of an invocation: it has no end yet, or its event no outcome. Without an end, it's awaited for
 * a day, which is as long as a debugger may hold it.
 */
export function isAwaited(item: HistoryItem, nowMs: number): boolean {
  const { followingEnded, outcome, startedAt, verdict } = item;
  const ageMs = nowMs - Date.parse(startedAt);
  if (verdict === undefined) return ageMs < DAY_MS;
  const isOpen = verdict === "accepted" && followingEnded !== true && (outcome ?? "unknown") === "unknown";
  return isOpen && ageMs < MAX_EVENT_AGE_MS;
}

/** Whether more may become of an accepted event on AWS, as far as the history tells, and is wanted to be known. */
export function mayGoOn(item: HistoryItem, nowMs: number): item is HistoryItem & { requestId: string } {
  const { destination, followingEnded, outcome, requestId, startedAt, verdict } = item;
  if (verdict !== "accepted" || requestId === undefined || destination.kind !== "aws") return false;
  if (followingEnded === true || outcome === "returned" || outcome === "failed") return false;
  return nowMs - Date.parse(startedAt) < MAX_EVENT_AGE_MS;
}
