import type { Connection } from "../connections/connection.ts";
import type { LambdaApi } from "../ports.ts";
import type { Clock } from "./clock.ts";
import { redeem } from "./guardPass.ts";
import { Handover } from "./handover.ts";
import type { InvocationEvent } from "./invocationEvent.ts";
import type { InvocationRequest } from "./invocationRequest.ts";
import { sendUntilSettled } from "./sendUntilSettled.ts";
import { type StreamChunk, StreamedResponse } from "./streamedResponse.ts";
import { toRecord } from "./toRecord.ts";

/** Opens the API, and does what else must be done before the event leaves. Rejects where nothing can be sent. */
export type Connect = (connection: Connection, signal: AbortSignal) => Promise<Pick<LambdaApi, "send">>;

/**
 * Makes an invocation, as a stream of what happens to it. The event is sent once; it's sent again, briefly, only if the
 * function certainly didn't run and that may pass. A streamed response is read as fast as this is. Throws what `connect`
 * rejects with, and if the guard's pass isn't for this invocation: then nothing was sent.
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
  const elapsedMs = (): number => clock.monotonic() - startedMs;
  const streamed = spec.mode === "ResponseStream" ? new StreamedResponse() : undefined;
  const chunks = new Handover<StreamChunk>();
  const onChunk = async (bytes: Uint8Array): Promise<void> => {
    const chunk = streamed?.take(bytes, elapsedMs());
    if (chunk) await chunks.put(chunk);
  };
  const sending = streamed ? { ...request, onChunk } : request;
  const settled = sendUntilSettled(sending, api, clock, signal).finally(() => chunks.close());
  for await (const chunk of chunks) yield { type: "chunk", id, chunk };
  const { reply, ...sent } = await settled;
  const durationMs = elapsedMs();
  const rest = streamed?.finish(durationMs);
  if (rest) yield { type: "chunk", id, chunk: rest };
  const ended = { id, spec, startedAt, durationMs, ...sent, price: request.price };
  yield { type: "ended", record: toRecord(ended, reply, streamed) };
}
