import assert from "node:assert/strict";
import type { FunctionSummary } from "../../../src/core/functions/functionSummary.ts";
import type { LambdaApi } from "../../../src/core/ports.ts";
import { isUserError } from "../../../src/core/userError.ts";
import { reply, type Serve } from "./faultyServer.ts";

export const NEVER = new AbortController().signal;

/** Serves so many functions, fifty a page, as Lambda does. */
export function pages(count: number): Serve {
  return (response, request, socket) => {
    const from = Number(request.url.searchParams.get("Marker") ?? 0);
    const to = Math.min(from + 50, count);
    const functions = Array.from({ length: to - from }, (_, index) => ({
      FunctionName: `function-${from + index}`,
      FunctionArn: `arn:aws:lambda:eu-central-1:123456789012:function:function-${from + index}`,
    }));
    const body = { Functions: functions, ...(to < count ? { NextMarker: String(to) } : {}) };
    reply(200, JSON.stringify(body), { "content-type": "application/json" })(response, request, socket);
  };
}

export async function list(api: LambdaApi, signal = NEVER): Promise<FunctionSummary[]> {
  const found: FunctionSummary[] = [];
  for await (const page of api.listFunctions(signal)) found.push(...page);
  return found;
}

/** The sentence that a user gets where the list fails. */
export async function sentenceOf(listing: Promise<unknown>): Promise<string> {
  const error: unknown = await listing.then(
    () => assert.fail("the list did not fail"),
    (reason: unknown) => reason,
  );
  assert.ok(isUserError(error), String(error));
  assert.match(error.message, /^[A-Z].*\.$/s);
  assert.doesNotMatch(error.message, /undefined|UnknownError|\n|invoke again/i);
  return error.message;
}
