import type { Connection } from "../connections/connection.ts";
import type { LambdaApi } from "../ports.ts";
import type { Clock } from "./clock.ts";
import { redeem } from "./guardPass.ts";
import type { InvocationEvent } from "./invocationEvent.ts";
import type { InvocationRequest } from "./invocationRequest.ts";
import { sendUntilSettled } from "./sendUntilSettled.ts";
import { toRecord } from "./toRecord.ts";

/** Opens the API, and does what else must be done before the event leaves. Rejects where nothing can be sent. */
export type Connect = (connection: Connection, signal: AbortSignal) => Promise<Pick<LambdaApi, "send">>;

/**
 * Makes an invocation, as a stream of what happens to it. The event is sent once; it's sent again, briefly, only if the
 * function certainly didn't run and that may pass. Throws what `connect` rejects with, and if the guard's pass isn't for
 * this invocation: then nothing was sent.
 */
export async function* run(
  request: InvocationRequest,
  connect: Connect,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<InvocationEvent, void, undefined> {
  const { pass, spec } = request;
  redeem(pass, spec);
  const id = clock.newId();
  yield { type: "started", id, spec };
  const api = await connect(pass.connection, signal);
  const startedAt = new Date(clock.now()).toISOString();
  const startedMs = clock.monotonic();
  const { reply, attempts } = await sendUntilSettled(request, api, clock, signal);
  const durationMs = clock.monotonic() - startedMs;
  yield { type: "ended", record: toRecord({ id, spec, startedAt, durationMs, attempts }, reply) };
}
