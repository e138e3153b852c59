import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import type { Entry } from "../discovery/catalog.ts";
import type { ApiAnswer, ApiRequest } from "../http/server.ts";
import { functionArn } from "../identity.ts";
import type { Invocation, InvocationResult } from "../sandbox/outcome.ts";
import { ApiError, invalidParameter, tooLarge } from "./errors.ts";

/** How functions are run. */
export interface Invokers {
  /** Runs a function once. Throws an `ApiError` where it may not start. */
  run(entry: Entry, invocation: Invocation, signal: AbortSignal): Promise<InvocationResult>;
  /** Takes an event to run the function with it later, with retries. */
  accept(entry: Entry, invocation: Invocation): void;
}

/** The largest asynchronous event, in bytes. Source: "Lambda quotas". */
const eventLimit = 1024 * 1024;
/** The longest client context, in bytes of base64. Source: `ClientContext` of the Invoke request. */
const clientContextLimit = 3583;
/** How much of the log an answer carries, in bytes. Source: `LogType` of the Invoke request. */
const tailBytes = 4096;

/** Answers an Invoke request for a function that exists. Throws an `ApiError`. */
export async function invoke(
  request: ApiRequest,
  entry: Entry,
  invokers: Invokers,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const type = request.headers["x-amz-invocation-type"] ?? "RequestResponse";
  switch (type) {
    case "DryRun":
      readInvocation(request, entry);
      return { status: 204, headers: { "x-amz-executed-version": "$LATEST" } };
    case "Event":
      if (request.body.length > eventLimit) throw eventTooLarge(request.body.length);
      invokers.accept(entry, readInvocation(request, entry));
      return { status: 202 };
    case "RequestResponse": {
      const invocation = readInvocation(request, entry);
      const result = await invokers.run(entry, invocation, signal);
      return answer(result, invocation, wantsTail(request));
    }
    default:
      throw invalidParameter(`'${type}' is no InvocationType; it must be RequestResponse, Event or DryRun.`);
  }
}

function readInvocation(request: ApiRequest, entry: Entry): Invocation {
  const synchronous = request.headers["x-amz-invocation-type"] !== "Event";
  const context = synchronous ? readClientContext(request.headers["x-amz-client-context"]) : undefined;
  wantsTail(request);
  return {
    requestId: request.requestId,
    payload: readPayload(request.body),
    invokedArn: functionArn(entry.fn.name),
    traceId: request.headers["x-amzn-trace-id"] ?? newTraceId(),
    ...(context !== undefined && { clientContext: context }),
  };
}

function readPayload(body: Buffer): Buffer {
  if (body.length === 0) return Buffer.from("{}");
  try {
    if (!isUtf8(body)) throw new SyntaxError("it is not UTF-8");
    JSON.parse(body.toString());
    return body;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ApiError(
      "InvalidRequestContentException",
      400,
      `Could not parse request body into json: ${why}`,
    );
  }
}

function readClientContext(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (header.length > clientContextLimit) {
    throw invalidParameter(`The client context must be at most ${clientContextLimit} bytes, in base64.`);
  }
  try {
    return JSON.stringify(JSON.parse(Buffer.from(header, "base64").toString()));
  } catch {
    throw new ApiError(
      "InvalidRequestContentException",
      400,
      "Client context must be a valid Base64-encoded JSON object.",
    );
  }
}

function wantsTail(request: ApiRequest): boolean {
  const type = request.headers["x-amz-log-type"] ?? "None";
  if (type !== "None" && type !== "Tail")
    throw invalidParameter(`'${type}' is no LogType; it must be None or Tail.`);
  return type === "Tail";
}

function eventTooLarge(bytes: number): ApiError {
  return tooLarge(
    `${bytes} byte payload is too large for the Event invocation type (limit ${eventLimit} bytes)`,
  );
}

function newTraceId(): string {
  const time = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${time}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
}

function answer(result: InvocationResult, invocation: Invocation, tail: boolean): ApiAnswer {
  const { outcome, log } = result;
  return {
    status: 200,
    body: outcome.payload,
    headers: {
      "x-amz-executed-version": "$LATEST",
      "x-amzn-trace-id": invocation.traceId,
      ...(outcome.kind !== "returned" && { "x-amz-function-error": "Unhandled" }),
      ...(tail && { "x-amz-log-result": lastBytes(log).toString("base64") }),
    },
  };
}

function lastBytes(log: readonly string[]): Buffer {
  const all = Buffer.from(log.join(""));
  return all.subarray(Math.max(0, all.length - tailBytes));
}
