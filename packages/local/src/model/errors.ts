import type * as logsModel from "@aws-sdk/client-cloudwatch-logs";
import type * as lambdaModel from "@aws-sdk/client-lambda";

type ErrorsOf<Model> = Extract<keyof Model, `${string}Exception`>;

/** Errors that any AWS service may return. Source: "Common error types" of the API references. */
type CommonError =
  | "AccessDeniedException"
  | "InvalidSignatureException"
  | "MissingAuthenticationTokenException"
  | "SerializationException"
  | "UnknownOperationException"
  | "UnrecognizedClientException"
  | "ValidationException";

export type ErrorType = ErrorsOf<typeof lambdaModel> | ErrorsOf<typeof logsModel> | CommonError;

/** An error of the Lambda or CloudWatch Logs API. */
export class ApiError extends Error {
  readonly type: ErrorType;
  readonly status: number;
  readonly extra: { reason?: string; retryAfterSeconds?: number };

  constructor(type: ErrorType, status: number, message: string, extra: ApiError["extra"] = {}) {
    super(message);
    this.type = type;
    this.status = status;
    this.extra = extra;
  }
}

/** 404 `ResourceNotFoundException`. */
export function notFound(message: string): ApiError {
  return new ApiError("ResourceNotFoundException", 404, message);
}

/** 400 `InvalidParameterValueException` of the Lambda API. */
export function invalidParameter(message: string): ApiError {
  return new ApiError("InvalidParameterValueException", 400, message);
}

/** 429 `TooManyRequestsException`; the `Reason` names the limit. */
export function throttled(reason: lambdaModel.ThrottleReason): ApiError {
  return new ApiError("TooManyRequestsException", 429, "Rate Exceeded.", { reason, retryAfterSeconds: 1 });
}

/** 413 `RequestTooLargeException`. */
export function tooLarge(message: string): ApiError {
  return new ApiError("RequestTooLargeException", 413, message);
}

/** 404 for an operation that Local doesn't support. */
export function notSupported(operation: string): ApiError {
  return new ApiError(
    "UnknownOperationException",
    404,
    `The local Lambda service doesn't support ${operation}.`,
  );
}
