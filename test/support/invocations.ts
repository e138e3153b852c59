import type { Clock } from "../../src/core/invocation/clock.ts";
import type { InvocationRequest, InvocationSpec } from "../../src/core/invocation/invocationSpec.ts";
import type { InvocationRecord } from "../../src/core/invocation/record.ts";
import type { InvokeCall } from "../../src/core/invocation/reply.ts";
import { run } from "../../src/core/invocation/run.ts";
import type { LambdaApi } from "../../src/core/ports.ts";

/** A request with everything on one level, and its payload as a string. */
export interface TestRequest extends Omit<InvocationSpec, "payload">, Omit<InvocationRequest, "spec"> {
  payload: string;
}

const REQUEST: TestRequest = {
  function: { name: "order" },
  connection: "Local",
  mode: "RequestResponse",
  payload: '{"a":1}',
  timeoutSeconds: 3,
  logTail: true,
};

export function requestOf(changes: Partial<TestRequest> = {}): InvocationRequest {
  const { payload, timeoutSeconds, logTail, ...spec } = { ...REQUEST, ...changes };
  const bytes = Buffer.byteLength(payload);
  return { spec: { ...spec, payload: { text: payload, bytes } }, timeoutSeconds, logTail };
}

export function callOf(changes: Partial<TestRequest> = {}): InvokeCall {
  const { spec, logTail } = requestOf(changes);
  return { spec, body: Buffer.from(spec.payload.text), logTail };
}

/** Runs an invocation to its end. */
export async function invoke(
  request: InvocationRequest,
  api: Pick<LambdaApi, "send">,
  clock: Clock,
  signal: AbortSignal,
): Promise<InvocationRecord> {
  for await (const event of run(request, () => Promise.resolve(api), clock, signal))
    if (event.type === "ended") return event.record;
  throw new Error("The invocation ended without a record.");
}
