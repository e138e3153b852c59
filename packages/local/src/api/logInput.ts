import { localAccount, localRegion } from "../model/identity.ts";
import { ApiError } from "../model/errors.ts";

/** What a request of CloudWatch Logs says: a JSON object, of which each operation reads its members. */
export class LogInput {
  readonly #members: Readonly<Record<string, unknown>>;

  /** Throws an `ApiError` 400 for what is no JSON object. */
  constructor(body: Buffer) {
    this.#members = parseObject(body);
  }

  /** Throws an `ApiError` 400 for what is no text. */
  text(name: string): string | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
    throw malformed(name, "a string");
  }

  /** Throws an `ApiError` 400 for what is no whole number. */
  number(name: string): number | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "number" && Number.isInteger(value)) return value;
    throw malformed(name, "a number");
  }

  /** True or false; `otherwise` where neither is said. */
  flag(name: string, otherwise: boolean): boolean {
    const value = this.#members[name];
    return typeof value === "boolean" ? value : otherwise;
  }

  /** Throws an `ApiError` 400 for what is no list of texts. */
  texts(name: string): readonly string[] | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw malformed(name, "a list of strings");
  }

  /** How many are wanted at most. Throws an `ApiError` 400 where it is out of range. */
  limit(most: number): number {
    const limit = this.number("limit") ?? most;
    if (limit < 1 || limit > most) throw invalidInput(`limit must be between 1 and ${most}.`);
    return limit;
  }

  /** The group that is asked for. Throws an `ApiError` 400 where there is none, or two. */
  groupName(): string {
    const [name, identifier] = [this.text("logGroupName"), this.text("logGroupIdentifier")];
    if (name !== undefined && identifier !== undefined)
      throw invalidInput("LogGroup name and LogGroup identifier are mutually exclusive parameters.");
    const given = name ?? identifier;
    if (given === undefined) throw invalidInput("Either logGroupName or logGroupIdentifier must be given.");
    return groupInArn(given);
  }
}

/** 400 `InvalidParameterException` of CloudWatch Logs. */
export function invalidInput(message: string): ApiError {
  return new ApiError("InvalidParameterException", 400, message);
}

/** The ARN of a local log group, as an operation's input names it. */
export function logGroupArn(name: string): string {
  return `arn:aws:logs:${localRegion}:${localAccount}:log-group:${name}`;
}

/** A group's name, out of its ARN where it is given by that. */
export function groupInArn(text: string): string {
  return text.replace(/^arn:[^:]*:logs:[^:]*:\d+:log-group:/, "").replace(/:\*$/, "");
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // It is told below.
  }
  throw new ApiError("SerializationException", 400, "The request's body is no JSON object.");
}

function malformed(name: string, what: string): ApiError {
  return new ApiError("SerializationException", 400, `${name} must be ${what}.`);
}
