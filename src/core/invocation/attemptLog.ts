import type { LogLine } from "../ports.ts";
import type { Attempt } from "./attempt.ts";
import type { ExecutionReport } from "./executionReport.ts";
import { parsePlatformLine, type PlatformLine } from "./platformLine.ts";

/** An attempt that has ended, by Lambda's own lines in one log stream. */
export interface EndedAttempt {
  start: LogLine | undefined;
  end: LogLine;
  status: string | undefined;
  report: ExecutionReport | undefined;
}

interface OpenAttempt {
  start: LogLine | undefined;
  format: PlatformLine["format"];
  ended?: EndedAttempt;
  /** Something of the request was logged after what looked like its end. */
  goesOn: boolean;
}

/**
 * Finds the attempts at a request that have ended, in the order of their ends, among the lines that name the request. A
 * function may print lines like Lambda's: of those, the first START and the last REPORT of an attempt are Lambda's, and
 * its next attempt doesn't begin before `minPauseMs` have passed.
 */
export function findAttempts(
  lines: readonly LogLine[],
  requestId: string,
  minPauseMs: number,
): readonly EndedAttempt[] {
  const streams = Map.groupBy(lines, ({ stream }) => stream);
  const found = [...streams.values()].flatMap((own) => attemptsIn(own, requestId, minPauseMs));
  return found.toSorted((a, b) => a.end.timestamp - b.end.timestamp);
}

function attemptsIn(lines: readonly LogLine[], requestId: string, minPauseMs: number): EndedAttempt[] {
  const attempts: EndedAttempt[] = [];
  let open: OpenAttempt | undefined;
  for (const line of lines) {
    const parsed = parsePlatformLine(line.message, requestId);
    const pausedMs = open?.ended ? line.timestamp - open.ended.end.timestamp : 0;
    if (parsed?.kind === "start" && (!open || (open.ended && pausedMs >= minPauseMs))) {
      if (open?.ended && !open.goesOn) attempts.push(open.ended);
      open = { start: line, format: parsed.format, goesOn: false };
    } else if (parsed?.kind === "report" && (!open || parsed.format === open.format)) {
      open ??= { start: undefined, format: parsed.format, goesOn: false };
      open.ended = { start: open.start, end: line, status: parsed.status, report: parsed.report };
      open.goesOn = false;
    } else if (open?.ended && !isPlatformError(line.message, requestId)) open.goesOn = true;
  }
  if (open?.ended && !open.goesOn) attempts.push(open.ended);
  return attempts;
}

/** The outcome of an attempt: Lambda's own status, else what the runtime logs last for an error. */
export function outcomeOf(
  { status, end }: EndedAttempt,
  log: readonly LogLine[],
  requestId: string,
): Pick<Attempt, "outcome" | "evidence"> {
  if (status !== undefined)
    return { outcome: status === "success" ? "ended" : "failed", evidence: "platform" };
  const isOwn = ({ id, message }: LogLine): boolean =>
    id !== end.id && parsePlatformLine(message, requestId) === undefined;
  // What the function logs comes before what its runtime does.
  const last = log.findLast(isOwn)?.message ?? "";
  return { outcome: showsError(last, requestId) ? "failed" : "ended", evidence: "log" };
}

/** Whether the last line of a run says that it failed: Lambda's own of a function that it ended, or its runtime's. */
export function showsError(message: string, requestId: string): boolean {
  return isPlatformError(message, requestId) || isRuntimeError(message, requestId);
}

/** What Lambda writes of a function that it ended, or whose process has exited. */
function isPlatformError(message: string, requestId: string): boolean {
  const isTimeout = /^\S+ (\S+) Task timed out after [\d.]+ seconds\s*$/.exec(message)?.[1] === requestId;
  return isTimeout || message.startsWith(`RequestId: ${requestId} Error: `);
}

/** What the runtimes of AWS write of an error that a handler has thrown. */
function isRuntimeError(message: string, requestId: string): boolean {
  const [, id] = NODE_ERROR.exec(message) ?? [];
  return id === requestId || PYTHON_ERROR.test(message) || isErrorObject(message);
}

const NODE_ERROR =
  /^\S+Z\t(\S+)\tERROR\t(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection) ?\t\{/;
const PYTHON_ERROR =
  /^\[ERROR\] (?:Runtime\.\w+: |[A-Za-z_][\w.]*(?::[^]*)?[\r\n]+Traceback \(most recent call last\):)/;

/** Runtimes for Go and Ruby write the object that they return, some with the time before it. */
function isErrorObject(message: string): boolean {
  const [, text] = /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )?(\{[^]*\})\s*$/.exec(message) ?? [];
  if (text === undefined) return false;
  try {
    const { errorMessage, errorType } = JSON.parse(text) as Record<string, unknown>;
    return typeof errorMessage === "string" && typeof errorType === "string";
  } catch {
    return false;
  }
}
