import type { InvokeCommand, InvokeWithResponseStreamCommand } from "@aws-sdk/client-lambda";
import type { Failure } from "../core/invocation/reply.ts";

/** How far a request has got. */
export interface SendingProgress {
  /** It was passed to the HTTP handler; before that, nothing leaves this machine. */
  handed: boolean;
  /** What the head of its answer said, once the answer has begun. */
  begun?: Pick<Failure, "statusCode" | "requestId">;
}

/** Notes when a command's signed request is passed to the HTTP handler. */
export function noteHanding(
  { middlewareStack }: InvokeCommand | InvokeWithResponseStreamCommand,
  progress: SendingProgress,
  signal: AbortSignal,
): void {
  const stack = middlewareStack as InvokeCommand["middlewareStack"];
  stack.add(
    (next) => (args) => {
      signal.throwIfAborted();
      progress.handed = true;
      return next(args);
    },
    { step: "deserialize", priority: "low", name: "noteSending" },
  );
}
