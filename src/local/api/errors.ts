/** An error of the Lambda API: its type, its HTTP status, and what its body says besides the message. */
export class ApiError extends Error {
  readonly type: string;
  readonly status: number;
  readonly extra: { reason?: string; retryAfterSeconds?: number };

  constructor(type: string, status: number, message: string, extra: ApiError["extra"] = {}) {
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

/** 400 `InvalidParameterValueException`. */
export function invalidParameter(message: string): ApiError {
  return new ApiError("InvalidParameterValueException", 400, message);
}

/** 429 `TooManyRequestsException`, with the `Reason` that tells which limit it was. */
export function throttled(reason: string): ApiError {
  return new ApiError("TooManyRequestsException", 429, "Rate Exceeded.", { reason, retryAfterSeconds: 1 });
}

/** 413 `RequestTooLargeException`. */
export function tooLarge(message: string): ApiError {
  return new ApiError("RequestTooLargeException", 413, message);
}
