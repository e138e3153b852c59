import { ApiError } from "../model/errors.ts";

interface Term {
  text: string;
  /** `none` for `-term`, `any` for `?term`, of which one is enough, `all` for the others. */
  mode: "all" | "any" | "none";
}

/**
 * A test of log lines for a filter pattern of terms, quoted or not, with `?` and `-`; an empty pattern matches everything.
 * Throws an `ApiError` 400 for field patterns and regular expressions, which Local doesn't support.
 * Source: "Filter pattern syntax" of the CloudWatch Logs user guide.
 */
export function filterPattern(pattern: string): (message: string) => boolean {
  const trimmed = pattern.trim();
  if (/^[{[%]/.test(trimmed)) {
    const message = "Local supports filter patterns of terms only, not of fields or regular expressions.";
    throw new ApiError("InvalidParameterException", 400, message);
  }
  const terms = [...trimmed.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(toTerm);
  const textsOf = (mode: Term["mode"]) => terms.filter((term) => term.mode === mode).map((term) => term.text);
  const [all, any, none] = [textsOf("all"), textsOf("any"), textsOf("none")];
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
