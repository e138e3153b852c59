import type { FunctionRef } from "../functions/functionRef.ts";
import type { GuardLevel } from "./guardLevel.ts";
import { type GuardPattern, matchesText } from "./guardPattern.ts";
import { mayBeSame, type Place } from "./place.ts";

/** One thing that the settings guard. */
export interface GuardRule {
  level: GuardLevel;
  scope: GuardScope;
  /** Patterns of versions and aliases; any, if it's missing. */
  qualifiers?: readonly string[] | undefined;
  /** A function must have one of these tags; none is asked for, if it's missing. */
  tags?: readonly TagPattern[] | undefined;
  /** What in the settings says so, as a person finds it there. */
  source: string;
  setting: GuardSetting;
}

/** A setting that guards, by its id without the section. */
export type GuardSetting = "connections" | "guard" | "protected";

/**
 * What a rule covers: a place, whatever its connections are called; connections that are called like a protected one;
 * every connection to AWS; or what a pattern says.
 */
export type GuardScope =
  | { kind: "called"; names: readonly string[] }
  | { kind: "place"; place: Place }
  | { kind: "aws" }
  | { kind: "pattern"; pattern: GuardPattern };

/** A tag by its key, and by its value where that matters. Both may have wildcards. */
export interface TagPattern {
  key: string;
  value?: string | undefined;
}

/** A function, with everything that a rule may know it by. */
export interface GuardSubject {
  ref: FunctionRef;
  /** Where it may be: its connection's place, and its owner's if it was named by an ARN. */
  places: readonly Place[];
  /** The names of all connections that may be at one of these places, as `normalize` makes them. */
  names: readonly string[];
}

/** Something in the settings that isn't as it should be, and what is done about it. */
export interface GuardProblem {
  setting: GuardSetting;
  message: string;
}

/** Whether a rule covers a function, its tags aside. */
export function covers({ scope, qualifiers }: GuardRule, subject: GuardSubject): boolean {
  const { ref, names, places } = subject;
  const version = ref.qualifier ?? "$LATEST";
  if (qualifiers && !qualifiers.some((pattern) => matchesText(pattern, version))) return false;
  switch (scope.kind) {
    case "aws":
      return places.some(({ kind }) => kind === "aws");
    case "called":
      return scope.names.includes(ref.connection);
    case "place":
      return places.some((place) => mayBeSame(place, scope.place));
    case "pattern":
      return scope.pattern.covers(names, ref);
  }
}

/** Whether a function's tags are what a rule asks for. */
export function hasTag({ tags }: GuardRule, found: Readonly<Record<string, string>>): boolean {
  if (!tags) return true;
  const entries = Object.entries(found);
  return tags.some(({ key, value = "*" }) =>
    entries.some(([name, is]) => matchesText(key, name) && matchesText(value, is)),
  );
}
