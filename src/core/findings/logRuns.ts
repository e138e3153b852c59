import { showsError } from "../invocation/attemptLog.ts";
import type { ExecutionReport } from "../invocation/executionReport.ts";
import type { FoundRun, RunOutcome } from "../invocation/finding.ts";
import type { LogLine } from "../ports.ts";
import { parseRunLine, type RunLine } from "./runLine.ts";

/** What is known of the run of a request, or of its last attempt if it's an event's. */
interface Run {
  requestId: string;
  stream: string;
  /** Its first line; of a run that only its report tells of, computed from that. */
  startMs: number;
  /** There's a START line, or Lambda's event of that kind. */
  hasStart: boolean;
  attempts: number;
  /** The run of the same stream that hadn't ended when this one was said to begin. */
  inside?: Run | undefined;
  firstEnd?: Place | undefined;
  lastEnd?: Place | undefined;
  status?: string | undefined;
  report?: ExecutionReport | undefined;
  timedOut: boolean;
  failed: boolean;
  /** What the function logged last. */
  lastOwn: string;
}

/** Where a line is: its number among all lines, and its time. */
interface Place {
  number: number;
  atMs: number;
}

/** More runs than this aren't told apart by anybody. */
const MAX_RUNS = 20_000;

/** Collects the runs of a function from its log, which is given in parts, in the order of time. */
export class LogRuns {
  readonly #isLocal: boolean;
  readonly #runs = new Map<string, Run>();
  /** The run that a stream's lines belong to. */
  readonly #open = new Map<string, Run>();
  /** Requests that a line of the function names, with the line's time. */
  readonly #named = new Map<string, number>();
  #lines = 0;
  #hasStarts = false;

  constructor(isLocal: boolean) {
    this.#isLocal = isLocal;
  }

  /** How many lines there were. */
  get lines(): number {
    return this.#lines;
  }

  /** There are so many runs that more would tell nothing. */
  get isFull(): boolean {
    return this.#runs.size + this.#named.size >= MAX_RUNS;
  }

  /** Whether any line is of this request. */
  has(requestId: string): boolean {
    return this.#runs.has(requestId) || this.#named.has(requestId);
  }

  add(lines: readonly LogLine[]): void {
    for (const line of lines) {
      this.#lines++;
      const parsed = parseRunLine(line, this.#isLocal);
      if (parsed) this.#take(parsed, line);
      const open = this.#open.get(line.stream);
      if (open && !open.lastEnd && (!parsed || parsed.kind === "named")) open.lastOwn = line.message;
    }
  }

  /** The runs, in the order of their starts. */
  runs(): readonly FoundRun[] {
    const runs = [...this.#runs.values()].filter((run) => !isPrinted(run));
    // If Lambda logs the start of each run, what a function names may be any request.
    const named = this.#hasStarts ? [] : [...this.#named].filter(([id]) => !this.#runs.has(id));
    const all = [...runs.map(toFound), ...named.map(([requestId, atMs]) => onlyNamed(requestId, atMs))];
    return all.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  }

  #take(parsed: RunLine, line: LogLine): void {
    const { requestId } = parsed;
    // What comes next is the report.
    if (parsed.kind === "end") return;
    if (parsed.kind === "named") {
      if (!this.#named.has(requestId)) this.#named.set(requestId, line.timestamp);
      return;
    }
    if (parsed.kind === "start") return this.#start(requestId, parsed.format, line);
    const run = this.#runs.get(requestId) ?? this.#withoutStart(parsed, line);
    switch (parsed.kind) {
      case "report":
        return this.#end(run, parsed, line);
      case "timeout":
        run.timedOut = true;
        return;
      case "crash":
        run.failed = true;
        return;
      case "attempt":
        run.status = parsed.outcome === "returned" ? "success" : "failure";
    }
  }

  #start(requestId: string, format: "text" | "json", line: LogLine): void {
    this.#hasStarts = true;
    const known = this.#runs.get(requestId);
    if (known) {
      // Only after its end is it another attempt; before, the function printed it.
      if (known.lastEnd) beginAttempt(known, line);
      this.#open.set(line.stream, known);
      return;
    }
    const open = this.#open.get(line.stream);
    // With JSON lines, a sandbox may run several requests at a time.
    const inside = format === "text" && open && !open.lastEnd ? open : undefined;
    const run = { ...newRun(requestId, line, line.timestamp), inside, hasStart: true };
    this.#runs.set(requestId, run);
    if (!inside) this.#open.set(line.stream, run);
  }

  /** The log begins in the middle of the run, or has no lines of starts. */
  #withoutStart(parsed: RunLine, line: LogLine): Run {
    const { durationMs = 0, initDurationMs = 0 } = parsed.kind === "report" ? parsed.report : {};
    const run = newRun(parsed.requestId, line, line.timestamp - durationMs - initDurationMs);
    this.#runs.set(parsed.requestId, run);
    return run;
  }

  #end(run: Run, parsed: RunLine & { kind: "report" }, line: LogLine): void {
    const place = { number: this.#lines, atMs: line.timestamp };
    if (run.stream === line.stream) run.firstEnd ??= place;
    run.lastEnd = place;
    run.report = parsed.report;
    run.status = parsed.status ?? run.status;
  }
}

function newRun(requestId: string, { stream }: LogLine, startMs: number): Run {
  return {
    requestId,
    stream,
    startMs,
    hasStart: false,
    attempts: 1,
    timedOut: false,
    failed: false,
    lastOwn: "",
  };
}

function beginAttempt(run: Run, { stream }: LogLine): void {
  run.attempts++;
  run.stream = stream;
  run.firstEnd = undefined;
  run.lastEnd = undefined;
  run.status = undefined;
  run.report = undefined;
  run.timedOut = false;
  run.failed = false;
  run.lastOwn = "";
}

/** A function that prints the lines of others, such as one that forwards logs: all of them are inside of its own run. */
function isPrinted({ inside, lastEnd, startMs }: Run): boolean {
  const outerEnd = inside?.firstEnd;
  if (!outerEnd || outerEnd.atMs <= startMs) return false;
  return !lastEnd || lastEnd.number < outerEnd.number;
}

function toFound(run: Run): FoundRun {
  const { requestId, startMs, report, attempts } = run;
  const found: FoundRun = { requestId, startedAt: new Date(startMs).toISOString(), outcome: outcomeOf(run) };
  if (report) found.durationMs = report.durationMs;
  if (attempts > 1) found.attempts = attempts;
  return found;
}

function onlyNamed(requestId: string, atMs: number): FoundRun {
  return { requestId, startedAt: new Date(atMs).toISOString(), outcome: "open" };
}

function outcomeOf({ failed, lastEnd, lastOwn, requestId, status, timedOut }: Run): RunOutcome {
  if (status === "timeout" || (status === undefined && timedOut)) return "timedOut";
  if (status !== undefined) return status === "success" ? "returned" : "failed";
  if (failed || (lastEnd && showsError(lastOwn, requestId))) return "failed";
  return lastEnd ? "ended" : "open";
}
