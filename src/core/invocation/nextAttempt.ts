import { formatElapsed } from "../format.ts";
import { type Attempt, isSettled } from "./attempt.ts";

/** When an accepted event is tried again. */
export interface NextAttempt {
  /** The name of its function. */
  functionName: string;
  /** Milliseconds since the epoch. */
  atMs: number;
  /** Local knows it; on AWS, it's about then. */
  isEstimate: boolean;
}

/** When an event is tried again after an attempt; undefined if it isn't, or if that isn't known. */
export function nextAttemptAfter(
  attempt: Attempt | undefined,
  { functionName, isLocal }: { functionName: string; isLocal: boolean },
): NextAttempt | undefined {
  if (!attempt || isSettled(attempt) || attempt.retryInMs === undefined) return undefined;
  return { functionName, atMs: attempt.endedAtMs + attempt.retryInMs, isEstimate: !isLocal };
}

/** `next attempt in 48 s`, for a count-down. */
export function describeNextAttempt({ atMs, isEstimate }: NextAttempt, nowMs: number): string {
  const leftMs = Math.ceil((atMs - nowMs) / 1000) * 1000;
  if (leftMs <= 0) return "next attempt due";
  return `next attempt in ${isEstimate ? "about " : ""}${formatElapsed(leftMs)}`;
}
