import type { ApiResponse, ApiRequest } from "../http/request.ts";
import type { ApiError } from "../model/errors.ts";

/** The error types whose model calls the message `Message`. Source: the Lambda API's model. */
const capitalized = new Set(["InvalidRuntimeException", "ResourceNotFoundException", "ServiceException"]);

/** Formats an error for the Lambda API (REST-JSON), or for CloudWatch Logs (JSON 1.1) where the request has a target. */
export function errorResponse(error: ApiError, headers: ApiRequest["headers"]): ApiResponse {
  const type = { "x-amzn-errortype": error.type };
  if (headers["x-amz-target"] !== undefined) {
    const body = JSON.stringify({ __type: error.type, message: error.message });
    const status = error.status >= 500 ? 500 : 400;
    return { status, headers: { ...type, "content-type": "application/x-amz-json-1.1" }, body };
  }
  const { reason, retryAfterSeconds } = error.extra;
  const body = {
    Type: error.status >= 500 ? "Service" : "User",
    [capitalized.has(error.type) ? "Message" : "message"]: error.message,
    Reason: reason,
  };
  const retry = retryAfterSeconds === undefined ? undefined : { "retry-after": String(retryAfterSeconds) };
  return { status: error.status, headers: { ...type, ...retry }, body: JSON.stringify(body) };
}
