import type { LambdaApi } from "../ports.ts";
import type { Clock } from "./clock.ts";
import type { InvocationEvent } from "./invocationEvent.ts";
import type { InvocationRequest } from "./invocationSpec.ts";
import { sendUntilSettled } from "./sendUntilSettled.ts";
import { toRecord } from "./toRecord.ts";

/** Opens the API, and does what else must be done before the event leaves. Rejects where nothing can be sent. */
export type Connect = (signal: AbortSignal) => Promise<Pick<LambdaApi, "send">>;

/**
 * Makes an invocation, as a stream of what happens to it. The event is sent once; it's sent again, briefly, only if the
 * function certainly didn't run and that may pass. Throws only what `connect` rejects with: then nothing was sent.
 */
export async function* run(
  request: InvocationRequest,
  connect: Connect,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<InvocationEvent, void, undefined> {
  const { spec } = request;
  const id = clock.newId();
  yield { type: "started", id, spec };
  const api = await connect(signal);
  const startedAt = new Date(clock.now()).toISOString();
  const startedMs = clock.monotonic();
  const { reply, attempts } = await sendUntilSettled(request, api, clock, signal);
  const durationMs = clock.monotonic() - startedMs;
  yield { type: "ended", record: toRecord({ id, spec, startedAt, durationMs, attempts }, reply) };
}
