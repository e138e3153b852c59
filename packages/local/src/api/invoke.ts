import type { CatalogEntry } from "../discovery/catalog/catalogEntries.ts";
import type { ApiResponse, ApiRequest } from "../http/request.ts";
import type { Invocation, InvocationResult } from "../model/invocation.ts";
import { invalidParameter, tooLarge } from "../model/errors.ts";
import type { ResolvedFunction } from "./functionName.ts";
import { MAX_EVENT_BYTES } from "../model/limits.ts";
import { parseInvocation, encodeLogTail, wantsLogTail } from "./invocationRequest.ts";

export interface Invokers {
  /** Runs a function once. Throws an `ApiError` where it can't start. */
  run(entry: CatalogEntry, invocation: Invocation, signal: AbortSignal): Promise<InvocationResult>;
  /** Resolves when the event is stored; it runs afterwards, with retries. Throws an `ApiError` where it's rejected. */
  accept(target: ResolvedFunction, invocation: Invocation): Promise<void>;
}

export const dryRunResponse: ApiResponse = { status: 204, headers: { "x-amz-executed-version": "$LATEST" } };

/** Handles an Invoke request. Throws an `ApiError`. */
export async function invoke(
  request: ApiRequest,
  target: ResolvedFunction,
  invokers: Invokers,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const type = request.headers["x-amz-invocation-type"] ?? "RequestResponse";
  switch (type) {
    case "DryRun":
      parseInvocation(request, target);
      return dryRunResponse;
    case "Event":
      if (request.body.length > MAX_EVENT_BYTES) throw eventTooLarge(request.body.length);
      await invokers.accept(target, parseInvocation(request, target));
      return { status: 202 };
    case "RequestResponse": {
      const invocation = parseInvocation(request, target);
      const result = await invokers.run(target.entry, invocation, signal);
      return answer(result, invocation, wantsLogTail(request));
    }
    default:
      throw invalidParameter(`'${type}' isn't a valid InvocationType. Use RequestResponse, Event or DryRun.`);
  }
}

function eventTooLarge(bytes: number): Error {
  return tooLarge(
    `${bytes} byte payload is too large for the Event invocation type (limit ${MAX_EVENT_BYTES} bytes)`,
  );
}

function answer({ outcome, log }: InvocationResult, invocation: Invocation, tail: boolean): ApiResponse {
  const headers: Record<string, string> = {
    "x-amz-executed-version": "$LATEST",
    "x-amzn-trace-id": invocation.traceId,
  };
  if (outcome.kind !== "returned") headers["x-amz-function-error"] = "Unhandled";
  if (tail) headers["x-amz-log-result"] = encodeLogTail(log);
  return { status: 200, headers, body: outcome.payload };
}
