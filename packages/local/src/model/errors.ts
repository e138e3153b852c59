import type * as logsModel from "@aws-sdk/client-cloudwatch-logs";
import type * as lambdaModel from "@aws-sdk/client-lambda";

type ErrorsOf<Model> = Extract<keyof Model, `${string}Exception`>;

/** What any AWS service answers, whatever its own model. Source: "Common error types" of the API references. */
type CommonError =
  | "AccessDeniedException"
  | "InvalidSignatureException"
  | "MissingAuthenticationTokenException"
  | "SerializationException"
  | "UnknownOperationException"
  | "UnrecognizedClientException"
  | "ValidationException";

/** The names that an error may have: those of the two APIs' models, and the common ones. */
export type ErrorType = ErrorsOf<typeof lambdaModel> | ErrorsOf<typeof logsModel> | CommonError;

/** An error of the Lambda or CloudWatch Logs API: its type, its HTTP status, and what its body says besides the message. */
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

/** 429 `TooManyRequestsException`, with the `Reason` that tells which limit it was. */
export function throttled(reason: lambdaModel.ThrottleReason): ApiError {
  return new ApiError("TooManyRequestsException", 429, "Rate Exceeded.", { reason, retryAfterSeconds: 1 });
}

/** 413 `RequestTooLargeException`. */
export function tooLarge(message: string): ApiError {
  return new ApiError("RequestTooLargeException", 413, message);
}

/** The error for an operation that Local does not offer; it names the operation. */
export function notOffered(operation: string): ApiError {
  return new ApiError(
    "UnknownOperationException",
    404,
    `The local Lambda service does not offer ${operation}.`,
  );
}
