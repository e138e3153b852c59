import type { InvokeCommand, InvokeWithResponseStreamCommand } from "@aws-sdk/client-lambda";
import type { Failure } from "../core/invocation/reply.ts";

/** How far a request has got. */
export interface SendingProgress {
  /** It was passed to the HTTP handler; before that, nothing leaves this machine. */
  handed: boolean;
  /** What the head of a good answer said, once it has arrived. */
  begun?: Pick<Failure, "statusCode" | "requestId">;
}

/** The head of an answer, as the HTTP handler returns it. */
interface HttpHead {
  statusCode: number;
  headers: Readonly<Record<string, string>>;
}

/** Notes when a command's signed request is passed to the HTTP handler, and when a good answer begins. */
export function noteHanding(
  { middlewareStack }: InvokeCommand | InvokeWithResponseStreamCommand,
  progress: SendingProgress,
  signal: AbortSignal,
): void {
  const stack = middlewareStack as InvokeCommand["middlewareStack"];
  stack.add(
    (next) => async (args) => {
      signal.throwIfAborted();
      progress.handed = true;
      const result = await next(args);
      const { statusCode, headers } = result.response as HttpHead;
      if (statusCode < 300) progress.begun = { statusCode, requestId: headers["x-amzn-requestid"] };
      return result;
    },
    { step: "deserialize", priority: "low", name: "noteSending" },
  );
}
