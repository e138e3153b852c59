import {
  type AttemptLine,
  parseAttemptLine,
  SERVICE_STREAMS,
} from "@lambda-invoke/local/contract/attemptLine.ts";
import { parseDestinationLine } from "@lambda-invoke/local/contract/destinationLine.ts";
import type { FunctionReference, LambdaApi, LogLine } from "../ports.ts";
import { isUserError } from "../userError.ts";
import { type Attempt, isSettled } from "./attempt.ts";
import { type EndedAttempt, findAttempts, outcomeOf } from "./attemptLog.ts";
import type { Clock } from "./clock.ts";
import type { LogGroupReader } from "./logGroupReader.ts";
import { parsePlatformLine } from "./platformLine.ts";

/** An event that Lambda has accepted, and is to be followed. */
export interface AcceptedEvent {
  requestId: string;
  function: FunctionReference;
  logGroup: string;
  /** Milliseconds since the epoch. */
  acceptedAtMs: number;
  /** The waits before the second and the third attempt, in milliseconds. */
  retryDelaysMs: readonly [number, number];
  /** Local ran it, and says in log streams of its own what became of each attempt. */
  isLocal?: boolean;
  /** The log is read from here on, if not from the time that the event was accepted; milliseconds since the epoch. */
  readFromMs?: number;
  /** How many attempts were made before the log begins. */
  attemptsBefore?: number;
}

/** How often Lambda tries a failing event again, if its configuration can't be read. */
const DEFAULT_RETRIES = 2;
/** The function's clock and this machine's may differ by so much, in milliseconds. */
const CLOCK_SKEW_MS = 60_000;
/** The longest wait for the next attempt: two minutes until Lambda's last attempt, fifteen in which it may run, and a margin. */
export const PATIENCE_MS = 20 * 60_000;

/** What following needs of the API. */
export type TrackingApi = Pick<LambdaApi, "searchLog" | "eventPolicy">;

/** What following an event needs. */
export interface FollowParts {
  api: TrackingApi;
  clock: Pick<Clock, "now">;
  /** Reads the event's log group, for other events of it too. */
  reader: Pick<LogGroupReader, "follow">;
}

/**
 * Follows an accepted event by its request id, which every attempt carries: yields each attempt when its log is complete,
 * and ends after one that shows no error, after the last one, or when nothing more comes for twenty minutes.
 * A log that can't be read for a while is read again. Throws what reading it throws if that doesn't change by itself, or
 * hasn't changed for those twenty minutes.
 */
export async function* followEvent(
  event: AcceptedEvent,
  { api, clock, reader }: FollowParts,
  signal: AbortSignal,
): AsyncGenerator<Attempt, void, undefined> {
  using feed = reader.follow(event.requestId, event.readFromMs ?? event.acceptedAtMs - CLOCK_SKEW_MS);
  const seen = new Set<string>();
  const { attemptsBefore = 0 } = event;
  let quietSince = clock.now();
  let unreadable: unknown;
  while (!signal.aborted && clock.now() - quietSince < PATIENCE_MS) {
    try {
      const lines = await feed.next(signal);
      for (const ended of event.isLocal ? localAttempts(lines, event) : lambdaAttempts(lines, event)) {
        if (seen.has(ended.end.id)) continue;
        const number = ended.told?.number ?? attemptsBefore + seen.size + 1;
        const attempt = await readAttempt(number, ended, lines, event, api, signal);
        seen.add(ended.end.id);
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

/** An attempt that has ended, and what Local said of it. */
type FoundAttempt = EndedAttempt & { told?: AttemptLine };

function lambdaAttempts(
  lines: readonly LogLine[],
  { requestId, retryDelaysMs }: AcceptedEvent,
): readonly FoundAttempt[] {
  return findAttempts(lines, requestId, retryDelaysMs[0] / 2);
}

/** Local writes the end of each attempt to a stream that a function can't reach. */
function localAttempts(lines: readonly LogLine[], { requestId }: AcceptedEvent): readonly FoundAttempt[] {
  const found: FoundAttempt[] = [];
  let from = 0;
  for (const [index, end] of lines.entries()) {
    const told = end.stream === SERVICE_STREAMS.attempts ? parseAttemptLine(end.message) : undefined;
    if (told?.requestId !== requestId) continue;
    const own = lines.slice(from, index);
    from = index + 1;
    const start = own.find(({ message }) => parsePlatformLine(message, requestId)?.kind === "start");
    const isReport = (line: LogLine): boolean =>
      line.stream === start?.stream && parsePlatformLine(line.message, requestId)?.kind === "report";
    const last = own.findLast(isReport);
    const parsed = last && parsePlatformLine(last.message, requestId);
    const report = parsed?.kind === "report" ? parsed.report : undefined;
    found.push({ told, start, end, status: undefined, report });
  }
  return found;
}

/** Reads all that one sandbox logged between an attempt's start and end: not every line has to name the request. */
async function readAttempt(
  number: number,
  found: FoundAttempt,
  lines: readonly LogLine[],
  event: AcceptedEvent,
  api: TrackingApi,
  signal: AbortSignal,
): Promise<Attempt> {
  const { end, report, told } = found;
  const log = await logOf(found, lines, event, api, signal);
  const { outcome, evidence } = told
    ? {
        outcome: told.outcome === "returned" ? ("ended" as const) : told.outcome,
        evidence: "platform" as const,
      }
    : outcomeOf(found, log, event.requestId);
  return {
    number,
    evidence,
    ...(outcome === "failed"
      ? await afterFailure(number, told, event, api, signal)
      : { outcome, isLast: true }),
    deliveries: event.isLocal ? lines.flatMap(toDelivery) : [],
    endedAtMs: end.timestamp,
    log: log.map(({ message }) => message.trimEnd()).join("\n"),
    report,
  };
}

async function logOf(
  { start, end, told }: FoundAttempt,
  lines: readonly LogLine[],
  { acceptedAtMs, logGroup }: AcceptedEvent,
  api: TrackingApi,
  signal: AbortSignal,
): Promise<readonly LogLine[]> {
  if (told && !start) return [];
  const { stream } = start ?? end;
  const span = { sinceMs: start?.timestamp ?? acceptedAtMs, untilMs: end.timestamp + 1 };
  const all = await api.searchLog({ logGroup, stream, ...span }, signal);
  const from = Math.max(
    all.findIndex(({ id }) => id === start?.id),
    0,
  );
  // Local's own line is in another stream: what the sandbox logged until then is the attempt's.
  if (told) return all.slice(from);
  const to = all.findIndex(({ id }) => id === end.id);
  return to < 0 ? lines.filter((line) => line.stream === stream) : all.slice(from, to + 1);
}

/** Asked only after a failure: an event that succeeds needs no permission for it. */
async function afterFailure(
  number: number,
  told: AttemptLine | undefined,
  event: AcceptedEvent,
  api: TrackingApi,
  signal: AbortSignal,
): Promise<Pick<Attempt, "outcome" | "isLast" | "onFailure" | "retryInMs">> {
  const outcome = "failed";
  if (told?.retryInMs !== undefined) return { outcome, isLast: false, retryInMs: told.retryInMs };
  const policy = await api.eventPolicy(event.function, signal);
  const { maximumRetryAttempts = DEFAULT_RETRIES, onFailure } = policy ?? {};
  if (told || number > maximumRetryAttempts) return { outcome, isLast: true, onFailure };
  const [first, second] = event.retryDelaysMs;
  return { outcome, isLast: false, retryInMs: number === 1 ? first : second };
}

/** Local writes what it did for a destination to a stream of its own. */
function toDelivery({ message, stream }: LogLine): string[] {
  const line = stream === SERVICE_STREAMS.destinations ? parseDestinationLine(message) : undefined;
  return line ? [`${line.kind}: ${line.to} (${line.result})`] : [];
}
