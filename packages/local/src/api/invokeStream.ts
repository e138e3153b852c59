import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { InvokeWithResponseStreamCompleteEvent } from "@aws-sdk/client-lambda";
import type { ApiAnswer, ApiRequest } from "../http/request.ts";
import type { InvocationResult, Outcome } from "../model/outcome.ts";
import { invalidParameter } from "../model/errors.ts";
import { EventFramer, eventStreamType } from "./eventStream.ts";
import type { Target } from "./functionName.ts";
import { readInvocation, tailOf, wantsTail } from "./invocationRequest.ts";
import { dryRunAnswer, type Invokers } from "./invoke.ts";

/** How many chunks a function may be ahead of its caller. */
const chunksAhead = 64;

/**
 * Answers an InvokeWithResponseStream request for a function that exists: its chunks as they come, or its whole response as
 * one, and how it ended. Throws an `ApiError` where it may not start.
 */
export async function invokeWithStream(
  request: ApiRequest,
  target: Target,
  invokers: Invokers,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const type = request.headers["x-amz-invocation-type"] ?? "RequestResponse";
  if (type !== "RequestResponse" && type !== "DryRun")
    throw invalidParameter(`'${type}' is no InvocationType here; it must be RequestResponse or DryRun.`);
  const invocation = readInvocation(request, target);
  if (type === "DryRun") return dryRunAnswer;
  const chunks = new ChunkPipe();
  const run = invokers.run(target.entry, { ...invocation, onChunk: (chunk) => chunks.put(chunk) }, signal);
  const ended = run.finally(() => chunks.end());
  // Whoever still listens is told by `frames`.
  ended.catch(() => {});
  // Not answered before it has begun: where it may not start, that is the answer.
  await Promise.race([ended, chunks.begun]);
  return {
    status: 200,
    headers: {
      "content-type": eventStreamType,
      "x-amz-executed-version": "$LATEST",
      "x-amzn-trace-id": invocation.traceId,
    },
    body: frames(chunks, ended, wantsTail(request)),
  };
}

async function* frames(
  chunks: ChunkPipe,
  ended: Promise<InvocationResult>,
  tail: boolean,
): AsyncGenerator<Uint8Array> {
  const framer = new EventFramer();
  for await (const chunk of chunks.read()) yield framer.bytes("PayloadChunk", chunk);
  const { outcome, log } = await ended;
  if (outcome.kind === "returned" && outcome.payload.length > 0)
    yield framer.bytes("PayloadChunk", outcome.payload);
  const complete = { ...errorOf(outcome), ...(tail && { LogResult: tailOf(log) }) };
  yield framer.json("InvokeComplete", complete satisfies InvokeWithResponseStreamCompleteEvent);
}

function errorOf(outcome: Outcome): { ErrorCode?: string; ErrorDetails?: string } {
  if (outcome.kind === "returned") return {};
  const details = outcome.payload.toString();
  return { ErrorCode: errorTypeIn(details), ErrorDetails: details };
}

function errorTypeIn(details: string): string {
  try {
    const { errorType } = JSON.parse(details) as { errorType?: unknown };
    return typeof errorType === "string" && errorType !== "" ? errorType : "Unhandled";
  } catch {
    return "Unhandled";
  }
}

/** Chunks from a function to its caller; when the caller has left, they are dropped, and the function goes on. */
class ChunkPipe {
  readonly #pipe = new PassThrough({ objectMode: true, highWaterMark: chunksAhead });
  readonly #closed = new Promise<void>((resolve) => this.#pipe.once("close", resolve));
  #begin: () => void = () => {};
  /** Resolves with the first chunk. */
  readonly begun = new Promise<void>((resolve) => (this.#begin = resolve));

  async put(chunk: Buffer): Promise<void> {
    this.#begin();
    if (this.#pipe.destroyed || this.#pipe.write(chunk)) return;
    await Promise.race([once(this.#pipe, "drain"), this.#closed]);
  }

  end(): void {
    this.#pipe.end();
  }

  read(): AsyncIterable<Buffer> {
    return this.#pipe;
  }
}
