import { LOCAL_NAME } from "../connections/connections.ts";
import { formatBytes } from "../format.ts";
import { adviceFor } from "../invocation/adviceFor.ts";
import type { InvocationError, InvocationRecord } from "../invocation/record.ts";
import { invocationFacts } from "./factLines.ts";
import { formatBody } from "./formatBody.ts";
import { heading } from "./heading.ts";
import { MODES, SECTIONS, VERDICTS } from "./titles.ts";

/** How the panel shows an invocation. */
export interface OutputOptions {
  /** How many characters of a response are shown. */
  responseLimit: number;
}

/** The line the panel's link to the whole response stands on; its second group is the record's `shortId`. */
export const WHOLE_RESPONSE = /^ {2}Open the whole response \(([^)]*), record ([\w-]+)\)$/;

/**
 * The whole block of an invocation for the output panel, ending in an empty line. The panel shows the end of its text,
 * so the block ends in what a user wants to know first: the response, and the verdict with its facts.
 */
export function outputBlock(record: InvocationRecord, options: OutputOptions): string {
  const blocks = [head(record), log(record), response(record, options), error(record), verdict(record)];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n\n`;
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
  const lines = [SECTIONS.error, `  ${name}: ${indent(found.message)}`];
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

/** What to do about an invocation that didn't run, or may not have run; `undefined` if its error says that. */
export function adviceOf(record: InvocationRecord): string | undefined {
  const { connection, error: found, verdict, mode } = record;
  const reason = found?.reason ?? (verdict === "unknown" ? "answerLost" : undefined);
  if (reason === undefined) return undefined;
  return adviceFor(reason, { mode, isLocal: connection === LOCAL_NAME, credential: found?.credential });
}

function response(record: InvocationRecord, { responseLimit }: OutputOptions): string {
  const { response: body, responseBytes = 0 } = record;
  if (!body || isOnlyError(record)) return "";
  if (responseBytes === 0) return `${SECTIONS.response} (empty)`;
  const { text, language, cut } = formatBody(body, responseLimit);
  const kind = { json: "JSON", text: "text, not JSON", hex: "binary, not text" }[language];
  const size = formatBytes(responseBytes);
  const link = `\n  Open the whole response (${size}, record ${shortId(record)})`;
  return `${SECTIONS.response} (${size}, ${kind}${cut ? ", cut" : ""})\n${text}${cut ? `\n  …${link}` : ""}`;
}

/** As much of a record's id as tells it from the others of a window. */
export function shortId({ id }: Pick<InvocationRecord, "id">): string {
  return id.slice(0, 8);
}

/** The response of a failed function says no more than the error that is shown of it. */
function isOnlyError({ error: found, response: body }: InvocationRecord): boolean {
  if (found?.errorType === undefined || !body || !("text" in body)) return false;
  // the error type was read from this text, so it is a JSON object
  const returned: unknown = JSON.parse(body.text);
  return Object.keys(returned ?? {}).every((key) => ERROR_KEYS.has(key));
}

/** What Lambda's runtimes return for an error that a function threw. */
const ERROR_KEYS = new Set(["errorMessage", "errorType", "stackTrace", "trace", "requestId"]);

function log(record: InvocationRecord): string {
  if (record.log === undefined || record.log === "") return "";
  return `${SECTIONS.log} (the last 4 KB)\n${record.log.trimEnd()}`;
}

function indent(text: string): string {
  return text.replaceAll("\n", "\n    ");
}
