import type { FunctionRef } from "../functions/functionRef.ts";
import { compile } from "./wildcards.ts";

/** A pattern of the settings that says which functions are guarded. */
export interface GuardPattern {
  /** Whether it covers a function that is at a connection with one of these names, as `normalize` makes them. */
  covers(names: readonly string[], ref: Pick<FunctionRef, "name" | "qualifier">): boolean;
  /** Whether it speaks of one of these connections by name. */
  names(connections: readonly string[]): boolean;
  /** It names one connection, not a family of them by a wildcard. */
  namesOne: boolean;
}

/** Everything, on AWS and on this machine. */
export const EVERYTHING: GuardPattern = { covers: () => true, names: () => false, namesOne: false };

/**
 * Reads `connection/function`, `connection`, a function's name, or its ARN, each with or without `:qualifier`.
 * `*` and `**` stand for any characters, `?` for one; all else is literal, whatever the case.
 * `undefined` if it can't be understood.
 */
export function readGuardPattern(text: string): GuardPattern | undefined {
  const pattern = normalize(text).replace(ARN_PREFIX, "");
  if (pattern === "" || pattern.startsWith("!") || pattern.startsWith("arn:")) return undefined;
  const whole = compile(pattern);
  const connections = connectionParts(pattern).map(compile);
  const hasConnection = pattern.includes("/");
  return {
    covers: (names, { name, qualifier = "$LATEST" }) => {
      const functions = [name, `${name}:${qualifier}`].map((text) => text.toLowerCase());
      const all = names.flatMap((each) => [each, ...functions.map((fn) => `${each}/${fn}`)]);
      return [...all, ...(hasConnection ? [] : functions)].some((each) => whole(each));
    },
    names: (names) => names.map(normalize).some((each) => connections.some((part) => part(each))),
    namesOne: !/[*?]/.test(pattern.replace(/\/[^/]*$/, "")),
  };
}

/** The same text with a `*` in place of what another kind of glob would read as alternatives. */
export function loosen(text: string): string {
  let loose = text.replaceAll(/\.[*+]|[\\%^+~]|\$$/g, "*");
  for (let before = ""; before !== loose;) {
    before = loose;
    loose = loose.replace(/[@!+*?]?\([^()]*\)|\{[^{}]*\}|\[[^[\]]*\]/g, "*");
  }
  return loose.replace(/[({[|].*$/, "*").replaceAll(/[)}\]]/g, "*");
}

/** Whether a pattern has characters that other kinds of globs give a meaning. */
export function hasGlobSyntax(text: string): boolean {
  return /[[\](){}|\\%^+~]|\.\*|\$$/.test(text);
}

/** Matches a whole string with a pattern's wildcards: for names of versions, aliases and tags. */
export function matchesText(pattern: string, text: string): boolean {
  return compile(pattern.trim().toLowerCase())(text.trim().toLowerCase());
}

/** What comes before a function's name, in any spelling that the API takes. */
const ARN_PREFIX = /(?:arn:[^/]*?:function:|\d{12}:function:|(?<=^|\/)function:)/;

/** Spaces at the ends of a part, doubled slashes and a slash at the beginning mean nothing. */
export function normalize(text: string): string {
  const folded = text.normalize("NFC").trim().toLowerCase();
  return folded.replaceAll(/\s*\/[\s/]*/g, "/").replace(/^\//, "");
}

/** What of a pattern may be the name of a connection, which may itself have slashes. */
function connectionParts(pattern: string): string[] {
  const cuts = [...pattern.matchAll(/\//g)].map(({ index }) => index);
  return [...cuts, pattern.length].map((cut) => pattern.slice(0, cut)).filter((part) => part !== "");
}
