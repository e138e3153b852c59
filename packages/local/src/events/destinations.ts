import type { DestinationLine } from "../contract/destinationLine.ts";
import type { EventInvokeSettings, LocalFunction } from "../model/localFunction.ts";
import { nameInFunctionArn } from "../api/functionName.ts";
import { functionArn, logGroupOf } from "../model/identity.ts";
import type { InvocationOutcome } from "../model/invocation.ts";
import type { QueuedEvent } from "./queuedEvent.ts";

/** How an event ended. Source: "Capturing records of Lambda asynchronous invocations" of the Lambda developer guide. */
export type Condition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

/** An event that won't run again. */
export interface EndedEvent {
  event: QueuedEvent;
  condition: Condition;
  /** How many times the function ran with it. */
  runs: number;
  /** The outcome of the last run. */
  outcome: InvocationOutcome | undefined;
  /** ms since 1970 */
  endedAt: number;
}

/** A record, or an event, for a destination. */
export interface Delivery {
  kind: DestinationLine["kind"];
  /** The destination's ARN. */
  to: string;
  /** Set where the destination is a function. */
  functionName: string | undefined;
  /** JSON */
  body: string;
  /** Where it's recorded if it can't be sent. */
  logGroup: string;
}

/** The deliveries that a function declares for an ended event. */
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
    // A dead-letter queue gets the original event, and is never a function.
    const { payload: body } = ended.event;
    found.push({ kind: "DeadLetter", to: fn.deadLetterArn, functionName: undefined, body, logGroup });
  }
  return found;
}

/** The record that a destination gets, as JSON. The payloads in it are exactly those sent and returned. */
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

function responseContext(outcome: InvocationOutcome) {
  const functionError = outcome.kind === "returned" ? undefined : "Unhandled";
  return { statusCode: 200, executedVersion: "$LATEST", functionError };
}

/** A streamed response needn't be JSON. */
function asJson(payload: Buffer): string {
  const text = payload.toString();
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
