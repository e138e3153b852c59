import type { Entry } from "../discovery/catalog/catalog.ts";
import type { ApiAnswer, ApiRequest } from "../http/request.ts";
import type { Invocation, InvocationResult } from "../model/outcome.ts";
import { invalidParameter, tooLarge } from "../model/errors.ts";
import type { Target } from "./functionName.ts";
import { eventLimit } from "../model/limits.ts";
import { readInvocation, tailOf, wantsTail } from "./invocationRequest.ts";

/** How functions are run. */
export interface Invokers {
  /** Runs a function once. Throws an `ApiError` where it may not start. */
  run(entry: Entry, invocation: Invocation, signal: AbortSignal): Promise<InvocationResult>;
  /** Resolves when the event is written down; it runs afterwards, with retries. Throws an `ApiError` where it is refused. */
  accept(target: Target, invocation: Invocation): Promise<void>;
}

/** The answer to a dry run, whose request has been read. */
export const dryRunAnswer: ApiAnswer = { status: 204, headers: { "x-amz-executed-version": "$LATEST" } };

/** Answers an Invoke request for a function that exists. Throws an `ApiError`. */
export async function invoke(
  request: ApiRequest,
  target: Target,
  invokers: Invokers,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const type = request.headers["x-amz-invocation-type"] ?? "RequestResponse";
  switch (type) {
    case "DryRun":
      readInvocation(request, target);
      return dryRunAnswer;
    case "Event":
      if (request.body.length > eventLimit) throw eventTooLarge(request.body.length);
      await invokers.accept(target, readInvocation(request, target));
      return { status: 202 };
    case "RequestResponse": {
      const invocation = readInvocation(request, target);
      const result = await invokers.run(target.entry, invocation, signal);
      return answer(result, invocation, wantsTail(request));
    }
    default:
      throw invalidParameter(`'${type}' is no InvocationType; it must be RequestResponse, Event or DryRun.`);
  }
}

function eventTooLarge(bytes: number): Error {
  return tooLarge(
    `${bytes} byte payload is too large for the Event invocation type (limit ${eventLimit} bytes)`,
  );
}

function answer({ outcome, log }: InvocationResult, invocation: Invocation, tail: boolean): ApiAnswer {
  return {
    status: 200,
    body: outcome.payload,
    headers: {
      "x-amz-executed-version": "$LATEST",
      "x-amzn-trace-id": invocation.traceId,
      ...(outcome.kind !== "returned" && { "x-amz-function-error": "Unhandled" }),
      ...(tail && { "x-amz-log-result": tailOf(log) }),
    },
  };
}
