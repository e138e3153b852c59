import { LOCAL_NAME } from "../connections/connections.ts";
import { RETRY_DELAYS_MS } from "@lambda-invoke/local/contract/retryDelays.ts";
import { type Attempt, PATIENCE_MS } from "../invocation/followEvent.ts";
import { hasLocalAdvice, classifyFailure } from "../invocation/classifyFailure.ts";
import { invocationFacts, runFacts } from "./factLines.ts";
import { formatBytes, formatDateTime, formatTime, formatWait } from "../format.ts";
import type { InvocationError, InvocationMode, InvocationRecord, Verdict } from "../invocation/record.ts";
import { formatBody } from "./formatBody.ts";

/** How the panel shows an invocation. */
export interface OutputOptions {
  /** How many characters of a response are shown. */
  responseLimit: number;
}

/** What an accepted event is told by. */
export type TrackedEvent = Pick<InvocationRecord, "function" | "connection" | "requestId">;

/** The words that stand for a verdict, and the sentence that explains it. */
export const VERDICTS: Readonly<Record<Verdict, { title: string; sentence: string }>> = {
  returned: { title: "RETURNED", sentence: "The function ran and returned." },
  failed: { title: "FAILED", sentence: "The function ran and failed." },
  accepted: {
    title: "ACCEPTED",
    sentence: "The event is queued. Lambda runs the function in the background.",
  },
  valid: { title: "VALID", sentence: "The function is there and you may invoke it like this. Nothing ran." },
  notRun: { title: "NOT RUN", sentence: "The function did not run." },
  unknown: { title: "UNKNOWN", sentence: "Whether the function ran is not known." },
};

const MODES: Readonly<Record<InvocationMode, string>> = {
  RequestResponse: "Invoke",
  Event: "Invoke Asynchronously",
  DryRun: "Check",
  ResponseStream: "Invoke with Streaming Response",
};

/** The line the panel's link to the whole response stands on; its second group is the record's `shortId`. */
export const WHOLE_RESPONSE = /^ {2}Open the whole response \(([^)]*), record ([\w-]+)\)$/;

/**
 * The whole block of an invocation for the output panel, ending in an empty line. The panel shows the end of its text,
 * so the block ends in what a person wants to know first: the response, and the verdict with its facts.
 */
export function outputBlock(record: InvocationRecord, options: OutputOptions): string {
  const blocks = [head(record), log(record), response(record, options), error(record), verdict(record)];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n\n`;
}

/** The block of an event that was accepted before VS Code ended, and runs only now. */
export function resumedBlock(record: TrackedEvent, acceptedAtMs: number, nowMs: number): string {
  const at = formatDateTime(new Date(acceptedAtMs).toISOString());
  const facts = `  accepted ${at} · request id ${record.requestId ?? ""}`;
  const sentence = "ACCEPTED  The event was queued when the local service ended. It runs now.";
  return `${heading(nowMs, "Resume", record)}\n\n${sentence}\n${facts}\n\n`;
}

/** The block of one run with an event that was accepted before. */
export function attemptBlock(record: TrackedEvent, run: Attempt): string {
  const head = heading(run.endedAtMs, `Attempt ${run.number}`, record);
  return `${[head, `Log (all of it)\n${run.log}`, `${runVerdict(run)}\n${runFacts(record, run)}`].join("\n\n")}\n\n`;
}

function runVerdict(run: Attempt): string {
  if (run.outcome === "ended") return "ENDED  The function ran, and its log shows no error.";
  return `FAILED  The function ran and failed. ${whatIsNext(run)}`;
}

function whatIsNext({ deliveries, isLast, number, onFailure, retryInMs }: Attempt): string {
  if (isLast) {
    if (deliveries.length > 0) return "Lambda does not try again.";
    const who =
      onFailure === undefined
        ? "a destination or dead-letter queue gets the event, where the function has one"
        : `${onFailure} gets the event`;
    return `Lambda does not try again: ${who}.`;
  }
  const onAws = formatWait(RETRY_DELAYS_MS.aws[number === 1 ? 0 : 1]);
  const here = retryInMs === undefined ? onAws : formatWait(retryInMs);
  return here === onAws
    ? `Lambda tries the event again in about ${onAws}.`
    : `Local tries the event again in ${here}, AWS would in about ${onAws}.`;
}

/** The block that ends the following of an accepted event of which nothing more is heard, after so many runs with it. */
export function gaveUpBlock(record: TrackedEvent, runs: number, endedAtMs: number): string {
  const minutes = PATIENCE_MS / 60_000;
  const since = runs === 0 ? "Nothing of the event" : `After attempt ${runs}, nothing more of the event`;
  const advice =
    runs === 0
      ? "Look for its request id in the function's log. Where that has no lines at all, the function's role may not write any."
      : "Lambda may have given it up. Look into the function's destination for failures, or its dead-letter queue.";
  const lines = [
    `UNKNOWN  ${since} was logged for ${minutes} minutes. It is not followed any more.`,
    `  ${advice}`,
    `  request id ${record.requestId ?? ""}`,
  ];
  return `${heading(endedAtMs, "Not Followed Any More", record)}\n\n${lines.join("\n")}\n\n`;
}

/** One line for a status bar or a notification: `order (Local): The function ran and returned.` */
export function summary(record: InvocationRecord): string {
  return `${record.function.name} (${record.connection}): ${sentenceOf(record)}`;
}

/** A check runs nothing, whatever became of its answer. */
function sentenceOf({ verdict, mode }: Pick<InvocationRecord, "verdict" | "mode">): string {
  if (mode === "DryRun" && verdict === "unknown") return "The check was not answered. Nothing ran.";
  return VERDICTS[verdict].sentence;
}

function head(record: InvocationRecord): string {
  return heading(Date.parse(record.startedAt), MODES[record.mode], record);
}

function heading(atMs: number, what: string, { connection, function: target }: TrackedEvent): string {
  return `━━━ ${formatTime(new Date(atMs).toISOString())} ━━━ ${what}: ${target.name} on ${connection} ━━━`;
}

function verdict(record: InvocationRecord): string {
  const { title } = VERDICTS[record.verdict];
  return `${title}  ${[sentenceOf(record), reason(record)].join(" ").trimEnd()}\n${invocationFacts(record)}`;
}

/** The error in a line: at the panel's usual height, its own section is out of sight. */
function reason({ error: found }: InvocationRecord): string {
  if (!found) return "";
  const [first = ""] = found.message.split("\n");
  return `${found.errorType ?? found.name}: ${first}`;
}

function error(record: InvocationRecord): string {
  const { error: found } = record;
  if (!found) return "";
  const name = found.errorType ?? found.name;
  const lines = [`Error`, `  ${name}: ${indent(found.message)}`];
  const advice = record.functionError === undefined ? adviceOf(record) : undefined;
  if (advice !== undefined) lines.push(`  ${advice}`);
  lines.push(...stackOf(found).map((line) => `  ${line}`));
  return lines.join("\n");
}

/** The stack without the error's own line, which Node.js repeats at its top, and with the runtime client's part in a line. */
function stackOf({ errorType = "", stackTrace = [] }: InvocationError): string[] {
  const [first = "", ...others] = stackTrace;
  const frames = errorType !== "" && first.startsWith(errorType) ? others : stackTrace;
  const own = frames.filter((frame) => !RUNTIME_CLIENT.test(frame));
  const left = frames.length - own.length;
  if (left === 0) return frames;
  return [...own, `    … ${left} more in AWS's runtime client`];
}

/** Where AWS's runtime client for Node.js is: in Lambda, and on Local. What is below node_modules there is the SDK. */
const RUNTIME_CLIENT = /\/var\/runtime\/(?!node_modules\/)|[\\/]aws-lambda-ric(?:-\d)?[\\/]/;

/** What a person can do about an invocation that did not run, or may not have run; nothing where its error says that. */
export function adviceOf(record: InvocationRecord): string | undefined {
  const { connection, error: found, verdict, statusCode, attempts, mode } = record;
  if (connection === LOCAL_NAME && found && hasLocalAdvice(found.name)) return undefined;
  if (mode === "DryRun" && verdict === "unknown") return "Check again.";
  // an answer has a status, but so has the refusal of credentials, before anything was sent
  const sent = verdict === "unknown" || (statusCode !== undefined && attempts > 0);
  return classifyFailure({ name: found?.name ?? "", sent, statusCode, credential: found?.credential }).advice;
}

function response(record: InvocationRecord, { responseLimit }: OutputOptions): string {
  const { response: body, responseBytes = 0 } = record;
  if (!body || isOnlyError(record)) return "";
  if (responseBytes === 0) return "Response (empty)";
  const { text, language, cut } = formatBody(body, responseLimit);
  const kind = { json: "JSON", text: "text, not JSON", hex: "binary, not text" }[language];
  const size = formatBytes(responseBytes);
  const link = `\n  Open the whole response (${size}, record ${shortId(record)})`;
  return `Response (${size}, ${kind}${cut ? ", cut" : ""})\n${text}${cut ? `\n  …${link}` : ""}`;
}

/** As much of a record's id as tells it from the others of a window. */
export function shortId({ id }: Pick<InvocationRecord, "id">): string {
  return id.slice(0, 8);
}

/** The response of a failed function says no more than the error that is shown of it. */
function isOnlyError({ error: found, response: body }: InvocationRecord): boolean {
  if (found?.errorType === undefined || !body || !("text" in body)) return false;
  // the error type was read from this text, so it is a JSON object
  const said: unknown = JSON.parse(body.text);
  return Object.keys(said ?? {}).every((key) => ERROR_KEYS.has(key));
}

/** What Lambda's runtimes return for an error that a function threw. */
const ERROR_KEYS = new Set(["errorMessage", "errorType", "stackTrace", "trace", "requestId"]);

function log(record: InvocationRecord): string {
  if (record.log === undefined || record.log === "") return "";
  return `Log (the last 4 KB)\n${record.log.trimEnd()}`;
}

function indent(text: string): string {
  return text.replaceAll("\n", "\n    ");
}
