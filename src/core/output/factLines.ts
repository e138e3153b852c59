import { formatCost } from "../figures/estimateCost.ts";
import { formatBytes, formatDuration } from "../format.ts";
import type { Attempt } from "../invocation/attempt.ts";
import type { ExecutionReport } from "../invocation/executionReport.ts";
import type { TrackedEvent } from "../invocation/invocationEvent.ts";
import type { InvocationRecord } from "../invocation/record.ts";
import { safeLine } from "./safeText.ts";

/** The facts of an invocation: how long and how much, what tells it from others, and which function ran; a line each. */
export function invocationFacts(record: InvocationRecord): string {
  const { attempts, durationMs, origin, payload, report, requestId, statusCode, stream } = record;
  return lines([
    stream?.firstByteMs === undefined
      ? []
      : [`first byte after ${formatDuration(stream.firstByteMs)}`, `chunks ${stream.chunks}`],
    [`${formatDuration(durationMs)} at the client`, ...(report ? measures(report) : [])],
    record.cost ? [formatCost(record.cost)] : [],
    record.withoutLogTail ? [NO_LOG_TAIL] : [],
    [
      statusCode === undefined ? "" : `status ${statusCode}`,
      requestId === undefined ? "" : `request id ${requestId}`,
      `payload ${formatBytes(payload.bytes)}${origin === undefined ? "" : ` (${origin})`}`,
      attempts === 1 ? "" : `${attempts} requests sent`,
    ],
    whichFunction(record),
    whichExecution(record),
  ]);
}

const NO_LOG_TAIL = "no log or figures here: functions on managed instances have no log tail";

/** The facts of an attempt with an event that was accepted before. */
export function attemptFacts({ requestId }: TrackedEvent, { deliveries, report }: Attempt): string {
  return lines([
    report ? measures(report) : [],
    [`request id ${requestId}`],
    ...deliveries.map((delivery) => [delivery]),
  ]);
}

/** What the heading's name doesn't say. */
function whichFunction({ function: target, executedVersion }: InvocationRecord): string[] {
  const qualifier = target.qualifier === undefined ? "" : `:${target.qualifier}`;
  const name = target.arn === undefined && qualifier === "" ? "" : `${target.arn ?? target.name}${qualifier}`;
  return [name, executedVersion === undefined ? "" : `version ${executedVersion}`];
}

/** Its ARN has its name. */
function whichExecution({ durableExecutionArn, durableExecutionName }: InvocationRecord): string[] {
  const named = durableExecutionArn ?? durableExecutionName;
  return named === undefined ? [] : [`durable execution ${named}`];
}

/** What an execution took. */
export function measures(report: ExecutionReport): string[] {
  const { durationMs, billedDurationMs, initDurationMs, maxMemoryUsedMb, memorySizeMb, restoreDurationMs } =
    report;
  return [
    `${formatDuration(durationMs)} in the function`,
    `billed ${billedDurationMs} ms`,
    initDurationMs === undefined ? "" : `cold start ${formatDuration(initDurationMs)}`,
    restoreDurationMs === undefined ? "" : `snapshot restored in ${formatDuration(restoreDurationMs)}`,
    maxMemoryUsedMb === undefined
      ? `memory ${memorySizeMb} MB`
      : `memory ${maxMemoryUsedMb} of ${memorySizeMb} MB`,
  ];
}

/** What is empty is left out. Much of it comes from the other end: it can't begin a line of its own. */
function lines(facts: readonly (readonly string[])[]): string {
  const shown = facts.map((line) => line.filter((fact) => fact !== "").join(" · "));
  return shown
    .filter((line) => line !== "")
    .map((line) => `  ${safeLine(line)}`)
    .join("\n");
}
