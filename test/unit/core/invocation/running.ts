import { type InvocationRequest, invoke } from "../../../../src/core/invocation/run.ts";
import type { InvocationRecord } from "../../../../src/core/invocation/record.ts";
import { ManualClock } from "./manualClock.ts";
import { ScriptedApi, type Turn } from "./scriptedApi.ts";

export const REQUEST: InvocationRequest = {
  function: { name: "order" },
  connection: "Local",
  mode: "RequestResponse",
  payload: '{"a":1}',
  timeoutSeconds: 3,
  logTail: true,
};

/** Runs an invocation to its end, however long it takes on the clock. */
export async function run(
  script: Turn[],
  request: Partial<InvocationRequest> = {},
  clock = new ManualClock(),
): Promise<{ record: InvocationRecord; api: ScriptedApi; clock: ManualClock }> {
  const api = new ScriptedApi(...script);
  const invocation = invoke({ ...REQUEST, ...request }, api, clock, new AbortController().signal);
  await clock.advance(10_000_000);
  return { record: await invocation, api, clock };
}
