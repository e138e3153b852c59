import { estimateCost, type PriceFactors } from "../figures/estimateCost.ts";
import { classifyFailure } from "./classifyFailure.ts";
import { findReport } from "./executionReport.ts";
import { isLargeError, LARGE_ERROR, parseFunctionError } from "./functionError.ts";
import type { InvocationSpec, InvocationMode } from "./invocationSpec.ts";
import type { InvocationError, InvocationRecord, ResponseBody, Verdict } from "./record.ts";
import type { Answer, Failure, Reply } from "./reply.ts";
import { bytesOf, readResponse } from "./responseBody.ts";
import type { StreamedResponse } from "./streamedResponse.ts";

/** An invocation that has ended, apart from what it ended with. */
export interface EndedInvocation extends Pick<
  InvocationRecord,
  "id" | "startedAt" | "durationMs" | "attempts" | "withoutLogTail"
> {
  spec: InvocationSpec;
  price?: PriceFactors | undefined;
}

/** The record of an invocation. It's part of the public interface: what isn't known isn't there. */
export function toRecord(
  { id, spec, price, ...measured }: EndedInvocation,
  reply: Reply,
  streamed?: StreamedResponse,
): InvocationRecord {
  const ending = {
    ...(reply.kind === "answer" ? answered(reply, spec.mode) : refused(reply)),
    ...(streamed && (reply.kind === "answer" || reply.begun) ? streamEnding(streamed, reply) : undefined),
  };
  const cost = ending.report && price && estimateCost(ending.report, price, streamed?.total);
  const invoked = withoutUndefined(spec.function);
  return withoutUndefined({ id, ...spec, function: invoked, ...measured, ...ending, cost });
}

type Ending = Omit<InvocationRecord, keyof EndedInvocation | keyof InvocationSpec>;

function answered(answer: Answer, mode: InvocationMode): Ending {
  const { statusCode, requestId, executedVersion, functionError, durableExecutionArn, log, payload } = answer;
  const verdict = verdictOf(answer, mode);
  const hasBody = verdict === "returned" || verdict === "failed" || payload.length > 0;
  const response = hasBody ? readResponse(payload) : undefined;
  return {
    verdict,
    statusCode,
    requestId,
    executedVersion,
    functionError,
    durableExecutionArn,
    log,
    response,
    responseBytes: response && payload.length,
    error: functionErrorOf(answer, response),
    report: log === undefined ? undefined : findReport(log, requestId),
  };
}

/** The error of a function whose response was streamed needn't be JSON. */
function functionErrorOf(
  { functionError: name, errorDetails: details }: Answer,
  response: ResponseBody | undefined,
): InvocationError | undefined {
  if (name === undefined) return undefined;
  if (details === undefined && response && isLargeError(bytesOf(response).length))
    return { name, message: LARGE_ERROR };
  const text = response && "text" in response ? response.text : "";
  const error = parseFunctionError(name, details ?? text);
  return details === undefined || error.errorType !== undefined ? error : { ...error, message: details };
}

/** What came of a streamed response, also if it broke. */
function streamEnding(
  streamed: StreamedResponse,
  { kind }: Reply,
): Pick<InvocationRecord, "response" | "responseBytes" | "stream"> {
  return {
    response: readResponse(streamed.body()),
    responseBytes: streamed.total,
    stream: streamed.facts(kind === "answer"),
  };
}

function verdictOf(answer: Answer, mode: InvocationMode): Verdict {
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

function refused(failure: Failure): Ending {
  const { name, credential, statusCode, requestId } = failure;
  const { verdict, reason } = classifyFailure(failure);
  const message = failure.reason === undefined ? failure.message : `${failure.message} (${failure.reason})`;
  return {
    verdict: failure.sent ? verdict : "notRun",
    statusCode,
    requestId,
    error: withoutUndefined({ name, message, reason, credential }),
  };
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
