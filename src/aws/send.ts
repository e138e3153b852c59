import { InvokeCommand, type InvokeCommandInput, type InvokeCommandOutput } from "@aws-sdk/client-lambda";
import type { Answer, InvokeCall, Reply } from "../core/invocation/reply.ts";
import type { InvokeMode } from "../core/invocation/invocationSpec.ts";
import type { Clients } from "./client.ts";
import { toFailure } from "./failure.ts";
import { UnexpectedStatus } from "./strictHandler.ts";

/** The statuses that answer each mode; an emulator of Lambda may run the function whatever the mode, and answer 200. */
const SUCCESSES: Readonly<Record<InvokeMode, readonly number[]>> = {
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
    let handed = false;
    try {
      signal.throwIfAborted();
      const command = toCommand(call, () => {
        signal.throwIfAborted();
        handed = true;
      });
      const answer = toAnswer(await invoker.send(command, { abortSignal: signal }));
      if (!SUCCESSES[call.spec.mode].includes(answer.statusCode))
        throw new UnexpectedStatus(answer.statusCode);
      return answer;
    } catch (error) {
      return toFailure(error, handed && !isConnecting());
    }
  });
}

/** `onHanding` is called when the signed request is passed to the HTTP handler; before that, nothing leaves this machine. */
function toCommand(call: InvokeCall, onHanding: () => void): InvokeCommand {
  const command = new InvokeCommand(toInput(call));
  command.middlewareStack.add(
    (next) => (args) => {
      onHanding();
      return next(args);
    },
    { step: "deserialize", priority: "low", name: "noteSending" },
  );
  return command;
}

function toInput({ spec, body, logTail }: InvokeCall): InvokeCommandInput {
  const { function: invoked, mode, clientContext, tenantId } = spec;
  const isSynchronous = mode === "RequestResponse";
  return {
    FunctionName: invoked.arn ?? invoked.name,
    InvocationType: mode,
    Payload: body,
    LogType: logTail ? "Tail" : undefined,
    Qualifier: invoked.qualifier,
    TenantId: tenantId,
    ClientContext: clientContext && isSynchronous ? base64(JSON.stringify(clientContext)) : undefined,
  };
}

function toAnswer(output: InvokeCommandOutput): Answer {
  const { $metadata, Payload, FunctionError, LogResult, ExecutedVersion, StatusCode } = output;
  return {
    kind: "answer",
    statusCode: StatusCode ?? $metadata.httpStatusCode ?? 0,
    payload: Payload ?? new Uint8Array(),
    ...($metadata.requestId === undefined ? {} : { requestId: $metadata.requestId }),
    ...(ExecutedVersion === undefined ? {} : { executedVersion: ExecutedVersion }),
    ...(FunctionError === undefined ? {} : { functionError: FunctionError }),
    ...(LogResult === undefined ? {} : { log: Buffer.from(LogResult, "base64").toString("utf8") }),
  };
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
