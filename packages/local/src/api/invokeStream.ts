import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { InvokeWithResponseStreamCompleteEvent } from "@aws-sdk/client-lambda";
import type { ApiResponse, ApiRequest } from "../http/request.ts";
import type { InvocationResult, InvocationOutcome } from "../model/invocation.ts";
import { invalidParameter } from "../model/errors.ts";
import { EventFramer, EVENT_STREAM_TYPE } from "./eventStream.ts";
import type { ResolvedFunction } from "./functionName.ts";
import { parseInvocation, encodeLogTail, wantsLogTail } from "./invocationRequest.ts";
import { dryRunResponse, type Invokers } from "./invoke.ts";

/** How many chunks a function may be ahead of its client. */
const MAX_CHUNKS_AHEAD = 64;

/**
 * Handles an InvokeWithResponseStream request: streams the function's chunks, or its whole response as one chunk, and how
 * it ended. Throws an `ApiError` where the function can't start.
 */
export async function invokeWithStream(
  request: ApiRequest,
  target: ResolvedFunction,
  invokers: Invokers,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const type = request.headers["x-amz-invocation-type"] ?? "RequestResponse";
  if (type !== "RequestResponse" && type !== "DryRun")
    throw invalidParameter(`'${type}' isn't a valid InvocationType here. Use RequestResponse or DryRun.`);
  const invocation = parseInvocation(request, target);
  if (type === "DryRun") return dryRunResponse;
  const chunks = new ChunkPipe();
  const run = invokers.run(target.entry, { ...invocation, onChunk: (chunk) => chunks.put(chunk) }, signal);
  const ended = run.finally(() => chunks.end());
  // `frames` reports a rejection to the client.
  ended.catch(() => {});
  // Waits for the start, because a function that can't start gets an error response.
  await Promise.race([ended, chunks.started]);
  return {
    status: 200,
    headers: {
      "content-type": EVENT_STREAM_TYPE,
      "x-amz-executed-version": "$LATEST",
      "x-amzn-trace-id": invocation.traceId,
    },
    body: frames(chunks, ended, wantsLogTail(request)),
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
  const complete = { ...errorOf(outcome), LogResult: tail ? encodeLogTail(log) : undefined };
  yield framer.json("InvokeComplete", complete satisfies InvokeWithResponseStreamCompleteEvent);
}

function errorOf(outcome: InvocationOutcome): { ErrorCode?: string; ErrorDetails?: string } {
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

/** Passes chunks from a function to its client. After the client disconnects, it drops them and the function goes on. */
class ChunkPipe {
  readonly #pipe = new PassThrough({ objectMode: true, highWaterMark: MAX_CHUNKS_AHEAD });
  readonly #closed = new Promise<void>((resolve) => this.#pipe.once("close", resolve));
  #start: () => void = () => {};
  /** Resolves with the first chunk. */
  readonly started = new Promise<void>((resolve) => (this.#start = resolve));

  async put(chunk: Buffer): Promise<void> {
    this.#start();
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
