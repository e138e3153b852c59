import type { CredentialFailure } from "../credentials/credentialFailures.ts";

/** How Lambda is asked to run a function: an `InvocationType`, or a streamed response. */
export type InvocationMode = "RequestResponse" | "Event" | "DryRun" | "ResponseStream";

/** The modes of one Invoke request. */
export type InvokeMode = Exclude<InvocationMode, "ResponseStream">;

/** What became of an invocation; each ends in exactly one. */
export type Verdict = "returned" | "failed" | "accepted" | "valid" | "notRun" | "unknown";

/** An invocation as the history keeps it, and as the invoking commands return it. */
export interface InvocationRecord {
  id: string;
  function: { name: string; arn?: string; qualifier?: string };
  connection: string;
  mode: InvocationMode;
  /** ISO 8601 */
  startedAt: string;
  /** From the first attempt to the end of the last, as the client saw it. */
  durationMs: number;
  /** HTTP requests sent. */
  attempts: number;
  payload: { text: string; bytes: number };
  verdict: Verdict;
  statusCode?: number;
  requestId?: string;
  executedVersion?: string;
  functionError?: string;
  response?: ResponseBody;
  responseBytes?: number;
  error?: InvocationError;
  report?: ExecutionReport;
  log?: string;
}

/** The response's bytes: as text where they are UTF-8, else in base64. */
export type ResponseBody = { text: string } | { base64: string };

/** The function's own error, or why the call did not end in an answer. */
export interface InvocationError {
  name: string;
  message: string;
  /** Why there were no credentials, or no region. */
  credential?: CredentialFailure;
  errorType?: string;
  stackTrace?: string[];
}

/** What Lambda's REPORT line says of an execution. */
export interface ExecutionReport {
  durationMs: number;
  billedDurationMs: number;
  memorySizeMb: number;
  /** Not known where nobody could measure it: Local on Windows, or a process that ended at once. */
  maxMemoryUsedMb?: number;
  initDurationMs?: number;
}
