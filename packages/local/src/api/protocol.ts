import type { ApiAnswer, ApiRequest } from "../http/request.ts";
import type { ApiError } from "../model/errors.ts";

/** The types whose model spells the message's member with a capital. Source: the Lambda API's model. */
const capital = new Set(["InvalidRuntimeException", "ResourceNotFoundException", "ServiceException"]);

/** The Lambda API's form of an error (REST-JSON), or that of CloudWatch Logs (JSON 1.1) where the request has a target. */
export function answerError(error: ApiError, headers: ApiRequest["headers"]): ApiAnswer {
  const type = { "x-amzn-errortype": error.type };
  if (headers["x-amz-target"] !== undefined) {
    const body = JSON.stringify({ __type: error.type, message: error.message });
    const status = error.status >= 500 ? 500 : 400;
    return { status, headers: { ...type, "content-type": "application/x-amz-json-1.1" }, body };
  }
  const { reason, retryAfterSeconds } = error.extra;
  const body = {
    Type: error.status >= 500 ? "Service" : "User",
    [capital.has(error.type) ? "Message" : "message"]: error.message,
    ...(reason !== undefined && { Reason: reason }),
  };
  const retry = retryAfterSeconds === undefined ? undefined : { "retry-after": String(retryAfterSeconds) };
  return { status: error.status, headers: { ...type, ...retry }, body: JSON.stringify(body) };
}
