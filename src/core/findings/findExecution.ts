import type { Finding, FindingLimit } from "../invocation/finding.ts";
import type { InvocationRecord } from "../invocation/record.ts";
import type { LambdaApi } from "../ports.ts";
import type { SearchedTime } from "./searchedTime.ts";

/** An invocation that named its durable execution. */
export interface NamedExecution {
  name: string;
  record: Pick<InvocationRecord, "function" | "mode">;
  /** For how many days Lambda keeps executions that have ended; the fewest that can be configured, if that isn't known. */
  retentionDays?: number | undefined;
}

const DAY_MS = 24 * 60 * 60_000;
const MIN_RETENTION_DAYS = 1;
/** A list may lag behind what it lists. */
const RECENT_MS = 60_000;

/**
 * Looks for the durable execution that an invocation named, which no other invocation has. `undefined` if the list of
 * executions can't be read. Throws a `UserError` if reading failed for another reason.
 */
export async function findExecution(
  { name, record, retentionDays = MIN_RETENTION_DAYS }: NamedExecution,
  { api, nowMs, time }: { api: Pick<LambdaApi, "durableExecution">; nowMs: number; time: SearchedTime },
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const { arn, name: functionName } = record.function;
  const search = await api.durableExecution(arn ?? functionName, name, signal);
  if (search === "unreadable") return undefined;
  const limits: FindingLimit[] = [];
  if (!search) {
    if (record.mode === "Event" && !time.isOver) limits.push("eventMayWait");
    if (nowMs - time.sentMs < RECENT_MS) limits.push("listMayLag");
    if (nowMs - time.sentMs > retentionDays * DAY_MS) limits.push("executionsExpire");
  }
  return {
    result: search ? "executionFound" : "noExecution",
    execution: { name, ...search },
    readAt: iso(nowMs),
    since: iso(time.sinceMs),
    until: iso(time.untilMs),
    runs: [],
    moreRuns: 0,
    limits,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
