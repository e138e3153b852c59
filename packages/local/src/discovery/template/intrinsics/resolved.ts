/** A value with its intrinsics replaced, or the reason why that cannot be done here. */
export type Resolved = { kind: "value"; value: unknown } | NotResolved;

/** Why a value is not known here. */
export interface NotResolved {
  kind: "unresolved";
  /** A clause without a full stop. */
  why: string;
  /** It would be needed to find itself. */
  cyclic?: true;
}

/** What the names in a template mean on this machine. */
export interface Scope {
  /** What a text stands for that is no argument of a function: mostly itself. */
  text(text: string): Resolved;
  /** The value of `Ref` and of a `Sub` variable. */
  ref(name: string): Resolved;
  /** The value of `GetAtt`. */
  attribute(resource: string, attribute: string): Resolved;
  /** Whether a condition of the template holds. */
  condition(name: string): Resolved;
  /** A mapping of the template, as it is written. */
  mapping(name: string): Record<string, unknown>;
}

/** Stands for `AWS::NoValue`: the property is as if it were not written. */
export const noValue = Symbol("AWS::NoValue");

/** A value that is known here. */
export function known(value: unknown): Resolved {
  return { kind: "value", value };
}

/** The reason why a value is not known here. */
export function unresolved(why: string): NotResolved {
  return { kind: "unresolved", why };
}
