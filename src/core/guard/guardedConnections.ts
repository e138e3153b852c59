import { type GuardLevel, isAtLeast, readLevel } from "./guardLevel.ts";
import type { GuardProblem } from "./guardRule.ts";
import { type ParsedGuards, shown } from "./guardSettings.ts";
import { awsPlace, type Place } from "./place.ts";

/** A name that a connection has, and where the connection leads. */
export interface NamedPlace {
  name: string;
  place: Place;
}

/** What one value of `lambdaInvoke.connections` comes to as far as guards are concerned. */
export interface GuardedConnections extends ParsedGuards {
  names: NamedPlace[];
}

/**
 * Reads which connections are guarded, and what each may be called. An entry that isn't a valid connection because a part of it
 * can't be understood, guards what it may have meant all the same.
 */
export function readGuardedConnections(setting: unknown, defaultProfile: string): GuardedConnections {
  const found: GuardedConnections = { rules: [], problems: [], names: [] };
  for (const entry of Array.isArray(setting) ? setting : [setting])
    if (isObject(entry)) readEntry(entry, defaultProfile, found);
  return found;
}

function readEntry(
  entry: Record<string, unknown>,
  defaultProfile: string,
  { rules, problems, names }: GuardedConnections,
): void {
  const { name, profile, region, endpoint } = entry;
  const regions = Array.isArray(region) && region.length > 0 ? region : [region];
  const label = [name, profile, hostOf(endpoint)].find(isText) ?? "default";
  const level = levelOf(entry, label, problems);
  const setting = "connections";
  const source = `connection ${label} in lambdaInvoke.connections`;
  const isReadable = [name, profile, endpoint, ...regions].every(
    (part) => part === undefined || isText(part),
  );
  if (!isReadable && level) rules.push({ level, source, setting, scope: { kind: "aws" } });
  const called: string[] = [];
  for (const each of regions) {
    const [known, at, host] = [profile, each, endpoint].map((part) => (isText(part) ? part : undefined));
    const place = awsPlace({ profile: known, region: at, endpoint: host }, defaultProfile);
    if (level) rules.push({ level, source, setting, scope: { kind: "place", place } });
    called.push(...(at === undefined ? [label] : [label, `${label} ${at}`]));
    for (const own of [label, known ?? label])
      for (const name of at === undefined ? [own] : [own, `${own} ${at}`]) names.push({ name, place });
  }
  if (level) rules.push({ level, source, setting, scope: { kind: "called", names: called } });
}

/** What the entry's `protected` says, also if that's misspelled; only `false` leaves a connection unguarded. */
function levelOf(
  entry: Record<string, unknown>,
  label: string,
  problems: GuardProblem[],
): GuardLevel | undefined {
  const levels: GuardLevel[] = [];
  for (const [key, value] of Object.entries(entry)) {
    if (!/protect|guard/i.test(key)) continue;
    if (key !== "protected") report(`“${key}” of ${label} isn't known. Write “protected”.`);
    if (value === undefined || value === false) continue;
    const level = value === true ? "confirm" : readLevel(value);
    if (!level) {
      report(
        `“${key}” of ${label} is ${shown(value)}, so it's taken for ${guessLevel(value)}. Write true, false or a level.`,
      );
    }
    levels.push(level ?? guessLevel(value));
  }
  return levels.toSorted((a, b) => (isAtLeast(a, b) ? -1 : 1))[0];

  function report(message: string): void {
    problems.push({ setting: "connections", message });
  }
}

/** The level that something else than a level may have meant. */
function guessLevel(value: unknown): GuardLevel {
  if (typeof value !== "string") return "confirm";
  if (/dry/i.test(value)) return "dryRunOnly";
  return /typ/i.test(value) ? "type" : "confirm";
}

function hostOf(endpoint: unknown): string | undefined {
  return typeof endpoint === "string" && URL.canParse(endpoint) ? new URL(endpoint).host : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
