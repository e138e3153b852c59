import { standardLogGroup } from "../functions/logGroup.ts";
import type { Clock } from "../invocation/clock.ts";
import type { Finding, FindingLimit, FoundRun } from "../invocation/finding.ts";
import type { InvocationRecord } from "../invocation/record.ts";
import type { FunctionLogging, LambdaApi, LogGroupFacts } from "../ports.ts";
import { findExecution } from "./findExecution.ts";
import { isLogError, type LogProblem } from "./logError.ts";
import { LogRuns } from "./logRuns.ts";
import { type SearchedTime, searchedTime } from "./searchedTime.ts";

/** An invocation whose answer was lost, and what is known of others. */
export interface LostInvocation {
  record: Pick<
    InvocationRecord,
    "durableExecutionName" | "durationMs" | "function" | "mode" | "requestId" | "startedAt"
  >;
  isLocal: boolean;
  /** What is known of the function if its configuration can't be read. */
  known: FunctionLogging | undefined;
  /** For how many days Lambda keeps the function's durable executions, if that's known. */
  retentionDays?: number | undefined;
  /** Whether a request is known to be another invocation's. */
  isOthers(requestId: string): boolean;
  /** Whether another invocation of the function may have run in this time, and has no known request id. */
  hasRivals(time: SearchedTime): boolean;
}

/** What finding out needs. */
export interface FindOutParts {
  api: Pick<LambdaApi, "durableExecution" | "logGroupFacts" | "logging" | "readLog">;
  clock: Pick<Clock, "now">;
  /** So many lines have been read. */
  onProgress(lines: number): void;
}

/** Lambda's longest timeout. */
const MAX_TIMEOUT_SECONDS = 900;
const MAX_PAGES = 200;
/** More runs than these help nobody to find one. */
const MAX_RUNS = 50;
const RECENT_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Looks for the durable execution that an invocation named, if it did, and else reads a function's log from the time an invocation was sent to the function's timeout, and finds the runs that belong to
 * no other request known here. Throws a `UserError` if reading fails for a reason that isn't the log's.
 */
export async function findOut(
  lost: LostInvocation,
  parts: FindOutParts,
  signal: AbortSignal,
): Promise<Finding> {
  const { api, clock } = parts;
  const { name, arn = name, qualifier } = lost.record.function;
  const configuration = await api.logging({ name: arn, qualifier }, signal);
  const logging = configuration ?? lost.known ?? {};
  const timeoutMs = (logging.timeoutSeconds ?? MAX_TIMEOUT_SECONDS) * 1000;
  const nowMs = clock.now();
  const time = searchedTime(lost.record, { isLocal: lost.isLocal, nowMs, timeoutMs });
  const execution = lost.record.durableExecutionName;
  if (execution !== undefined) {
    const found = await findExecution({ ...lost, name: execution }, { api, nowMs, time }, signal);
    if (found) return found;
  }
  const logGroup = logging.logGroup ?? standardLogGroup(arn);
  const read = await readRuns(lost, { logGroup, time, parts }, signal);
  signal.throwIfAborted();
  const facts = await api.logGroupFacts(logGroup, signal);
  const limits: FindingLimit[] = [
    ...limitsOfGroup(lost, read, facts, time, nowMs),
    ...limitsOfTime(lost, time, nowMs),
  ];
  if (logging.systemLevel === "WARN") limits.push("levelHidesRuns");
  if (execution !== undefined) limits.push("executionsUnreadable");
  if (logging.timeoutSeconds === undefined) limits.push("configurationUnknown");
  return {
    ...conclude(lost, read, time),
    readAt: iso(nowMs),
    logGroup,
    since: iso(time.sinceMs),
    until: iso(time.untilMs),
    limits,
  };
}

type ReadLimit = LogProblem | "cut" | "noLines";

/** What was read of a log. */
interface ReadRuns {
  runs: LogRuns;
  /** What keeps it from being all, or from being read. */
  limit?: ReadLimit;
}

async function readRuns(
  { isLocal }: LostInvocation,
  { logGroup, time, parts }: { logGroup: string; time: SearchedTime; parts: FindOutParts },
  signal: AbortSignal,
): Promise<ReadRuns> {
  const runs = new LogRuns(isLocal);
  const { sinceMs, untilMs } = time;
  let pages = 0;
  try {
    for await (const lines of parts.api.readLog({ logGroup, sinceMs, untilMs }, signal)) {
      // Another page may have more.
      if (pages++ === MAX_PAGES || runs.isFull) return { runs, limit: "cut" };
      runs.add(lines);
      parts.onProgress(runs.lines);
    }
  } catch (error) {
    if (!isLogError(error)) throw error;
    return { runs, limit: error.problem };
  }
  return { runs, limit: runs.lines === 0 ? "noLines" : undefined };
}

/** The runs that may be the invocation's. If its own request id is in the log, only that one is. */
function conclude(
  lost: LostInvocation,
  { limit, runs: found }: ReadRuns,
  { sentMs, sinceMs }: SearchedTime,
): Pick<Finding, "moreRuns" | "result" | "runs"> {
  if (limit !== undefined && limit !== "cut" && limit !== "noLines")
    return { result: "unreadable", runs: [], moreRuns: 0 };
  const all = found.runs();
  const { requestId } = lost.record;
  if (requestId !== undefined && found.has(requestId)) {
    const own = all.filter((run) => run.requestId === requestId);
    return { result: "ran", runs: own, moreRuns: 0 };
  }
  const since = iso(sinceMs);
  const sent = iso(sentMs);
  const runs = all
    .filter((run) => !lost.isOthers(run.requestId) && run.startedAt >= since)
    .map((run): FoundRun => (run.startedAt < sent ? { ...run, isBefore: true } : run));
  const result = runs.some(({ isBefore }) => !isBefore) ? "mayHaveRun" : "noRunLogged";
  // What began after the invocation was sent comes first if not all are kept.
  const kept = runs.toSorted((a, b) => Number(a.isBefore ?? false) - Number(b.isBefore ?? false));
  const shown = kept.slice(0, MAX_RUNS).toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  return { result, runs: shown, moreRuns: kept.length - shown.length };
}

function limitsOfTime(lost: LostInvocation, time: SearchedTime, nowMs: number): FindingLimit[] {
  const limits: FindingLimit[] = [];
  if (!time.isOver) limits.push(lost.record.mode === "Event" ? "eventMayWait" : "mayStillRun");
  if (!lost.isLocal && nowMs - time.untilMs < RECENT_MS) limits.push("recent");
  if (lost.hasRivals(time)) limits.push("othersUnknown");
  return limits;
}

function limitsOfGroup(
  { isLocal }: LostInvocation,
  { limit }: ReadRuns,
  facts: LogGroupFacts | undefined,
  { sinceMs, untilMs }: SearchedTime,
  nowMs: number,
): FindingLimit[] {
  const { createdAtMs, logClass, retentionDays } = facts ?? {};
  const limits = limit === undefined ? [] : [limitOfClass(limit, logClass)];
  if (isLocal) limits.push("localMemory");
  else if (createdAtMs !== undefined && createdAtMs > untilMs) limits.push("groupIsNewer");
  if (retentionDays !== undefined && sinceMs < nowMs - retentionDays * DAY_MS) limits.push("retention");
  return limits;
}

/** Explains a limit by the log group's class: groups of some classes can't be read, or keep nothing. */
export function limitOfClass(limit: ReadLimit, logClass: string | undefined): FindingLimit {
  if (logClass === "DELIVERY" && (limit === "notReadable" || limit === "noLines")) return "delivery";
  return limit === "notReadable" && logClass === "INFREQUENT_ACCESS" ? "infrequentAccess" : limit;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
