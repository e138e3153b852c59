import { InvokeCommand, type InvokeCommandInput, type InvokeCommandOutput } from "@aws-sdk/client-lambda";
import type { Answer, InvokeCall, Reply } from "../core/invocation/reply.ts";
import type { InvocationMode } from "../core/invocation/invocationSpec.ts";
import type { Clients } from "./client.ts";
import { toFailure } from "./failure.ts";
import { encodeClientContext } from "../core/invocation/clientContext.ts";
import { decodeLog } from "./decodeLog.ts";
import { sendStreaming } from "./sendStreaming.ts";
import { noteHanding, type SendingProgress } from "./sendingProgress.ts";
import { UnexpectedStatus } from "./strictHandler.ts";

/** The statuses that answer each mode; an emulator of Lambda may run the function whatever the mode, and answer 200. */
const SUCCESSES: Readonly<Record<Exclude<InvocationMode, "ResponseStream">, readonly number[]>> = {
  RequestResponse: [200],
  Event: [202, 200],
  DryRun: [204, 200],
};

/** Sends one Invoke request through a client that never retries, and returns its result. Never throws. */
export function sendInvoke(
  { invoker, watch }: Pick<Clients, "invoker" | "watch">,
  call: InvokeCall,
  signal: AbortSignal,
): Promise<Reply> {
  return watch.observe(async (isConnecting) => {
    const progress: SendingProgress = { handed: false };
    try {
      signal.throwIfAborted();
      const { mode } = call.spec;
      if (mode === "ResponseStream") return await sendStreaming(invoker, call, progress, signal);
      return await sendWhole(invoker, call, mode, progress, signal);
    } catch (error) {
      const failure = toFailure(error, progress.handed && !isConnecting());
      const { begun } = call.spec.mode === "ResponseStream" ? progress : {};
      return begun?.statusCode === 200 ? { ...failure, ...begun, begun: true } : failure;
    }
  });
}

async function sendWhole(
  invoker: Clients["invoker"],
  call: InvokeCall,
  mode: keyof typeof SUCCESSES,
  progress: SendingProgress,
  signal: AbortSignal,
): Promise<Answer> {
  const command = new InvokeCommand(toInput(call, mode));
  noteHanding(command, progress, signal);
  const answer = toAnswer(await invoker.send(command, { abortSignal: signal }));
  if (!SUCCESSES[mode].includes(answer.statusCode)) throw new UnexpectedStatus(answer.statusCode);
  return answer;
}

function toInput({ spec, body, logTail }: InvokeCall, mode: keyof typeof SUCCESSES): InvokeCommandInput {
  const { function: invoked, clientContext, durableExecutionName, tenantId } = spec;
  return {
    FunctionName: invoked.arn ?? invoked.name,
    InvocationType: mode,
    Payload: body,
    LogType: logTail ? "Tail" : undefined,
    Qualifier: invoked.qualifier,
    TenantId: tenantId,
    DurableExecutionName: durableExecutionName,
    ClientContext:
      clientContext && mode === "RequestResponse" ? encodeClientContext(clientContext) : undefined,
  };
}

function toAnswer(output: InvokeCommandOutput): Answer {
  const { $metadata, Payload, FunctionError, LogResult, ExecutedVersion, StatusCode, DurableExecutionArn } =
    output;
  return {
    kind: "answer",
    statusCode: StatusCode ?? $metadata.httpStatusCode ?? 0,
    payload: Payload ?? new Uint8Array(),
    ...($metadata.requestId === undefined ? {} : { requestId: $metadata.requestId }),
    ...(ExecutedVersion === undefined ? {} : { executedVersion: ExecutedVersion }),
    ...(FunctionError === undefined ? {} : { functionError: FunctionError }),
    ...(DurableExecutionArn === undefined ? {} : { durableExecutionArn: DurableExecutionArn }),
    ...(LogResult === undefined ? {} : { log: decodeLog(LogResult) }),
  };
}
