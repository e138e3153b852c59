import { classifyFailure } from "./classifyFailure.ts";
import { findReport } from "./executionReport.ts";
import { parseFunctionError } from "./functionError.ts";
import type { InvocationSpec, InvokeMode } from "./invocationSpec.ts";
import type { InvocationRecord, Verdict } from "./record.ts";
import type { Answer, Failure, Reply } from "./reply.ts";
import { readResponse } from "./responseBody.ts";

/** An invocation that has ended, apart from what it ended with. */
export interface EndedInvocation extends Pick<
  InvocationRecord,
  "id" | "startedAt" | "durationMs" | "attempts"
> {
  spec: InvocationSpec;
}

/** The record of an invocation. It's part of the public interface: what isn't known isn't there. */
export function toRecord({ id, spec, ...measured }: EndedInvocation, reply: Reply): InvocationRecord {
  const ending = reply.kind === "answer" ? answered(reply, spec.mode) : refused(reply);
  const invoked = withoutUndefined(spec.function);
  return withoutUndefined({ id, ...spec, function: invoked, ...measured, ...ending });
}

type Ending = Omit<InvocationRecord, keyof EndedInvocation | keyof InvocationSpec>;

function answered(answer: Answer, mode: InvokeMode): Ending {
  const { statusCode, requestId, executedVersion, functionError, log, payload } = answer;
  const verdict = verdictOf(answer, mode);
  const hasBody = verdict === "returned" || verdict === "failed" || payload.length > 0;
  const response = hasBody ? readResponse(payload) : undefined;
  const text = response && "text" in response ? response.text : "";
  return {
    verdict,
    statusCode,
    requestId,
    executedVersion,
    functionError,
    log,
    response,
    responseBytes: response && payload.length,
    error: functionError === undefined ? undefined : parseFunctionError(functionError, text),
    report: log === undefined ? undefined : findReport(log, requestId),
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
