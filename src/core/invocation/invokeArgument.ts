import { isPlainObject, jsonOf, nameOfType, NotJsonError } from "../payload/jsonOf.ts";
import { UserError } from "../userError.ts";

/** What the invoking commands take beside a row of the tree or a file; what is missing is asked for. */
export interface InvokeArgument {
  /** A name or an ARN. */
  function?: string;
  /** A connection's name. */
  connection?: string;
  qualifier?: string;
  /** JSON as a string, or the value itself; with it no editor is needed, and nothing is asked. */
  payload?: string | object;
  clientContext?: object;
  tenantId?: string;
}

/** An argument that is understood as a whole; its payload is text. */
export interface ParsedArgument extends Omit<InvokeArgument, "payload"> {
  payload?: string | undefined;
}

/** Parses an `InvokeArgument`. Throws a `UserError` that names what isn't understood. */
export function parseArgument(argument: unknown): ParsedArgument {
  if (!isPlainObject(argument))
    throw refusal(`is ${nameOfType(argument)}, and must be an object such as { "function": "order" }`);
  for (const key of Object.keys(argument)) if (!Object.hasOwn(PARSERS, key)) throw unknownProperty(key);
  const read = <Key extends keyof ParsedArgument>(key: Key): ParsedArgument[Key] =>
    argument[key] === undefined ? undefined : PARSERS[key](argument[key], key);
  return {
    function: read("function"),
    connection: read("connection"),
    qualifier: read("qualifier"),
    payload: read("payload"),
    clientContext: read("clientContext"),
    tenantId: read("tenantId"),
  };
}

type Parsers = {
  [Key in keyof Required<ParsedArgument>]: (value: unknown, key: string) => ParsedArgument[Key];
};

const PARSERS: Parsers = {
  function: parseName,
  connection: parseName,
  qualifier: parseName,
  payload: parsePayloadArgument,
  clientContext: parseContext,
  tenantId: parseName,
};

function parseName(value: unknown, key: string): string {
  if (typeof value !== "string") throw wrongType(key, "a string", value);
  if (value.trim() === "") throw refusal(`has an empty “${key}”. Leave it out, or give it a value`);
  return value;
}

function parsePayloadArgument(value: unknown, key: string): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null)
    throw wrongType(key, "a string of JSON or an object", value);
  return toJson(value, key);
}

function parseContext(value: unknown, key: string): object {
  if (!isPlainObject(value)) throw wrongType(key, "an object", value);
  toJson(value, key);
  return value;
}

function toJson(value: object, key: string): string {
  try {
    return jsonOf(value, key);
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    throw refusal(`has a value that JSON can't express: “${error.path}” is ${error.found}`);
  }
}

function wrongType(key: string, expected: string, value: unknown): UserError {
  return refusal(`has ${nameOfType(value)} as “${key}”, and it must be ${expected}`);
}

function unknownProperty(key: string): UserError {
  const known = Object.keys(PARSERS);
  const meant = known.find((each) => each.toLowerCase() === key.trim().toLowerCase());
  const advice = meant === undefined ? `Known properties: ${known.join(", ")}` : `Did you mean “${meant}”?`;
  return refusal(`has an unknown property “${key.slice(0, MAX_KEY)}”. ${advice}`);
}

const MAX_KEY = 60;

/** Refuses an argument; the sentence goes on after “The argument of the command”. */
export function refusal(what: string): UserError {
  const sentence = what.endsWith("?") ? what : `${what}.`;
  return new UserError(
    `The argument of the command ${sentence} Nothing was sent. Fix the keybinding, task or call.`,
  );
}
