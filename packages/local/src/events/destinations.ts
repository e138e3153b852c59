import type { EventInvokeSettings, LocalFunction } from "../model/localFunction.ts";
import { nameInFunctionArn } from "../api/functionName.ts";
import { functionArn, logGroupOf } from "../model/identity.ts";
import type { Outcome } from "../model/outcome.ts";
import type { QueuedEvent } from "./event.ts";

/** How an event ended. Source: "Capturing records of Lambda asynchronous invocations" of the Lambda developer guide. */
export type Condition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

/** An event that is over. */
export interface EndedEvent {
  event: QueuedEvent;
  condition: Condition;
  /** How often the function ran with it. */
  runs: number;
  /** Of the last run, where there was one. */
  outcome: Outcome | undefined;
  /** ms since 1970 */
  endedAt: number;
}

/** Something that an event's end is to be sent to. */
export interface Delivery {
  kind: "OnSuccess" | "OnFailure" | "DeadLetter";
  /** ARN of the queue, topic, bus, bucket or function. */
  to: string;
  /** Of the function that it is, where it is one. */
  functionName: string | undefined;
  /** JSON */
  body: string;
  /** Where it is written down, if it cannot be sent. */
  logGroup: string;
}

/** The deliveries that a function's declaration asks for at an event's end. */
export function deliveries(fn: LocalFunction, ended: EndedEvent): Delivery[] {
  const settings: EventInvokeSettings = fn.eventInvoke ?? {};
  const succeeded = ended.condition === "Success";
  const to = succeeded ? settings.onSuccess : settings.onFailure;
  const found: Delivery[] = [];
  const logGroup = logGroupOf(fn);
  if (to !== undefined) {
    const kind = succeeded ? "OnSuccess" : "OnFailure";
    const body = destinationRecord(ended);
    found.push({ kind, to, functionName: nameInFunctionArn(to), body, logGroup });
  }
  if (!succeeded && fn.deadLetterArn !== undefined) {
    // A dead-letter queue gets the event as it was, and is never a function.
    const { payload: body } = ended.event;
    found.push({ kind: "DeadLetter", to: fn.deadLetterArn, functionName: undefined, body, logGroup });
  }
  return found;
}

/** The record that a destination gets, as JSON; the payloads in it are the texts that came and went, to the letter. */
function destinationRecord(ended: EndedEvent): string {
  const { event, outcome } = ended;
  const parts = [
    `"version":"1.0"`,
    `"timestamp":${JSON.stringify(new Date(ended.endedAt).toISOString())}`,
    `"requestContext":${JSON.stringify(requestContext(ended))}`,
    `"requestPayload":${event.payload}`,
  ];
  if (outcome) {
    parts.push(`"responseContext":${JSON.stringify(responseContext(outcome))}`);
    parts.push(`"responsePayload":${asJson(outcome.payload)}`);
  }
  return `{${parts.join(",")}}`;
}

function requestContext({ event, condition, runs }: EndedEvent) {
  return {
    requestId: event.id,
    functionArn: `${functionArn(event.functionName)}:${event.qualifier ?? "$LATEST"}`,
    condition,
    approximateInvokeCount: runs,
  };
}

function responseContext(outcome: Outcome) {
  const error = outcome.kind === "returned" ? {} : { functionError: "Unhandled" };
  return { statusCode: 200, executedVersion: "$LATEST", ...error };
}

/** A streamed response may be any text. */
function asJson(payload: Buffer): string {
  const text = payload.toString();
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
