import { LOCAL_ACCOUNT, LOCAL_REGION } from "../model/identity.ts";
import { ApiError } from "../model/errors.ts";

/** The JSON object of a CloudWatch Logs request. */
export class LogInput {
  readonly #members: Readonly<Record<string, unknown>>;

  /** Throws an `ApiError` 400 for anything but a JSON object. */
  constructor(body: Buffer) {
    this.#members = parseObject(body);
  }

  /** Throws an `ApiError` 400 for anything but a string. */
  string(name: string): string | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
    throw malformed(name, "a string");
  }

  /** Throws an `ApiError` 400 for anything but a whole number. */
  number(name: string): number | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "number" && Number.isInteger(value)) return value;
    throw malformed(name, "a number");
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.#members[name];
    return typeof value === "boolean" ? value : fallback;
  }

  /** Throws an `ApiError` 400 for anything but an array of strings. */
  strings(name: string): readonly string[] | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw malformed(name, "a list of strings");
  }

  /** The requested limit, or `max`. Throws an `ApiError` 400 for a limit out of range. */
  limit(max: number): number {
    const limit = this.number("limit") ?? max;
    if (limit < 1 || limit > max) throw invalidInput(`limit must be between 1 and ${max}.`);
    return limit;
  }

  /** The requested log group. Throws an `ApiError` 400 for none, or two. */
  groupName(): string {
    const [name, identifier] = [this.string("logGroupName"), this.string("logGroupIdentifier")];
    if (name !== undefined && identifier !== undefined)
      throw invalidInput("LogGroup name and LogGroup identifier are mutually exclusive parameters.");
    const given = name ?? identifier;
    if (given === undefined) throw invalidInput("Either logGroupName or logGroupIdentifier is required.");
    return groupInArn(given);
  }
}

/** 400 `InvalidParameterException` of CloudWatch Logs. */
export function invalidInput(message: string): ApiError {
  return new ApiError("InvalidParameterException", 400, message);
}

/** The ARN of a local log group, without the `:*` at the end. */
export function logGroupArn(name: string): string {
  return `arn:aws:logs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:log-group:${name}`;
}

/** A log group's name, given a name or an ARN. */
export function groupInArn(text: string): string {
  return text.replace(/^arn:[^:]*:logs:[^:]*:\d+:log-group:/, "").replace(/:\*$/, "");
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  throw new ApiError("SerializationException", 400, "The request's body isn't a JSON object.");
}

function malformed(name: string, what: string): ApiError {
  return new ApiError("SerializationException", 400, `${name} must be ${what}.`);
}
