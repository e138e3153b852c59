import type { LambdaApi } from "../../../../src/core/ports.ts";
import type { Answer, Failure, InvokeCall, Reply } from "../../../../src/core/invocation/reply.ts";

export type Turn = Reply | ((signal: AbortSignal) => Promise<Reply>);

/** An API that replies by a script, the last turn over and over, and keeps what it was sent. */
export class ScriptedApi implements Pick<LambdaApi, "send"> {
  readonly calls: InvokeCall[] = [];
  readonly #script: readonly Turn[];

  constructor(...script: Turn[]) {
    this.#script = script;
  }

  send(call: InvokeCall, signal: AbortSignal): Promise<Reply> {
    const turn = this.#script[Math.min(this.calls.length, this.#script.length - 1)];
    this.calls.push({ ...call });
    if (turn === undefined) throw new Error("The script is empty.");
    return typeof turn === "function" ? turn(signal) : Promise.resolve(turn);
  }
}

export function answer(statusCode: number, text = "", more: Partial<Answer> = {}): Answer {
  return { kind: "answer", statusCode, payload: Buffer.from(text), ...more };
}

export function failure(name: string, statusCode?: number, more: Partial<Failure> = {}): Failure {
  const status = statusCode === undefined ? {} : { statusCode };
  return { kind: "failure", sent: true, name, message: `It was ${name}.`, ...status, ...more };
}

export function notSent(name: string): Failure {
  return failure(name, undefined, { sent: false });
}

/** Waits until it is aborted, as a request does whose answer does not come. */
export function hang(sent = true): Turn {
  return (signal) => {
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const end = (): void => resolve(failure("AbortError", undefined, { sent }));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    return promise;
  };
}
