/** A log line of the local service about an attempt with an accepted event: what the function itself can't write. */
export interface AttemptLine {
  requestId: string;
  /** From 1. */
  number: number;
  outcome: "returned" | "failed";
  /** How long the service waits before the next attempt; undefined if there's none. */
  retryInMs?: number | undefined;
}

/** The log streams of a function's group that only the service writes to. */
export const SERVICE_STREAMS = { attempts: "attempts", destinations: "destinations" } as const;

/** The line as it's written to the function's log group, with a line feed at the end. */
export function formatAttemptLine({ requestId, number, outcome, retryInMs }: AttemptLine): string {
  const retry = retryInMs === undefined ? "" : ` Retry: ${retryInMs} ms`;
  return `ATTEMPT RequestId: ${requestId} Number: ${number} Outcome: ${outcome}${retry}\n`;
}

/** The content of such a line; undefined for any other line. */
export function parseAttemptLine(line: string): AttemptLine | undefined {
  const match =
    /^ATTEMPT RequestId: (\S+) Number: (\d+) Outcome: (returned|failed)(?: Retry: (\d+) ms)?\n$/.exec(line);
  if (!match) return undefined;
  const [, requestId = "", number, outcome, retry] = match;
  return {
    requestId,
    number: Number(number),
    outcome: outcome as AttemptLine["outcome"],
    retryInMs: retry === undefined ? undefined : Number(retry),
  };
}
