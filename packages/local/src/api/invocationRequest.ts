import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import type { ApiRequest } from "../http/request.ts";
import type { Invocation } from "../model/invocation.ts";
import { ApiError, invalidParameter } from "../model/errors.ts";
import type { ResolvedFunction } from "./functionName.ts";
import { LOG_TAIL_BYTES } from "../model/limits.ts";

/** In base64. Source: `ClientContext` of the Invoke request. */
const MAX_CLIENT_CONTEXT_BYTES = 3583;

/** Throws an `ApiError` 400 for an invalid request. */
export function parseInvocation(request: ApiRequest, target: ResolvedFunction): Invocation {
  const synchronous = request.headers["x-amz-invocation-type"] !== "Event";
  const context = synchronous ? parseClientContext(request.headers["x-amz-client-context"]) : undefined;
  wantsLogTail(request);
  return {
    requestId: request.requestId,
    payload: parsePayload(request.body),
    invokedArn: target.arn,
    traceId: request.headers["x-amzn-trace-id"] ?? newTraceId(),
    clientContext: context,
  };
}

/** Whether the response should include the end of the log. Throws an `ApiError` 400. */
export function wantsLogTail(request: ApiRequest): boolean {
  const type = request.headers["x-amz-log-type"] ?? "None";
  if (type !== "None" && type !== "Tail")
    throw invalidParameter(`'${type}' isn't a valid LogType. Use None or Tail.`);
  return type === "Tail";
}

/** The last 4 KB of a log, in base64. */
export function encodeLogTail(log: readonly string[]): string {
  const all = Buffer.from(log.join(""));
  return all.subarray(Math.max(0, all.length - LOG_TAIL_BYTES)).toString("base64");
}

function parsePayload(body: Buffer): Buffer {
  if (body.length === 0) return Buffer.from("{}");
  try {
    if (!isUtf8(body)) throw new SyntaxError("it isn't UTF-8");
    JSON.parse(body.toString());
    return body;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalidContent(`Could not parse request body into json: ${why}`);
  }
}

function parseClientContext(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (header.length > MAX_CLIENT_CONTEXT_BYTES) {
    throw invalidParameter(
      `The client context is longer than ${MAX_CLIENT_CONTEXT_BYTES} bytes in base64. Send a shorter one.`,
    );
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
  // Node.js buffers random bytes for UUIDs; randomBytes makes a system call each time.
  const random = randomUUID().replaceAll("-", "") + randomUUID().replaceAll("-", "");
  return `Root=1-${time}-${random.slice(0, 24)};Parent=${random.slice(32, 48)};Sampled=0`;
}
