import { RETRY_DELAYS_MS } from "@lambda-invoke/local/contract/retryDelays.ts";
import { LOCAL } from "../connections/connections.ts";
import { formatBytes, formatDateTime, formatWait } from "../format.ts";
import type { Attempt } from "../invocation/attempt.ts";
import { PATIENCE_MS } from "../invocation/followEvent.ts";
import type { TrackedEvent } from "../invocation/invocationEvent.ts";
import { attemptFacts } from "./factLines.ts";
import { heading } from "./heading.ts";
import { cutStart, indentedText, safeLine } from "./safeText.ts";
import { ATTEMPT_TITLES, EVENT_HEADINGS, SECTIONS, VERDICTS } from "./titles.ts";

/** The block of an event that was accepted before VS Code ended, and whose outcome is still to come. */
export function resumedBlock(event: TrackedEvent, acceptedAtMs: number, nowMs: number): string {
  const at = formatDateTime(new Date(acceptedAtMs).toISOString());
  const facts = `  accepted ${at} · request id ${safeLine(event.requestId)}`;
  const sentence = `${VERDICTS.accepted.title}  ${event.connection === LOCAL.name ? RUNS_NOW : GOES_ON}`;
  return `${heading(nowMs, EVENT_HEADINGS.resumed, event)}\n\n${sentence}\n${facts}\n\n`;
}

const RUNS_NOW = "The event was queued when the local service ended. It runs now.";
const GOES_ON =
  "The window that followed the event was closed. This one goes on, and reads the function's log.";

/** The block of an attempt with an event that was accepted before. */
export function attemptBlock(event: TrackedEvent, attempt: Attempt): string {
  const head = heading(attempt.endedAtMs, `${EVENT_HEADINGS.attempt} ${attempt.number}`, event);
  const title = ATTEMPT_TITLES[attempt.outcome];
  const verdict = `${title}  ${attemptSentence(attempt)}\n${attemptFacts(event, attempt)}`;
  return `${[head, logSection(attempt.log), verdict].join("\n\n")}\n\n`;
}

function logSection(log: string): string {
  const isCut = log.length > MAX_LOG;
  const extent = isCut ? `the last ${formatBytes(MAX_LOG)}` : "all of it";
  return `${SECTIONS.log} (${extent})\n${indentedText(cutStart(log, MAX_LOG))}`;
}

/** Characters of an attempt's log that are shown. */
const MAX_LOG = 256 * 1024;

/** What became of an attempt, no more than is certain, and what comes next. */
export function attemptSentence(attempt: Attempt): string {
  if (attempt.outcome === "ended") return attempt.evidence === "platform" ? RETURNED : NO_ERROR;
  const how = attempt.evidence === "platform" ? "" : LOGGED_ERROR;
  return `The function ran and failed${how}. ${whatIsNext(attempt)}`;
}

const RETURNED = "The function ran and returned.";
/** Lambda's text format has no status of an attempt that returned, nor of an error that the handler threw. */
const NO_ERROR = "The function ran, and its log shows no error. A log in text format doesn't say more.";
const LOGGED_ERROR = ", going by the error at the end of its log";

function whatIsNext({ deliveries, isLast, number, onFailure, retryInMs }: Attempt): string {
  if (isLast) {
    if (deliveries.length > 0) return "Lambda doesn't try again.";
    const who =
      onFailure === undefined
        ? "a destination or dead-letter queue gets the event, if the function has one"
        : `${safeLine(onFailure)} gets the event`;
    return `Lambda doesn't try again: ${who}.`;
  }
  const onAws = formatWait(RETRY_DELAYS_MS.aws[number === 1 ? 0 : 1]);
  const here = retryInMs === undefined ? onAws : formatWait(retryInMs);
  return here === onAws
    ? `Lambda tries the event again in about ${onAws}.`
    : `Local tries the event again in ${here}, AWS would in about ${onAws}.`;
}

/** The block that ends the following of an accepted event of which nothing more is heard, after so many attempts. */
export function gaveUpBlock(event: TrackedEvent, attempts: number, endedAtMs: number): string {
  const minutes = PATIENCE_MS / 60_000;
  const since =
    attempts === 0 ? "Nothing of the event" : `After attempt ${attempts}, nothing more of the event`;
  const advice =
    attempts === 0
      ? "Look for its request id in the function's log. Where that has no lines at all, the function's role may not write any."
      : "Lambda may have given it up. Look into the function's destination for failures, or its dead-letter queue.";
  const lines = [
    `${VERDICTS.unknown.title}  ${since} was logged for ${minutes} minutes. It's not followed any more.`,
    `  ${advice}`,
    `  request id ${safeLine(event.requestId)}`,
  ];
  return `${heading(endedAtMs, EVENT_HEADINGS.gaveUp, event)}\n\n${lines.join("\n")}\n\n`;
}
