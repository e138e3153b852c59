import type { InvocationRecord } from "../../../../src/core/invocation/record.ts";
import { invoke, requestOf, type TestRequest } from "../../../support/invocations.ts";
import { ManualClock } from "./manualClock.ts";
import { ScriptedApi, type Turn } from "./scriptedApi.ts";

/** Runs an invocation to its end, however long it takes on the clock. */
export async function run(
  script: Turn[],
  request: Partial<TestRequest> = {},
  clock = new ManualClock(),
): Promise<{ record: InvocationRecord; api: ScriptedApi; clock: ManualClock }> {
  const api = new ScriptedApi(...script);
  const invocation = invoke(requestOf(request), api, clock, new AbortController().signal);
  await clock.advance(10_000_000);
  return { record: await invocation, api, clock };
}
