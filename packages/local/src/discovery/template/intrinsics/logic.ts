import { asString } from "../values.ts";
import { known, unresolved, type Resolved } from "./resolved.ts";

/** `Fn::Equals`: CloudFormation compares strings. */
export function equals(argument: unknown): Resolved {
  if (!Array.isArray(argument) || argument.length !== 2) return unresolved("!Equals needs two values");
  return known(asString(argument[0]) === asString(argument[1]));
}

/** `Fn::And`. */
export function and(argument: unknown): Resolved {
  const values = booleans(argument);
  return values ? known(values.every(Boolean)) : unresolved("!And needs a list of conditions");
}

/** `Fn::Or`. */
export function or(argument: unknown): Resolved {
  const values = booleans(argument);
  return values ? known(values.some(Boolean)) : unresolved("!Or needs a list of conditions");
}

/** `Fn::Not`, with a list of one. */
export function not(argument: unknown): Resolved {
  const values = booleans(argument);
  return values?.length === 1 ? known(!values[0]) : unresolved("!Not needs a list of one condition");
}

function booleans(argument: unknown): boolean[] | undefined {
  if (!Array.isArray(argument) || argument.length === 0) return undefined;
  const values = argument.map((value: unknown) => toBoolean(value));
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** A boolean, or `"true"` or `"false"` as in a parameter; undefined for anything else. */
export function toBoolean(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : undefined;
}
