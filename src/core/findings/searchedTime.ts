import type { InvocationRecord } from "../invocation/record.ts";

/** The time in which a run may be an invocation's, in milliseconds since the epoch. */
export interface SearchedTime {
  /** When the invocation was sent, by this machine's clock. */
  sentMs: number;
  sinceMs: number;
  /** No later than now. */
  untilMs: number;
  /** The run may go on after `untilMs`, or an event may still wait: the time isn't over. */
  isOver: boolean;
}

/** This machine's clock and Lambda's may differ by so much, in milliseconds. */
const CLOCK_SKEW_MS = 60_000;
/** For so long, Lambda keeps an accepted event that it can't run, or tries again. */
const MAX_EVENT_AGE_MS = 6 * 60 * 60_000;
/** A sandbox may have to be started before the function is. */
const START_MS = 10_000;

/** The time from sending to the function's timeout; of an event, until Lambda doesn't keep it any longer. */
export function searchedTime(
  { durationMs, mode, startedAt }: Pick<InvocationRecord, "durationMs" | "mode" | "startedAt">,
  { isLocal, nowMs, timeoutMs }: { isLocal: boolean; nowMs: number; timeoutMs: number },
): SearchedTime {
  const skewMs = isLocal ? 0 : CLOCK_SKEW_MS;
  const sentMs = Date.parse(startedAt);
  // It was sent at the latest when this machine stopped to wait.
  const waitMs = mode === "Event" ? MAX_EVENT_AGE_MS : START_MS;
  const endMs = sentMs + durationMs + waitMs + timeoutMs;
  const untilMs = Math.min(endMs + skewMs, Math.max(nowMs, sentMs));
  return { sentMs, sinceMs: sentMs - skewMs, untilMs, isOver: endMs <= nowMs };
}
