import { ApiError } from "../model/errors.ts";

interface Term {
  text: string;
  /** `-term` must not be there; of all `?term` one is enough; the others must all be there. */
  mode: "all" | "any" | "none";
}

/**
 * The test of a log line for a filter pattern of terms, quoted or not, with `?` and `-`; an empty one accepts all.
 * Throws an `ApiError` 400 for patterns of fields and regular expressions, which Local does not read.
 * Source: "Filter pattern syntax" of the CloudWatch Logs user guide.
 */
export function filterPattern(pattern: string): (message: string) => boolean {
  const trimmed = pattern.trim();
  if (/^[{[%]/.test(trimmed)) {
    const message = "Local reads filter patterns of terms only, not of fields or regular expressions.";
    throw new ApiError("InvalidParameterException", 400, message);
  }
  const terms = [...trimmed.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(toTerm);
  const texts = (mode: Term["mode"]) => terms.filter((term) => term.mode === mode).map((term) => term.text);
  const [all, any, none] = [texts("all"), texts("any"), texts("none")];
  return (message) =>
    all.every((text) => message.includes(text)) &&
    (any.length === 0 || any.some((text) => message.includes(text))) &&
    !none.some((text) => message.includes(text));
}

function toTerm(match: RegExpExecArray): Term {
  const [, sign, quoted, plain = ""] = match;
  const mode = sign === "?" ? "any" : sign === "-" ? "none" : "all";
  return { mode, text: quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1") };
}
