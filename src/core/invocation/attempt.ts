import type { ExecutionReport } from "./executionReport.ts";

/** One run of a function with an accepted event, as its log tells. */
export interface Attempt {
  /** From 1. */
  number: number;
  /** `ended` is an attempt that returned, or whose log shows no error. */
  outcome: "ended" | "failed";
  /** `log` if neither Lambda nor Local says the outcome, so that it's read from what the function's runtime logged. */
  evidence: "platform" | "log";
  /** Lambda makes no attempt after this one. */
  isLast: boolean;
  /** How long Lambda waits before the next attempt, in milliseconds. */
  retryInMs?: number;
  /** The ARN that the event goes to now that Lambda gives it up. */
  onFailure?: string;
  /** What Local did for the function's destinations, a line each. */
  deliveries: readonly string[];
  /** Milliseconds since the epoch, as CloudWatch has them. */
  endedAtMs: number;
  log: string;
  report?: ExecutionReport;
}

/** Whether an attempt is the end of its event, as far as a log can tell. */
export function isSettled(attempt: Attempt | undefined): boolean {
  return attempt !== undefined && (attempt.outcome === "ended" || attempt.isLast);
}
