import { filterPattern } from "../../packages/local/src/logs/filter.ts";

/** A line of a log, which can be read from its time on. */
export interface TimedLine {
  stream: string;
  message: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** What FilterLogEvents is asked for (CloudWatch Logs API reference), as far as it's used. */
interface FilterLogEventsInput {
  logGroupName: string;
  startTime: number;
  endTime?: number;
  logStreamNames?: string[];
  filterPattern?: string;
}

/** Log groups in memory, searched as CloudWatch Logs does it. */
export class LogGroups {
  readonly #lines = new Map<string, TimedLine[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  write(group: string, ...lines: readonly TimedLine[]): void {
    const own = this.#lines.get(group) ?? [];
    this.#lines.set(
      group,
      [...own, ...lines].toSorted((a, b) => a.timestamp - b.timestamp),
    );
  }

  /** The answer to a request with that body. */
  search(body: string): { events: readonly object[] } {
    const input = JSON.parse(body) as FilterLogEventsInput;
    const matches = filterPattern(input.filterPattern ?? "");
    const { endTime = Infinity, logStreamNames: streams, startTime } = input;
    const lines = this.#lines.get(input.logGroupName) ?? [];
    const found = lines.filter(
      ({ message, stream, timestamp }) =>
        timestamp >= startTime &&
        timestamp <= Math.min(endTime, this.#now()) &&
        (streams?.includes(stream) ?? true) &&
        matches(message),
    );
    const events = found.map(({ message, stream, timestamp }) => ({
      eventId: `${stream}/${timestamp}/${message.slice(0, 20)}`,
      logStreamName: stream,
      message,
      timestamp,
    }));
    return { events };
  }
}

/** What Lambda logs of one run, in text format, with the error that Node.js logs if it fails. */
export function runLines(requestId: string, stream: string, startMs: number, run: TestRun): TimedLine[] {
  const figures = `Duration: ${run.durationMs} ms\tBilled Duration: ${run.durationMs} ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB`;
  const error = `2026-11-21T10:00:00.000Z\t${requestId}\tERROR\tInvoke Error \t{"errorType":"Error"}`;
  const endMs = startMs + run.durationMs;
  return [
    { stream, timestamp: startMs, message: `START RequestId: ${requestId} Version: $LATEST\n` },
    { stream, timestamp: startMs, message: "a line of the function\n" },
    ...(run.fails ? [{ stream, timestamp: endMs, message: error }] : []),
    { stream, timestamp: endMs, message: `REPORT RequestId: ${requestId}\t${figures}\t\n` },
  ];
}

/** How a run goes. */
export interface TestRun {
  durationMs: number;
  fails?: boolean;
}
