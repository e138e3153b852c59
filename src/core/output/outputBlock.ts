import { LOCAL_NAME } from "../connections/connections.ts";
import { formatBytes } from "../format.ts";
import { adviceFor } from "../invocation/adviceFor.ts";
import type { InvocationError, InvocationRecord } from "../invocation/record.ts";
import { bytesOf } from "../invocation/responseBody.ts";
import { invocationFacts } from "./factLines.ts";
import { findingSection } from "./findingText.ts";
import { excerptOf } from "./formatBody.ts";
import { heading } from "./heading.ts";
import { preludeLines } from "./streamText.ts";
import { cutText, indentedSteps, indentedText, safeLine } from "./safeText.ts";
import { finish, type Steps } from "./steps.ts";
import { MODES, SECTIONS, VERDICTS } from "./titles.ts";

/** What the lines begin with that lead somewhere. */
const OPEN_WHOLE = "Open the whole response";
const FIND_OUT = "Find out whether it ran";

/** How the panel shows an invocation. */
export interface OutputOptions {
  /** How many characters of a response are shown. */
  responseLimit: number;
}

/** The line that leads to the whole response of a record; nothing but ours stands at column 0, where it does. */
export function wholeResponseLine(record: InvocationRecord): string {
  return `${OPEN_WHOLE} (${formatBytes(record.responseBytes ?? 0)}, record ${shortId(record)})`;
}

/**
 * The whole block of an invocation for the output panel, ending in an empty line. The panel shows the end of its text,
 * so the block ends in what a user wants to know first: the response, and the verdict with its facts.
 */
export function outputBlock(record: InvocationRecord, options: OutputOptions): string {
  return finish(outputBlockSteps(record, options));
}

/** The same in steps. */
export function* outputBlockSteps(record: InvocationRecord, options: OutputOptions): Steps<string> {
  const answer = yield* response(record, options);
  const blocks = [head(record), log(record), answer, error(record), verdict(record), finding(record)];
  // One after the other: `join` would copy a long response at once.
  return blocks.reduce((text, block) => (block === "" ? text : `${text}${block}\n\n`), "");
}

/** The line that leads to what the log shows of an invocation whose answer was lost. */
export function findOutLine(record: InvocationRecord): string {
  return `${FIND_OUT} (record ${shortId(record)})`;
}

/** A line that looks like one of these two, whatever record it names. */
export function asLinkLine(text: string): string | undefined {
  return [OPEN_WHOLE, FIND_OUT].some((start) => text.startsWith(`${start} (`)) ? text : undefined;
}

function finding({ finding: found }: InvocationRecord): string {
  return found ? findingSection(found) : "";
}

/** One line for a status bar or a notification: `order (Local): The function ran and returned.` */
export function summary(record: InvocationRecord): string {
  return `${record.function.name} (${record.connection}): ${sentenceOf(record)}`;
}

/** A check runs nothing, whatever became of its answer. */
function sentenceOf({ verdict, mode, stream }: InvocationRecord): string {
  if (mode === "DryRun" && verdict === "unknown") return "The check was not answered. Nothing ran.";
  if (verdict === "unknown" && (stream?.chunks ?? 0) > 0)
    return "The function ran. How it ended is not known.";
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
  const [first = ""] = found.message.split(/[\n\r]/, 1);
  return `${nameOf(found)}: ${safeLine(first, MAX_REASON)}`;
}

const MAX_REASON = 300;
/** Of an error's message and of its stack, each. */
const MAX_ERROR = 16 * 1024;

function nameOf({ errorType, name }: InvocationError): string {
  return safeLine(errorType ?? name, MAX_REASON);
}

function error(record: InvocationRecord): string {
  const { error: found } = record;
  if (!found) return "";
  const message = indentedText(cutText(found.message, MAX_ERROR), "    ").trimStart();
  const lines = [SECTIONS.error, `  ${nameOf(found)}: ${message}`];
  const advice = record.functionError === undefined ? adviceOf(record) : undefined;
  if (advice !== undefined) lines.push(indentedText(advice));
  const stack = stackOf(found).join("\n");
  if (stack !== "") lines.push(indentedText(cutText(stack, MAX_ERROR)));
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

function* response(record: InvocationRecord, { responseLimit }: OutputOptions): Steps<string> {
  const { response: body, responseBytes = 0, stream } = record;
  if (!body || isOnlyError(record)) return "";
  const status = stream?.prelude ? `\n${indentedText(preludeLines(stream.prelude))}\n` : "";
  const part = stream?.complete === false ? ", incomplete" : "";
  if (responseBytes === 0) return `${SECTIONS.response} (empty${part})${status.trimEnd()}`;
  const { pieces, language, cut: isExcerpt } = yield* excerptOf(body, responseLimit);
  const cut = isExcerpt || stream?.keptBytes !== undefined;
  const kind = { json: "JSON", text: "text, not JSON", hex: "binary, not text" }[language];
  const title = `${SECTIONS.response} (${formatBytes(responseBytes)}, ${kind}${part}${cut ? ", cut" : ""})${status}`;
  const link = cut ? `\n  …\n${wholeResponseLine(record)}` : "";
  return `${title}\n${yield* indentedSteps(pieces)}${link}`;
}

/** As much of a record's id as tells it from the others of a window. */
export function shortId({ id }: Pick<InvocationRecord, "id">): string {
  return id.slice(0, 8);
}

/** The response of a failed function says no more than the error that is shown of it. */
function isOnlyError({ error: found, response: body }: InvocationRecord): boolean {
  if (found?.errorType === undefined || !body || !("text" in body)) return false;
  if (bytesOf(body).length > MAX_ERROR_BODY) return false;
  try {
    const returned: unknown = JSON.parse(body.text);
    return Object.keys(returned ?? {}).every((key) => ERROR_KEYS.has(key));
  } catch {
    return false;
  }
}

/** A response that's larger is shown, whatever it says. */
const MAX_ERROR_BODY = 64 * 1024;

/** What Lambda's runtimes return for an error that a function threw. */
const ERROR_KEYS = new Set(["errorMessage", "errorType", "stackTrace", "trace", "requestId"]);

function log(record: InvocationRecord): string {
  if (record.log === undefined || record.log === "") return "";
  return `${SECTIONS.log} (the last 4 KB)\n${indentedText(record.log.trimEnd())}`;
}
