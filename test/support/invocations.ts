import type { Clock } from "../../src/core/invocation/clock.ts";
import { type GuardPass, passesOf } from "../../src/core/invocation/guardPass.ts";
import type { InvocationRequest } from "../../src/core/invocation/invocationRequest.ts";
import type { InvocationSpec } from "../../src/core/invocation/invocationSpec.ts";
import type { InvocationRecord } from "../../src/core/invocation/record.ts";
import type { InvokeCall } from "../../src/core/invocation/reply.ts";
import { run } from "../../src/core/invocation/run.ts";
import type { LambdaApi } from "../../src/core/ports.ts";

/** A request with everything on one level, and its payload as a string. */
export interface TestRequest
  extends Omit<InvocationSpec, "payload">, Omit<InvocationRequest, "spec" | "pass"> {
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

export function requestOf(changes: Partial<TestRequest> = {}): Omit<InvocationRequest, "pass"> {
  const { payload, timeoutSeconds, logTail, price, ...spec } = { ...REQUEST, ...changes };
  const bytes = Buffer.byteLength(payload);
  return { spec: { ...spec, payload: { text: payload, bytes } }, timeoutSeconds, logTail, price };
}

export function callOf(changes: Partial<TestRequest> = {}): InvokeCall {
  const { spec, logTail } = requestOf(changes);
  // What sends one request doesn't take the pass back: that's done once for an invocation.
  const pass = {} as GuardPass;
  return { pass, spec, body: Buffer.from(spec.payload.text), logTail };
}

/** A request with a pass for one event, from a guard that guards nothing. */
export async function withPass(request: Omit<InvocationRequest, "pass">): Promise<InvocationRequest> {
  const { function: fn, connection, mode } = request.spec;
  const issue = passesOf(() => Promise.resolve(true));
  const pass = await issue({ function: fn, connection: { kind: "aws", name: connection }, mode, events: 1 });
  if (!pass) throw new Error("No pass was issued.");
  return { ...request, pass };
}

/** Runs an invocation to its end. */
export async function invoke(
  asked: Omit<InvocationRequest, "pass">,
  api: Pick<LambdaApi, "send">,
  clock: Clock,
  signal: AbortSignal,
): Promise<InvocationRecord> {
  const request = await withPass(asked);
  for await (const event of run(request, () => Promise.resolve(api), clock, signal))
    if (event.type === "ended") return event.record;
  throw new Error("The invocation ended without a record.");
}
