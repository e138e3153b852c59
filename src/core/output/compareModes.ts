import { RETRY_DELAYS_MS } from "@lambda-invoke/local/contract/retryDelays.ts";
import { formatCost } from "../figures/estimateCost.ts";
import { formatBytes, formatDuration, formatWait } from "../format.ts";
import { type Attempt, isSettled } from "../invocation/attempt.ts";
import type { ExecutionReport } from "../invocation/executionReport.ts";
import { payloadLimit } from "../invocation/payloadLimit.ts";
import type { InvocationRecord } from "../invocation/record.ts";
import { safeLine } from "./safeText.ts";
import { VERDICTS } from "./titles.ts";

/** The same event, sent once in each mode. */
export interface ComparedModes {
  synchronous: InvocationRecord;
  asynchronous: InvocationRecord;
  /** The attempts of the asynchronous event are read from the function's log. */
  isFollowed: boolean;
}

/** A document in Markdown that sets both modes side by side; it's as readable as it stands. */
export function compareDocument(compared: ComparedModes): string {
  const { synchronous } = compared;
  const [name, place] = [safeLine(synchronous.function.name), safeLine(synchronous.connection)];
  return [
    `# ${name} on ${place}: synchronous and asynchronous`,
    `One event of ${formatBytes(synchronous.payload.bytes)}, sent twice: first synchronously, then asynchronously. The second execution often finds a warm environment.`,
    table([["", "Synchronous", "Asynchronous"], ...rows(compared)]),
    notes(compared)
      .map((note) => `- ${note}\n`)
      .join(""),
  ].join("\n\n");
}

function notes({ synchronous, asynchronous, isFollowed }: ComparedModes): string[] {
  const { cost } = synchronous;
  return [
    "A synchronous caller waits for the function, and gets its response or its error. Lambda doesn't try again.",
    `An asynchronous caller only hands the event over, and gets neither. ${RETRIES}`,
    ...(cost
      ? [`The synchronous execution costs ${formatCost(cost)}. Each asynchronous one is priced alike.`]
      : []),
    ...(isFollowed ? [] : ["The event isn't followed: the setting `lambdaInvoke.followAsync` is off."]),
    `Request ids: ${idOf(synchronous)} (synchronous), ${idOf(asynchronous)} (asynchronous).`,
  ];
}

type Row = readonly [what: string, synchronous: string, asynchronous: string];

function rows({ synchronous, asynchronous, isFollowed }: ComparedModes): Row[] {
  const attempts = asynchronous.outcome?.attempts ?? [];
  const each = (tell: (report: ExecutionReport) => string): string =>
    attempts.length === 0 ? waiting(asynchronous, isFollowed) : attempts.map(told(tell)).join(", then ");
  const both = (what: string, tell: (report: ExecutionReport) => string): Row => [
    what,
    synchronous.report ? tell(synchronous.report) : UNKNOWN,
    each(tell),
  ];
  return [
    ["What became of it", VERDICTS[synchronous.verdict].title, becameOf(asynchronous)],
    ["The caller waited", formatDuration(synchronous.durationMs), formatDuration(asynchronous.durationMs)],
    ["The caller gets back", returned(synchronous), handedOver(asynchronous)],
    both("The function took", ({ durationMs }) => formatDuration(durationMs)),
    both("Start", startOf),
    both("Billed", ({ billedDurationMs }) => `${billedDurationMs} ms`),
    ["Payload limit", limit("RequestResponse"), limit("Event")],
    ["After an error", "none is tried again", "up to 2 more attempts"],
    ["Executions", synchronous.verdict === "notRun" ? "0" : "1", executions(asynchronous, attempts)],
  ];
}

const UNKNOWN = "not known";
const [FIRST_WAIT, SECOND_WAIT] = RETRY_DELAYS_MS.aws;
const RETRIES = `After an error, Lambda tries the event up to twice more, after ${formatWait(FIRST_WAIT)} and ${formatWait(SECOND_WAIT)}. What returns or fails in the end goes to a destination or a dead-letter queue, if the function has one.`;

function waiting({ verdict, outcome }: InvocationRecord, isFollowed: boolean): string {
  if (verdict !== "accepted" || outcome) return UNKNOWN;
  return isFollowed ? "waiting for its log…" : "not followed";
}

function told(tell: (report: ExecutionReport) => string): (attempt: Attempt) => string {
  return ({ report }) => (report ? tell(report) : UNKNOWN);
}

function becameOf({ outcome, verdict }: InvocationRecord): string {
  const { title } = VERDICTS[verdict];
  const isOpen = !outcome || (outcome.verdict === "unknown" && outcome.attempts.length > 0);
  return isOpen ? title : `${title}, then ${VERDICTS[outcome.verdict].title}`;
}

function returned({ error, responseBytes = 0, verdict }: InvocationRecord): string {
  if (verdict === "failed") return `the error ${safeLine(error?.errorType ?? error?.name ?? "", 40)}`;
  return verdict === "returned" ? `the response, ${formatBytes(responseBytes)}` : "nothing";
}

function handedOver({ verdict }: InvocationRecord): string {
  return verdict === "accepted" ? "a request id" : "nothing";
}

function startOf({ initDurationMs, restoreDurationMs }: ExecutionReport): string {
  if (initDurationMs !== undefined) return `cold, ${formatDuration(initDurationMs)}`;
  return restoreDurationMs === undefined ? "warm" : `restored in ${formatDuration(restoreDurationMs)}`;
}

function limit(mode: "RequestResponse" | "Event"): string {
  return formatBytes(payloadLimit(mode));
}

function executions({ verdict }: InvocationRecord, attempts: readonly Attempt[]): string {
  if (verdict !== "accepted") return verdict === "notRun" ? "0" : UNKNOWN;
  return attempts.length === 0 ? UNKNOWN : `${attempts.length}${isSettled(attempts.at(-1)) ? "" : " so far"}`;
}

function idOf({ requestId = UNKNOWN }: InvocationRecord): string {
  return safeLine(requestId);
}

/** A table of Markdown whose columns are aligned. */
function table(cells: readonly Row[]): string {
  const clean = cells.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = [0, 1, 2].map((column) => Math.max(...clean.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], fill = " "): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(" | ")} |`;
  const [head = [], ...others] = clean;
  return [line(head), line(["", "", ""], "-"), ...others.map((row) => line(row))].join("\n");
}
