import { findReport } from "./executionReport.ts";
import { classifyFailure } from "./classifyFailure.ts";
import { byteLength } from "../payload/payload.ts";
import type { LambdaApi } from "../ports.ts";
import type { InvocationError, InvocationRecord, InvokeMode, Verdict } from "./record.ts";
import type { Answer, Failure, InvokeCall, Reply } from "./reply.ts";
import { readResponse } from "./responseBody.ts";

/** An invocation to be made. */
export interface InvocationRequest {
  function: { name: string; arn?: string; qualifier?: string };
  /** The connection's name, for the record. */
  connection: string;
  mode: InvokeMode;
  /** JSON, as it is to be sent. */
  payload: string;
  /** The function's own timeout in seconds; Lambda's longest where it is not known. */
  timeoutSeconds?: number;
  logTail: boolean;
  clientContext?: object;
  tenantId?: string;
}

/** Time and randomness, handed in. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** From 0 to 1. */
  random(): number;
  newId(): string;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Runs `late` after so many milliseconds, unless the returned function is called first. */
  after(ms: number, late: () => void): () => void;
}

/** How long an answer may take beyond the function's own timeout: a cold start and the way there and back. */
export const DEADLINE_MARGIN_MS = 30_000;
const LONGEST_TIMEOUT_SECONDS = 900;
const MAX_ATTEMPTS = 3;
const BACK_OFF_MS = 200;
const LONGEST_BACK_OFF_MS = 5_000;

/**
 * Makes an invocation and resolves to its record; never throws.
 * The event is sent once. It is sent again, briefly, only where the function certainly did not run and that may pass.
 */
export async function invoke(
  request: InvocationRequest,
  api: Pick<LambdaApi, "send">,
  clock: Clock,
  signal: AbortSignal,
): Promise<InvocationRecord> {
  const startedAt = new Date(clock.now()).toISOString();
  const started = clock.monotonic();
  const { reply, attempts } = await sendUntilSettled(request, api, clock, signal);
  return {
    id: clock.newId(),
    function: request.function,
    connection: request.connection,
    mode: request.mode,
    startedAt,
    durationMs: clock.monotonic() - started,
    attempts,
    payload: { text: request.payload, bytes: byteLength(request.payload) },
    ...(reply.kind === "answer" ? answered(reply, request.mode) : refused(reply)),
  };
}

/** How long one attempt may take, in milliseconds. */
export function deadlineMs(request: Pick<InvocationRequest, "mode" | "timeoutSeconds">): number {
  const running =
    request.mode === "RequestResponse" ? (request.timeoutSeconds ?? LONGEST_TIMEOUT_SECONDS) * 1000 : 0;
  return running + DEADLINE_MARGIN_MS;
}

async function sendUntilSettled(
  request: InvocationRequest,
  api: Pick<LambdaApi, "send">,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ reply: Reply; attempts: number }> {
  const call = toCall(request);
  let attempts = 0;
  for (let tries = 1; ; tries++) {
    const reply = await sendOnce(call, deadlineMs(request), api, clock, signal);
    if (reply.kind === "answer") return { reply, attempts: attempts + 1 };
    if (reply.sent) attempts++;
    if (signal.aborted) return { reply, attempts };
    if (call.logTail && refusesLogTail(reply)) {
      call.logTail = false;
      continue;
    }
    if (tries >= MAX_ATTEMPTS || !classifyFailure(reply).retry) return { reply, attempts };
    await clock.sleep(backOff(reply, tries, clock), signal);
    if (signal.aborted) return { reply, attempts };
  }
}

function toCall(request: InvocationRequest): InvokeCall {
  const synchronous = request.mode === "RequestResponse";
  const { function: target, mode, clientContext, tenantId } = request;
  return {
    functionName: target.arn ?? target.name,
    mode,
    payload: Buffer.from(request.payload, "utf8"),
    logTail: request.logTail && synchronous,
    ...(target.qualifier === undefined ? {} : { qualifier: target.qualifier }),
    ...(clientContext === undefined || !synchronous ? {} : { clientContext }),
    ...(tenantId === undefined ? {} : { tenantId }),
  };
}

/** One request under a deadline; an abort is told apart from whatever error it comes out as. */
async function sendOnce(
  call: InvokeCall,
  limitMs: number,
  api: Pick<LambdaApi, "send">,
  clock: Clock,
  signal: AbortSignal,
): Promise<Reply> {
  const late = new AbortController();
  const stop = clock.after(limitMs, () => late.abort());
  try {
    const reply = await api.send(call, AbortSignal.any([signal, late.signal]));
    if (reply.kind === "answer") return reply;
    if (signal.aborted) return { ...reply, ...(reply.sent ? CANCELLED : CANCELLED_BEFORE_SENDING) };
    return late.signal.aborted ? { ...reply, ...exceeded(limitMs, reply.sent) } : reply;
  } finally {
    stop();
  }
}

function exceeded(limitMs: number, sent: boolean): Pick<Failure, "name" | "message"> {
  const what = sent ? "No answer came" : "No connection could be made";
  return { name: "DeadlineExceeded", message: `${what} within ${Math.round(limitMs / 1000)} seconds.` };
}

const CANCELLED = { name: "Cancelled", message: "Stopped waiting for the answer." };
const CANCELLED_BEFORE_SENDING = {
  name: "CancelledBeforeSending",
  message: "Cancelled before anything was sent.",
};

/** Managed instances may refuse LogType Tail; such a request certainly did not run. */
function refusesLogTail(failure: Failure): boolean {
  return (
    failure.name === "InvalidParameterValueException" &&
    /tail logs? (is|are) not supported/i.test(failure.message)
  );
}

function backOff(failure: Failure, tries: number, clock: Clock): number {
  const growing = BACK_OFF_MS * 2 ** (tries - 1) * (0.5 + clock.random());
  return Math.min(Math.max(growing, failure.retryAfterMs ?? 0), LONGEST_BACK_OFF_MS);
}

type Outcome = Omit<
  InvocationRecord,
  "id" | "function" | "connection" | "mode" | "startedAt" | "durationMs" | "attempts" | "payload"
>;

function answered(answer: Answer, mode: InvokeMode): Outcome {
  const verdict = verdictOf(answer, mode);
  const report = answer.log === undefined ? undefined : findReport(answer.log);
  const hasBody = verdict === "returned" || verdict === "failed" || answer.payload.length > 0;
  const response = hasBody ? readResponse(answer.payload) : undefined;
  return {
    verdict,
    statusCode: answer.statusCode,
    ...pick(answer, "requestId", "executedVersion", "functionError", "log"),
    ...(response ? { response, responseBytes: answer.payload.length } : {}),
    ...(answer.functionError === undefined
      ? {}
      : { error: functionError(answer.functionError, response && "text" in response ? response.text : "") }),
    ...(report ? { report } : {}),
  };
}

function verdictOf(answer: Answer, mode: InvokeMode): Verdict {
  if (answer.functionError !== undefined) return "failed";
  switch (answer.statusCode) {
    case 200:
      return "returned";
    case 202:
      return "accepted";
    case 204:
      return mode === "DryRun" ? "valid" : "returned";
    default:
      return "unknown";
  }
}

function refused(failure: Failure): Outcome {
  const { verdict } = failure.sent ? classifyFailure(failure) : { verdict: "notRun" as const };
  const message = failure.reason === undefined ? failure.message : `${failure.message} (${failure.reason})`;
  return {
    verdict,
    ...pick(failure, "statusCode", "requestId"),
    error: { name: failure.name, message, ...pick(failure, "credential") },
  };
}

/** The function's own error, from the object that Lambda's runtimes return (`errorMessage`, `errorType`, `stackTrace`). */
function functionError(name: string, text: string): InvocationError {
  const body = parseObject(text);
  const stack = body["stackTrace"] ?? body["trace"];
  const type = body["errorType"];
  return {
    name,
    message:
      typeof body["errorMessage"] === "string" ? body["errorMessage"] : "The function gave no message.",
    ...(typeof type === "string" ? { errorType: type } : {}),
    ...(Array.isArray(stack)
      ? { stackTrace: stack.map((line) => (Array.isArray(line) ? line.join(" ") : String(line))) }
      : {}),
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function pick<T extends object, K extends keyof T>(
  source: T,
  ...keys: K[]
): { [Key in K]?: Exclude<T[Key], undefined> } {
  const entries = keys.filter((key) => source[key] !== undefined).map((key) => [key, source[key]] as const);
  return Object.fromEntries(entries) as { [Key in K]?: Exclude<T[Key], undefined> };
}
