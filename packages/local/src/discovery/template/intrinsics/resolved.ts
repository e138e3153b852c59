import type { Budget } from "../budget.ts";

/** A value with its intrinsic functions evaluated, or why that isn't possible locally. */
export type Resolved = { kind: "value"; value: unknown } | NotResolved;

/** Why a value can't be determined locally. */
export interface NotResolved {
  kind: "unresolved";
  /** A clause without a period. */
  why: string;
  /** The value depends on itself. */
  cyclic?: true;
}

/** Resolves the names in a template. */
export interface Scope {
  /** Bounds what is expanded. */
  budget: Budget;
  /** Resolves a string that isn't a function's argument; usually to itself. */
  text(text: string): Resolved;
  /** The value of `Ref` and of a `Sub` variable. */
  ref(name: string): Resolved;
  /** The value of `GetAtt`. */
  attribute(resource: string, attribute: string): Resolved;
  /** The boolean value of a condition of the template. */
  condition(name: string): Resolved;
  /** A mapping of the template, as written. */
  mapping(name: string): Record<string, unknown>;
}

/** `AWS::NoValue`: the property counts as missing. */
export const noValue = Symbol("AWS::NoValue");

export function known(value: unknown): Resolved {
  return { kind: "value", value };
}

export function unresolved(why: string): NotResolved {
  return { kind: "unresolved", why };
}
