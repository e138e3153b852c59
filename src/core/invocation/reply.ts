import type { CredentialFailure } from "../credentials/credentialFailures.ts";
import type { GuardPass } from "./guardPass.ts";
import type { InvocationSpec } from "./invocationSpec.ts";

/** One Invoke request. */
export interface InvokeCall {
  pass: GuardPass;
  spec: InvocationSpec;
  /** The payload's bytes. */
  body: Uint8Array;
  /** Ask for the last 4 KB of the log; Lambda gives it to those who wait for the response. */
  logTail: boolean;
  /** Takes each part of a streamed response as it arrives; the next is read when this resolves. */
  onChunk?: (bytes: Uint8Array) => Promise<void>;
}

/** What came of one Invoke request. */
export type Reply = Answer | Failure;

/** The request was answered with a status below 300. */
export interface Answer {
  kind: "answer";
  statusCode: number;
  /** Empty where the response was streamed. */
  payload: Uint8Array;
  requestId?: string;
  executedVersion?: string;
  functionError?: string;
  durableExecutionArn?: string;
  /** The error of a function whose response was streamed; otherwise it's the payload. */
  errorDetails?: string;
  /** Decoded from `X-Amz-Log-Result`. */
  log?: string;
}

/** The request was refused, or its answer was lost. */
export interface Failure {
  kind: "failure";
  /** False where no HTTP request can have left: no credentials, no connection. */
  sent: boolean;
  /** The answer had begun, and broke: the function was started, whatever the error is called. */
  begun?: boolean;
  /** The API's error type, a system error code such as `ECONNRESET`, or the error's own name. */
  name: string;
  message: string;
  statusCode?: number;
  requestId?: string;
  /** `Reason` of a `TooManyRequestsException`. */
  reason?: string;
  retryAfterMs?: number;
  /** Why there are no credentials, or no region; nothing was sent then. */
  credential?: CredentialFailure;
}
