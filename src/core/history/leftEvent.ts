import { MAX_EVENT_AGE_MS } from "../invocation/eventAge.ts";
import type { HistoryItem } from "./historyItem.ts";

/** Whether more may become of an accepted event on AWS, as far as the history tells, and is wanted to be known. */
export function mayGoOn(item: HistoryItem, nowMs: number): item is HistoryItem & { requestId: string } {
  const { destination, followingEnded, outcome, requestId, startedAt, verdict } = item;
  if (verdict !== "accepted" || requestId === undefined || destination.kind !== "aws") return false;
  if (followingEnded === true || outcome === "returned" || outcome === "failed") return false;
  return nowMs - Date.parse(startedAt) < MAX_EVENT_AGE_MS;
}
