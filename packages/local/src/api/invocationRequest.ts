import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import type { ApiRequest } from "../http/request.ts";
import type { Invocation } from "../model/outcome.ts";
import { ApiError, invalidParameter } from "../model/errors.ts";
import type { Target } from "./functionName.ts";
import { tailBytes } from "../model/limits.ts";

/** The longest client context, in bytes of base64. Source: `ClientContext` of the Invoke request. */
const clientContextLimit = 3583;

/** The invocation that a request asks for. Throws an `ApiError` 400. */
export function readInvocation(request: ApiRequest, target: Target): Invocation {
  const synchronous = request.headers["x-amz-invocation-type"] !== "Event";
  const context = synchronous ? readClientContext(request.headers["x-amz-client-context"]) : undefined;
  wantsTail(request);
  return {
    requestId: request.requestId,
    payload: readPayload(request.body),
    invokedArn: target.arn,
    traceId: request.headers["x-amzn-trace-id"] ?? newTraceId(),
    ...(context !== undefined && { clientContext: context }),
  };
}

/** Whether the request asks for the log's end. Throws an `ApiError` 400. */
export function wantsTail(request: ApiRequest): boolean {
  const type = request.headers["x-amz-log-type"] ?? "None";
  if (type !== "None" && type !== "Tail")
    throw invalidParameter(`'${type}' is no LogType; it must be None or Tail.`);
  return type === "Tail";
}

/** The last 4 KB of a log, in base64. */
export function tailOf(log: readonly string[]): string {
  const all = Buffer.from(log.join(""));
  return all.subarray(Math.max(0, all.length - tailBytes)).toString("base64");
}

function readPayload(body: Buffer): Buffer {
  if (body.length === 0) return Buffer.from("{}");
  try {
    if (!isUtf8(body)) throw new SyntaxError("it is not UTF-8");
    JSON.parse(body.toString());
    return body;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalidContent(`Could not parse request body into json: ${why}`);
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
    throw invalidContent("Client context must be a valid Base64-encoded JSON object.");
  }
}

function invalidContent(message: string): ApiError {
  return new ApiError("InvalidRequestContentException", 400, message);
}

function newTraceId(): string {
  const time = Math.floor(Date.now() / 1000).toString(16);
  // Node.js keeps random bytes for UUIDs at hand; asking for others takes a call of the system each time.
  const random = randomUUID().replaceAll("-", "") + randomUUID().replaceAll("-", "");
  return `Root=1-${time}-${random.slice(0, 24)};Parent=${random.slice(32, 48)};Sampled=0`;
}
