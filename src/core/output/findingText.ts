import { formatDateTime, formatDuration } from "../format.ts";
import type { ExecutionStatus, Finding, FindingLimit, FoundRun, RunOutcome } from "../invocation/finding.ts";
import type { InvocationRecord } from "../invocation/record.ts";
import { heading } from "./heading.ts";
import { safeLine } from "./safeText.ts";
import { SECTIONS } from "./titles.ts";

type FoundRecord = Pick<InvocationRecord, "connection" | "function">;

/** The block of what a log showed of an invocation whose answer was lost. */
export function findingBlock(record: FoundRecord, finding: Finding): string {
  const head = heading(Date.parse(finding.readAt), "Find Out Whether It Ran", record);
  return `${head}\n\n${findingSection(finding)}\n\n`;
}

/** What a log showed, below the heading of a section. */
export function findingSection(finding: Finding): string {
  const { limits, logGroup, moreRuns, readAt, runs } = finding;
  const more = moreRuns === 0 ? [] : [`… and ${moreRuns} more`];
  const sentences = [findingSentence(finding), ...runs.map(runLine), ...more, ...adviceOf(finding)];
  const source = logGroup === undefined ? [] : [`log ${logGroup}`];
  const lines = [
    ...sentences,
    ...executionLines(finding),
    ...limits.map((limit) => LIMITS[limit]),
    ...source,
  ];
  const title = `${SECTIONS.finding} (read ${formatDateTime(readAt)})`;
  return [title, ...lines.map((line) => `  ${safeLine(line)}`)].join("\n");
}

/** What a log showed, in a sentence. */
export function findingSentence(finding: Finding): string {
  const { execution, limits, moreRuns, result, runs } = finding;
  switch (result) {
    case "ran":
      return `The function ran: its log has lines of this request. ${RAN[runs.at(-1)?.outcome ?? "open"]}`;
    case "mayHaveRun":
      return `${mayBe(runs.filter(({ isBefore }) => !isBefore).length + moreRuns)} ${between(finding)}.`;
    case "noRunLogged":
      return `The log shows no run that could be this invocation's ${between(finding)}.`;
    case "unreadable":
      return limits.includes("noGroup")
        ? "The function's log group doesn't exist."
        : "The function's log can't be read.";
    case "executionFound":
      return `The function ran, for certain: Lambda has the durable execution that this invocation named. ${EXECUTIONS[execution?.status ?? "RUNNING"]}`;
    case "noExecution":
      return limits.length === 0
        ? "The function didn't run, for certain: Lambda has no durable execution of the name that was sent."
        : "Lambda has no durable execution of the name that was sent, as far as can be seen now.";
  }
}

function mayBe(count: number): string {
  return count === 1
    ? "The log shows one run that may be this invocation's"
    : `The log shows ${count} runs of which one may be this invocation's`;
}

function between({ limits, since, until }: Finding): string {
  const part = limits.includes("cut") ? ", in the part of the log that was read" : "";
  return `from ${formatDateTime(since)} to ${formatDateTime(until)}${part}`;
}

const RAN: Readonly<Record<RunOutcome, string>> = {
  returned: "It returned.",
  failed: "It failed.",
  timedOut: "It was ended at its timeout.",
  ended: "It ended, and its log shows no error.",
  open: "The log has no end of it.",
};

const EXECUTIONS: Readonly<Record<ExecutionStatus, string>> = {
  RUNNING: "It's still running.",
  SUCCEEDED: "It succeeded.",
  FAILED: "It failed.",
  TIMED_OUT: "It was ended at its timeout.",
  STOPPED: "It was stopped.",
};

function executionLines({ execution }: Finding): string[] {
  if (!execution) return [];
  const { arn, endedAt, name, startedAt } = execution;
  const from = startedAt === undefined ? "" : `began ${formatDateTime(startedAt)}`;
  const to = endedAt === undefined ? "" : `ended ${formatDateTime(endedAt)}`;
  const facts = [`durable execution ${name}`, from, to].filter((fact) => fact !== "");
  return [facts.join(" · "), ...(arn === undefined ? [] : [arn])];
}

const OUTCOMES: Readonly<Record<RunOutcome, string>> = {
  returned: "returned",
  failed: "failed",
  timedOut: "ended at its timeout",
  ended: "ended, no error logged",
  open: "no end logged",
};

function runLine({ attempts, durationMs, isBefore, outcome, requestId, startedAt }: FoundRun): string {
  const facts = [
    OUTCOMES[outcome],
    durationMs === undefined ? "" : formatDuration(durationMs),
    attempts === undefined ? "" : `${attempts} attempts`,
    `request id ${requestId}`,
    isBefore ? "began before this invocation was sent, unless the clocks differ" : "",
  ];
  return `${formatDateTime(startedAt)}  ${facts.filter((fact) => fact !== "").join(" · ")}`;
}

function adviceOf({ result, runs }: Finding): string[] {
  if (result === "mayHaveRun")
    return [
      "This machine has made none of these requests that it knows of. Anybody may have who invokes the function: compare their times and what they logged.",
    ];
  if (result === "noRunLogged" && runs.length > 0)
    return ["What began before is this invocation's only if this machine's clock is ahead."];
  return [];
}

/** What keeps a log from being read or from telling more, and what to do about it. */
export const LIMITS: Readonly<Record<FindingLimit, string>> = {
  mayStillRun: "The function may still be running: its timeout isn't over. Look again later.",
  eventMayWait: "Lambda keeps an accepted event for up to six hours: it may still run. Look again later.",
  recent: "Lines take a while to arrive in the log. Look again in a minute.",
  noGroup:
    "Lambda makes it at the function's first run, if the function's role may write logs. It may have been deleted since.",
  noPermission: "Ask for the permission logs:FilterLogEvents on the log group, then look again.",
  infrequentAccess:
    "The log group's class is Infrequent Access, whose lines can't be read like this. Query it with CloudWatch Logs Insights.",
  delivery:
    "The log group's class is Delivery, which only passes lines on. Look where they are delivered to.",
  notReadable: "CloudWatch Logs refuses to filter this log group. Look at it in the AWS console.",
  levelHidesRuns:
    "The function's system log level is WARN, which hides Lambda's lines of runs that succeed (platform.start and platform.report). A run that logs nothing itself isn't there.",
  noLines:
    "The log has no line at all in this time. If the function's role may not write logs, no run leaves one.",
  groupIsNewer: "The log group was made after that time. What was logged before is gone.",
  retention: "The log group doesn't keep lines for that long. What was logged may be gone.",
  cut: "The log has more in this time than is read.",
  configurationUnknown:
    "The function's configuration can't be read. The longest timeout, 15 minutes, was assumed.",
  othersUnknown:
    "Another invocation of this function from this machine, in the same time, has no known request id: a run may be its.",
  executionsUnreadable:
    "It named its durable execution: with the permission lambda:ListDurableExecutionsByFunction, the answer is certain.",
  listMayLag: "The list of durable executions may lag behind. Look again in a minute.",
  executionsExpire: "Lambda may not keep the execution any more: it's removed some days after its end.",
  localMemory: "Local keeps logs in memory. What was logged before Local's last start is gone.",
};
