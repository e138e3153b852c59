import { parseDestinationLine } from "@lambda-invoke/local/contract/destinationLine.ts";
import type { FunctionReference, LambdaApi, LogLine } from "../ports.ts";
import { isUserError } from "../userError.ts";
import { type Attempt, isSettled } from "./attempt.ts";
import { isEnd, isStart, showsError } from "./attemptLog.ts";
import type { Clock } from "./clock.ts";
import { findReport } from "./executionReport.ts";

/** An event that Lambda has accepted, and is to be followed. */
export interface AcceptedEvent {
  requestId: string;
  function: FunctionReference;
  logGroup: string;
  /** Milliseconds since the epoch. */
  acceptedAtMs: number;
  /** The waits before the second and the third attempt, in milliseconds. */
  retryDelaysMs: readonly [number, number];
  /** How many attempts were made before the log begins. */
  attemptsBefore?: number;
}

/** How often Lambda tries a failing event again, if its configuration can't be read. */
const DEFAULT_RETRIES = 2;
/** The function's clock and this machine's may differ by so much, in milliseconds. */
const CLOCK_SKEW_MS = 60_000;
const FIRST_POLLS_MS = 1_000;
const LATER_POLLS_MS = 5_000;
const QUICK_FOR_MS = 15_000;
/** The longest wait for the next attempt: two minutes until Lambda's last attempt, fifteen in which it may run, and a margin. */
export const PATIENCE_MS = 20 * 60_000;

/** What following needs of the API. */
export type TrackingApi = Pick<LambdaApi, "searchLog" | "eventPolicy">;

/**
 * Follows an accepted event by its request id, which every attempt carries: yields each attempt when its log is complete,
 * and ends after one that shows no error, after the last one, or when nothing more comes for twenty minutes.
 * A log that can't be read for a while is read again. Throws what reading it throws if that doesn't change by itself, or
 * hasn't changed for those twenty minutes.
 */
export async function* followEvent(
  event: AcceptedEvent,
  api: TrackingApi,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Attempt, void, undefined> {
  const seen = new Set<string>();
  const { attemptsBefore = 0 } = event;
  let quietSince = clock.now();
  let unreadable: unknown;
  while (!signal.aborted && clock.now() - quietSince < PATIENCE_MS) {
    await clock.sleep(clock.now() - quietSince < QUICK_FOR_MS ? FIRST_POLLS_MS : LATER_POLLS_MS, signal);
    if (signal.aborted) return;
    try {
      const lines = await linesOf(event, api, signal);
      for (const end of lines.filter(isEnd)) {
        if (seen.has(end.id)) continue;
        const attempt = await readAttempt(attemptsBefore + seen.size + 1, lines, end, event, api, signal);
        seen.add(end.id);
        quietSince = clock.now();
        yield attempt;
        if (isSettled(attempt)) return;
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

function linesOf(event: AcceptedEvent, api: TrackingApi, signal: AbortSignal): Promise<readonly LogLine[]> {
  const { logGroup, requestId, acceptedAtMs } = event;
  return api.searchLog({ logGroup, text: requestId, sinceMs: acceptedAtMs - CLOCK_SKEW_MS }, signal);
}

/** Reads all that one sandbox logged between an attempt's start and end: not every line has to name the request. */
async function readAttempt(
  number: number,
  lines: readonly LogLine[],
  end: LogLine,
  event: AcceptedEvent,
  api: TrackingApi,
  signal: AbortSignal,
): Promise<Attempt> {
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
    report,
  };
}

/** Asked only after a failure: an event that succeeds needs no permission for it. */
async function afterFailure(
  number: number,
  event: AcceptedEvent,
  api: TrackingApi,
  signal: AbortSignal,
): Promise<Pick<Attempt, "outcome" | "isLast" | "onFailure" | "retryInMs">> {
  const policy = await api.eventPolicy(event.function, signal);
  const { maximumRetryAttempts = DEFAULT_RETRIES, onFailure } = policy ?? {};
  if (number > maximumRetryAttempts) return { outcome: "failed", isLast: true, onFailure };
  const [first, second] = event.retryDelaysMs;
  return { outcome: "failed", isLast: false, retryInMs: number === 1 ? first : second };
}

/** Local writes what it did for a destination to the function's log group. */
function toDelivery({ message }: LogLine): string[] {
  const line = parseDestinationLine(message);
  return line ? [`${line.kind}: ${line.to} (${line.result})`] : [];
}
