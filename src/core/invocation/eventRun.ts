import { parseDestinationLine } from "@lambda-invoke/local/contract/destinationLine.ts";
import { findReport } from "./executionReport.ts";
import type { Clock } from "./invocation.ts";
import type { FunctionReference, LambdaApi, LogLine } from "../ports.ts";
import type { ExecutionReport } from "./record.ts";
import { isUserError } from "../userError.ts";

/** An event that Lambda has accepted, and is to be followed. */
export interface AcceptedEvent {
  requestId: string;
  function: FunctionReference;
  logGroup: string;
  /** Milliseconds since the epoch. */
  acceptedAtMs: number;
  /** The waits before the second and the third attempt, in milliseconds. */
  retryDelaysMs: readonly [number, number];
  /** How often the function ran with it before its log begins. */
  runsBefore?: number;
}

/** One run of the function with an accepted event, as its log tells of it. */
export interface EventRun {
  /** From 1. */
  number: number;
  /** `ended` is a run whose log shows no error: most runtimes do not say that a run was good. */
  outcome: "ended" | "failed";
  /** Lambda makes no attempt after this one. */
  isLast: boolean;
  /** How long Lambda waits before the next attempt, in milliseconds, where there is one. */
  retryInMs?: number;
  /** Where the event goes now that it is given up: an ARN. */
  onFailure?: string;
  /** What Local did for the function's destinations, a line each. */
  deliveries: readonly string[];
  /** Milliseconds since the epoch, as CloudWatch has them. */
  endedAtMs: number;
  log: string;
  report?: ExecutionReport;
}

/** How often Lambda tries a failing event again, where its configuration cannot be read. */
const DEFAULT_RETRIES = 2;
/** The function's clock and this machine's may differ by so much, in milliseconds. */
const CLOCK_SKEW_MS = 60_000;
const FIRST_POLLS_MS = 1_000;
const LATER_POLLS_MS = 5_000;
const QUICK_FOR_MS = 15_000;
/** The longest wait for the next run: two minutes until Lambda's last attempt, fifteen in which it may run, and a margin. */
export const PATIENCE_MS = 20 * 60_000;

/** What following needs of the API. */
export type FollowedApi = Pick<LambdaApi, "searchLog" | "eventPolicy">;

/**
 * Follows an accepted event by its request id, which every attempt carries: yields each run when its log is complete,
 * and ends after a run that shows no error, after the last attempt, or when nothing more comes for twenty minutes.
 * A log that cannot be read for a while is read again. Throws what reading it throws where that may not change by
 * itself, or has not changed for those twenty minutes.
 */
export async function* followEvent(
  event: AcceptedEvent,
  api: FollowedApi,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<EventRun, void, undefined> {
  const seen = new Set<string>();
  const { runsBefore = 0 } = event;
  let quietSince = clock.now();
  let unreadable: unknown;
  while (!signal.aborted && clock.now() - quietSince < PATIENCE_MS) {
    await clock.sleep(clock.now() - quietSince < QUICK_FOR_MS ? FIRST_POLLS_MS : LATER_POLLS_MS, signal);
    if (signal.aborted) return;
    try {
      const lines = await linesOf(event, api, signal);
      for (const end of lines.filter(isEnd)) {
        if (seen.has(end.id)) continue;
        const run = await readRun(runsBefore + seen.size + 1, lines, end, event, api, signal);
        seen.add(end.id);
        quietSince = clock.now();
        yield run;
        if (isSettled(run)) return;
      }
      unreadable = undefined;
    } catch (error) {
      if (signal.aborted) return;
      if (!isUserError(error) || !error.retryable) throw error;
      unreadable = error;
    }
  }
  if (unreadable !== undefined && !signal.aborted) throw unreadable;
}

/** Whether a run is the end of its event, as far as a log can tell. */
export function isSettled(run: EventRun | undefined): boolean {
  return run !== undefined && (run.outcome === "ended" || run.isLast);
}

function linesOf(event: AcceptedEvent, api: FollowedApi, signal: AbortSignal): Promise<readonly LogLine[]> {
  const { logGroup, requestId, acceptedAtMs } = event;
  return api.searchLog({ logGroup, text: requestId, sinceMs: acceptedAtMs - CLOCK_SKEW_MS }, signal);
}

/** Lambda's own last line of a run, in its text format or its JSON format. */
function isEnd({ message }: LogLine): boolean {
  return message.startsWith("REPORT RequestId: ") || message.includes('"platform.report"');
}

function isStart({ message }: LogLine): boolean {
  return message.startsWith("START RequestId: ") || message.includes('"platform.start"');
}

/** Reads all that one sandbox logged between a run's start and end: its lines need not all name the request. */
async function readRun(
  number: number,
  lines: readonly LogLine[],
  end: LogLine,
  event: AcceptedEvent,
  api: FollowedApi,
  signal: AbortSignal,
): Promise<EventRun> {
  const before = lines.slice(0, lines.indexOf(end));
  const start = before.findLast((line) => line.stream === end.stream && isStart(line));
  const span = { sinceMs: start?.timestamp ?? event.acceptedAtMs, untilMs: end.timestamp + 1 };
  const all = await api.searchLog({ logGroup: event.logGroup, stream: end.stream, ...span }, signal);
  const from = all.findIndex(({ id }) => id === start?.id);
  const to = all.findIndex(({ id }) => id === end.id);
  const own = to < 0 ? lines : all.slice(Math.max(from, 0), to + 1);
  const log = own.map(({ message }) => message.trimEnd()).join("\n");
  const report = findReport(log);
  return {
    number,
    ...(showsError(log, event.requestId)
      ? await afterFailure(number, event, api, signal)
      : { outcome: "ended", isLast: true }),
    deliveries: lines.flatMap(toDelivery),
    endedAtMs: end.timestamp,
    log,
    ...(report ? { report } : {}),
  };
}

/** Asked for at each failure only: an event that does well needs no permission for it. */
async function afterFailure(
  number: number,
  event: AcceptedEvent,
  api: FollowedApi,
  signal: AbortSignal,
): Promise<Pick<EventRun, "outcome" | "isLast" | "onFailure" | "retryInMs">> {
  const policy = await api.eventPolicy(event.function, signal);
  const { maximumRetryAttempts = DEFAULT_RETRIES, onFailure } = policy ?? {};
  if (number > maximumRetryAttempts)
    return { outcome: "failed", isLast: true, ...(onFailure === undefined ? {} : { onFailure }) };
  const [first, second] = event.retryDelaysMs;
  return { outcome: "failed", isLast: false, retryInMs: number === 1 ? first : second };
}

/** Local writes what it did for a destination to the function's log group. */
function toDelivery({ message }: LogLine): string[] {
  const line = parseDestinationLine(message);
  return line ? [`${line.kind}: ${line.to} (${line.result})`] : [];
}

/** Whether the log of a run shows that it failed: by Lambda's own status, or as AWS's runtimes write an error down. */
function showsError(log: string, requestId: string): boolean {
  const status = statusIn(log);
  if (status !== undefined) return status !== "success";
  return ERROR_SIGNS.some((sign) => sign.test(log)) || log.includes(`${requestId} Task timed out after `);
}

/** In JSON, Lambda says it of every run; in text, only of one that it ended itself, or that could not begin. */
function statusIn(log: string): string | undefined {
  const [, inJson] = /"type":\s*"platform\.(?:report|runtimeDone)".*"status":\s*"(\w+)"/.exec(log) ?? [];
  const [, inText] = /^REPORT .*\bStatus: (\w+)/m.exec(log) ?? [];
  return inJson ?? inText;
}

/** A function may log words like these too: each is at the place where a runtime writes it. */
const ERROR_SIGNS: readonly RegExp[] = [
  /^\S+Z\t\S+\tERROR\t(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection) ?\t/m,
  /^\[ERROR\] (?:[A-Z]\w*|[\w.]+\.\w+)(?::|$)/m,
  /^RequestId: \S+ Error: /m,
  /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )?\{"error(?:Message|Type)":/m,
];
