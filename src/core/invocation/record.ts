import type { CredentialFailure } from "../credentials/credentialFailures.ts";
import type { CostEstimate } from "../figures/estimateCost.ts";
import type { Attempt } from "./attempt.ts";
import type { ExecutionReport } from "./executionReport.ts";
import type { FailureReason } from "./failureReason.ts";
import type { Finding } from "./finding.ts";
import type { InvocationSpec } from "./invocationSpec.ts";
import type { StreamFacts } from "./streamedResponse.ts";

/** What became of an invocation; each ends in exactly one. */
export type Verdict = "returned" | "failed" | "accepted" | "valid" | "notRun" | "unknown";

/** An invocation as the history keeps it, and as the invoking commands return it. */
export interface InvocationRecord extends InvocationSpec {
  id: string;
  /** ISO 8601 */
  startedAt: string;
  /** From the first request to the end of the last, as the client saw it. */
  durationMs: number;
  /** HTTP requests sent. */
  attempts: number;
  verdict: Verdict;
  statusCode?: number;
  requestId?: string;
  executedVersion?: string;
  functionError?: string;
  durableExecutionArn?: string;
  response?: ResponseBody;
  responseBytes?: number;
  /** How a streamed response arrived. */
  stream?: StreamFacts;
  error?: InvocationError;
  /** What became of an accepted event, as far as it's known. */
  outcome?: EventOutcome;
  /** What the function's log showed, if the verdict is `unknown` and somebody looked. */
  finding?: Finding;
  report?: ExecutionReport;
  /** What the execution costs, estimated. */
  cost?: CostEstimate;
  log?: string;
  /** The log tail was asked for, and the function has none: it runs on managed instances. */
  withoutLogTail?: boolean;
}

/** Whether the function may have run, and nobody knows; a check never runs it. */
export function mayHaveRun({ mode, verdict }: Pick<InvocationRecord, "mode" | "verdict">): boolean {
  return verdict === "unknown" && mode !== "DryRun";
}

/** What became of an accepted event. Its verdict is `unknown` as long as no attempt is the last one. */
export interface EventOutcome {
  verdict: "returned" | "failed" | "unknown";
  attempts: readonly Attempt[];
  /** The ARN that the event went to when Lambda gave it up. */
  destination?: string;
}

/** The response's bytes: as text where they are UTF-8, else in base64. */
export type ResponseBody = { text: string } | { base64: string };

/** The function's own error, or why the call did not end in an answer. */
export interface InvocationError {
  name: string;
  message: string;
  /** Why the call failed; a function's own error has none. */
  reason?: FailureReason;
  /** Why there were no credentials, or no region. */
  credential?: CredentialFailure;
  errorType?: string;
  stackTrace?: string[];
}
