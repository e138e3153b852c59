import type { LambdaApi } from "../ports.ts";
import { classifyFailure } from "./classifyFailure.ts";
import type { Clock } from "./clock.ts";
import type { InvocationMode } from "./invocationSpec.ts";
import type { InvocationRequest } from "./invocationRequest.ts";
import type { Failure, InvokeCall, Reply } from "./reply.ts";

/** How long an answer may take beyond the function's own timeout: a cold start and the way there and back. */
export const DEADLINE_MARGIN_MS = 30_000;
const MAX_TIMEOUT_SECONDS = 900;
const MAX_TRIES = 3;
const BACK_OFF_MS = 200;
const MAX_BACK_OFF_MS = 5_000;

/** The last reply of an invocation, and how many HTTP requests were sent for it. */
export interface SettledReply {
  reply: Reply;
  attempts: number;
  /** It was asked for the log tail, and refused; the next request went without. */
  withoutLogTail?: boolean;
}

/** An invocation, and what takes the parts of its response as they arrive. */
type StreamingRequest = InvocationRequest & Pick<InvokeCall, "onChunk">;

/** Sends until there is an answer, or until sending again is unsafe or useless; never throws. */
export async function sendUntilSettled(
  request: StreamingRequest,
  api: Pick<LambdaApi, "send">,
  clock: Clock,
  signal: AbortSignal,
): Promise<SettledReply> {
  const call = toCall(request);
  let attempts = 0;
  let withoutLogTail: boolean | undefined;
  for (let tries = 1; ; tries++) {
    const reply = await sendOnce(call, request, api, clock, signal);
    if (reply.kind === "answer") return { reply, attempts: attempts + 1, withoutLogTail };
    if (reply.sent) attempts++;
    if (signal.aborted) return { reply, attempts };
    if (call.logTail && refusesLogTail(reply)) {
      call.logTail = false;
      withoutLogTail = true;
      continue;
    }
    if (tries >= MAX_TRIES || !classifyFailure(reply).retryable) return { reply, attempts };
    await clock.sleep(backOff(reply, tries, clock), signal);
    if (signal.aborted) return { reply, attempts };
  }
}

/** How long one request may take, in milliseconds; a streamed response, from each of its parts to the next. */
export function deadlineMs({
  spec: { mode },
  timeoutSeconds = MAX_TIMEOUT_SECONDS,
}: Pick<InvocationRequest, "spec" | "timeoutSeconds">): number {
  return (waitsForFunction(mode) ? timeoutSeconds * 1000 : 0) + DEADLINE_MARGIN_MS;
}

function waitsForFunction(mode: InvocationMode): boolean {
  return mode === "RequestResponse" || mode === "ResponseStream";
}

function toCall({ pass, spec, logTail }: InvocationRequest): InvokeCall {
  return {
    pass,
    spec,
    body: Buffer.from(spec.payload.text, "utf8"),
    logTail: logTail && waitsForFunction(spec.mode),
  };
}

/** One request under a deadline; an abort is told apart from whatever error it comes out as. */
async function sendOnce(
  call: InvokeCall,
  request: StreamingRequest,
  api: Pick<LambdaApi, "send">,
  clock: Clock,
  signal: AbortSignal,
): Promise<Reply> {
  const late = new AbortController();
  const limitMs = deadlineMs(request);
  let stop = clock.after(limitMs, () => late.abort());
  const { onChunk: take } = request;
  const onChunk = async (bytes: Uint8Array): Promise<void> => {
    stop();
    await take?.(bytes);
    stop = clock.after(limitMs, () => late.abort());
  };
  try {
    const reply = await api.send(take ? { ...call, onChunk } : call, AbortSignal.any([signal, late.signal]));
    if (reply.kind === "answer") return reply;
    if (signal.aborted) return { ...reply, ...(reply.sent ? CANCELED : CANCELED_BEFORE_SENDING) };
    return late.signal.aborted ? { ...reply, ...exceeded(limitMs, reply) } : reply;
  } finally {
    stop();
  }
}

function exceeded(
  limitMs: number,
  { begun, sent }: Pick<Failure, "begun" | "sent">,
): Pick<Failure, "name" | "message"> {
  const what = begun
    ? "Nothing more of the response came"
    : sent
      ? "No answer came"
      : "No connection could be made";
  return { name: "DeadlineExceeded", message: `${what} within ${Math.round(limitMs / 1000)} seconds.` };
}

const CANCELED = { name: "Cancelled", message: "Stopped waiting for the answer." };
const CANCELED_BEFORE_SENDING = {
  name: "CancelledBeforeSending",
  message: "Canceled before anything was sent.",
};

/**
 * Managed instances may refuse LogType Tail; such a request certainly didn't run. Lambda has no code of its own for it,
 * so the message has to tell.
 */
function refusesLogTail(failure: Failure): boolean {
  return (
    !failure.begun &&
    failure.name === "InvalidParameterValueException" &&
    /tail logs? (is|are) not supported/i.test(failure.message)
  );
}

function backOff(failure: Failure, tries: number, clock: Clock): number {
  const growing = BACK_OFF_MS * 2 ** (tries - 1) * (0.5 + clock.random());
  return Math.min(Math.max(growing, failure.retryAfterMs ?? 0), MAX_BACK_OFF_MS);
}
