import {
  type InvokeWithResponseStreamCompleteEvent,
  InvokeWithResponseStreamCommand,
  type InvokeWithResponseStreamCommandInput,
  type InvokeWithResponseStreamResponseEvent,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import type { Answer, InvokeCall } from "../core/invocation/reply.ts";
import { encodeClientContext } from "../core/invocation/clientContext.ts";
import { decodeLog } from "./decodeLog.ts";
import { noteHanding, type SendingProgress } from "./sendingProgress.ts";
import { UnexpectedStatus } from "./strictHandler.ts";

/**
 * Sends one InvokeWithResponseStream request, hands over the parts of the response as they arrive, and resolves to what
 * Lambda said at its end. Rejects if the request fails, or if the stream breaks before its end.
 */
export async function sendStreaming(
  client: LambdaClient,
  call: InvokeCall,
  progress: SendingProgress,
  signal: AbortSignal,
): Promise<Answer> {
  const command = new InvokeWithResponseStreamCommand(toInput(call));
  noteHanding(command, progress, signal);
  try {
    const output = await client.send(command, { abortSignal: signal });
    const { requestId, httpStatusCode: statusCode = 0 } = output.$metadata;
    if (statusCode !== 200) throw new UnexpectedStatus(statusCode);
    const end = await readToEnd(output.EventStream ?? [], call, signal);
    const { ErrorCode, ErrorDetails, LogResult } = end;
    return {
      kind: "answer",
      statusCode,
      payload: new Uint8Array(),
      requestId,
      executedVersion: output.ExecutedVersion,
      functionError: ErrorCode,
      errorDetails: ErrorDetails,
      log: LogResult === undefined ? undefined : decodeLog(LogResult),
    };
  } catch (error) {
    throw progress.begun?.statusCode === 200 && isPlainError(error) ? new UnreadableStream(error) : error;
  }
}

async function readToEnd(
  events: AsyncIterable<InvokeWithResponseStreamResponseEvent> | readonly [],
  call: InvokeCall,
  signal: AbortSignal,
): Promise<InvokeWithResponseStreamCompleteEvent> {
  for await (const { PayloadChunk, InvokeComplete } of events) {
    signal.throwIfAborted();
    if (InvokeComplete) return InvokeComplete;
    if (PayloadChunk?.Payload) await call.onChunk?.(PayloadChunk.Payload);
  }
  throw new IncompleteStream();
}

/** What the decoder throws at bytes that aren't an event stream has neither a type nor a code. */
function isPlainError(error: unknown): boolean {
  return error instanceof Error && !("code" in error) && PLAIN_NAMES.has(error.name);
}

const PLAIN_NAMES = new Set(["Error", "TypeError", "RangeError", "SyntaxError"]);

/** The answer isn't an event stream of Lambda's, or not any more. */
class UnreadableStream extends Error {
  override readonly name = "UnreadableStream";

  constructor(cause: unknown) {
    super("The answer isn't a stream as Lambda sends it. Check the endpoint and any proxy before it.", {
      cause,
    });
  }
}

/** The answer ended without InvokeComplete. */
class IncompleteStream extends Error {
  override readonly name = "IncompleteStream";

  constructor() {
    super("The stream ended before Lambda said how the function ended.");
  }
}

function toInput({ spec, body, logTail }: InvokeCall): InvokeWithResponseStreamCommandInput {
  const { function: invoked, clientContext, tenantId } = spec;
  return {
    FunctionName: invoked.arn ?? invoked.name,
    InvocationType: "RequestResponse",
    Payload: body,
    LogType: logTail ? "Tail" : undefined,
    Qualifier: invoked.qualifier,
    TenantId: tenantId,
    ClientContext: clientContext && encodeClientContext(clientContext),
  };
}
