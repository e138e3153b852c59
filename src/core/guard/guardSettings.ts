import { type GuardLevel, GUARD_LEVELS, readLevel, STRICTEST } from "./guardLevel.ts";
import {
  EVERYTHING,
  type GuardPattern,
  hasGlobSyntax,
  loosen,
  normalize,
  readGuardPattern,
} from "./guardPattern.ts";
import type { GuardProblem, GuardRule, GuardScope, GuardSetting, TagPattern } from "./guardRule.ts";

/** What settings come to: rules, and what isn't as it should be. Who can't be understood guards whatever it may mean. */
export interface ParsedGuards {
  rules: GuardRule[];
  problems: GuardProblem[];
}

/** The names of every connection that is known, of one that a setting of the workspace hides too. */
export type KnownNames = readonly string[];

/** Reads one value of `lambdaInvoke.protected`: a list of patterns that ask for `confirm`. */
export function readProtected(value: unknown, known: KnownNames): ParsedGuards {
  const parsed: ParsedGuards = { rules: [], problems: [] };
  if (isNothing(value)) return parsed;
  const report = reporter(parsed, "protected");
  if (typeof value === "string") report(`${shown(value)} isn't a list. Write ["${value.trim()}"].`);
  for (const entry of Array.isArray(value) ? value : [value]) {
    const scopes = readMatch(entry, known, report);
    parsed.rules.push(...scopes.map((scope) => rule(scope, "confirm", "protected", entry)));
  }
  return parsed;
}

/** Reads one value of `lambdaInvoke.guard`: a list of `{ match, level, alias?, tag? }`. */
export function readGuard(value: unknown, known: KnownNames): ParsedGuards {
  const parsed: ParsedGuards = { rules: [], problems: [] };
  if (isNothing(value)) return parsed;
  const report = reporter(parsed, "guard");
  if (!Array.isArray(value)) report(`${shown(value)} isn't a list. Write [{ "match": "prod/**", … }].`);
  for (const entry of Array.isArray(value) ? value : [value])
    parsed.rules.push(...readEntry(entry, known, report));
  return parsed;
}

type Report = (message: string) => void;

function reporter({ problems }: ParsedGuards, setting: GuardSetting): Report {
  return (message) => void problems.push({ setting, message });
}

const ENTRY_KEYS = new Set(["match", "level", "alias", "tag"]);

function readEntry(entry: unknown, known: KnownNames, report: Report): GuardRule[] {
  if (!isObject(entry)) {
    report(`${shown(entry)} must be { "match": …, "level": … }. All that it matches takes dry runs only.`);
    return readMatch(entry, known, report).map((scope) => rule(scope, STRICTEST, "guard", entry));
  }
  const unknown = Object.keys(entry).find((key) => !ENTRY_KEYS.has(key));
  if (unknown !== undefined) report(`“${unknown}” isn't known. Keys are match, level, alias and tag.`);
  const { match, alias, tag } = entry;
  const narrowed = alias !== undefined || tag !== undefined;
  const scopes = match === undefined && narrowed ? [pattern(EVERYTHING)] : readMatch(match, known, report);
  const qualifiers = readAlias(alias, report);
  const tags = readTags(tag, report);
  // The key that isn't known may have meant any level.
  const level = unknown !== undefined && !("level" in entry) ? STRICTEST : levelOf(entry["level"], report);
  return scopes.map((scope) => ({ ...rule(scope, level, "guard", match ?? entry), qualifiers, tags }));
}

function rule(scope: GuardScope, level: GuardLevel, setting: GuardSetting, value: unknown): GuardRule {
  return { scope, level, setting, source: `${shown(value)} in lambdaInvoke.${setting}` };
}

/** Without a level, an entry asks as `protected` does; one that isn't a level is taken for the strictest. */
function levelOf(value: unknown, report: Report): GuardLevel {
  if (value === undefined) return "confirm";
  const level = readLevel(value);
  if (level) return level;
  report(`${shown(value)} isn't a level, so only dry runs are sent. Use ${GUARD_LEVELS.join(", ")}.`);
  return STRICTEST;
}

function readMatch(value: unknown, known: KnownNames, report: Report): GuardScope[] {
  if (Array.isArray(value) && value.length > 0)
    return value.flatMap((each) => readMatch(each, known, report));
  if (typeof value === "string")
    return splitPatterns(value, known, report).map((each) => readPattern(each, known, report));
  report(`${shown(value)} isn't a pattern, so everything is guarded. Write for example "prod/**".`);
  return [pattern(EVERYTHING)];
}

const SEPARATOR = /[,;\n]/;

/** Several patterns in one string, unless a connection is called that. */
function splitPatterns(text: string, known: KnownNames, report: Report): string[] {
  const parts = text.split(SEPARATOR).filter((part) => part.trim() !== "");
  const isName = known.some((name) => SEPARATOR.test(name) && normalize(text).includes(normalize(name)));
  if (parts.length < 2 || isName) return [text];
  report(`“${text}” is taken for ${parts.length} patterns. Write each as an entry of its own.`);
  return parts;
}

function readPattern(text: string, known: KnownNames, report: Report): GuardScope {
  const literal = readGuardPattern(text);
  if (!literal) {
    report(`“${text}” isn't a pattern, so everything is guarded. Write for example "prod/**".`);
    return pattern(EVERYTHING);
  }
  if (literal.names(known)) return pattern(literal);
  const loose = hasGlobSyntax(text) ? readGuardPattern(loosen(text)) : undefined;
  if (loose?.names(known)) {
    report(`“${text}”: only *, ** and ? are wildcards, so “${loosen(text)}” is guarded. Write each pattern.`);
    return pattern(loose);
  }
  if (literal.namesOne) {
    report(
      `“${text}” matches no connection, so every function on AWS is guarded. Write connection/function.`,
    );
    return { kind: "aws" };
  }
  if (text.includes("/"))
    report(`“${text}” matches no connection, so it guards nothing yet. Check the name.`);
  return pattern(literal);
}

function pattern(found: GuardPattern): GuardScope {
  return { kind: "pattern", pattern: found };
}

/** The patterns of `alias`; what isn't one leaves every version guarded. */
function readAlias(value: unknown, report: Report): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const found = Array.isArray(value) ? value : [value];
  if (found.length > 0 && found.every(isText)) return found;
  report(`${shown(value)} isn't an alias, so every version is guarded. Write for example "live".`);
  return undefined;
}

/** The patterns of `tag`: `"key"`, `"key=value"` or a list of these; what isn't one is as if no tag were asked for. */
function readTags(value: unknown, report: Report): readonly TagPattern[] | undefined {
  if (value === undefined) return undefined;
  const found = Array.isArray(value) ? value : [value];
  if (found.length > 0 && found.every(isText)) return found.map(toTag);
  report(`${shown(value)} isn't a tag, so functions with any tag are guarded. Write for example "env=prod".`);
  return undefined;
}

function toTag(text: string): TagPattern {
  const [key = "", ...value] = text.split("=");
  return { key: key.trim(), value: value.length === 0 ? undefined : value.join("=").trim() };
}

/** Nothing is set, or nothing is said to be guarded. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as a person finds it in the settings, shortened. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? `“${value}”` : (JSON.stringify(value) ?? "Nothing");
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
