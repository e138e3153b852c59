import type { AwsConnection, LocalConnection } from "./connection.ts";

/** The connections of the setting `lambdaInvoke.connections`, and a sentence for each invalid entry. */
export interface ParsedConnections {
  connections: readonly AwsConnection[];
  problems: readonly string[];
}

/** The name of the connection to the local Lambda service; no other may have it. */
export const LOCAL_NAME = "Local";

/** The connection to the local Lambda service. */
export const LOCAL: LocalConnection = { kind: "local", name: LOCAL_NAME };

/** Reads the setting: an entry with several regions is a connection for each. */
export function parseConnections(setting: unknown): ParsedConnections {
  if (!Array.isArray(setting)) {
    return {
      connections: [],
      problems: ["The setting lambdaInvoke.connections must be a list. FixAction it in the settings."],
    };
  }
  const connections: AwsConnection[] = [];
  const problems: string[] = [];
  for (const [index, entry] of setting.entries()) {
    const problem = entryProblem(entry);
    if (problem !== undefined)
      problems.push(`Connection ${index + 1} of lambdaInvoke.connections ${problem}`);
    else for (const found of expand(entry as ConnectionEntry)) addUnlessTaken(found, connections, problems);
  }
  return { connections, problems };
}

/** An entry of the setting `lambdaInvoke.connections`. */
export interface ConnectionEntry {
  name?: string;
  profile?: string;
  region?: string | readonly string[];
  endpoint?: string;
  /** Read by the guard, which has to understand it in its own way if it isn't what it should be. */
  protected?: unknown;
}

function entryProblem(entry: unknown): string | undefined {
  if (typeof entry !== "object" || entry === null)
    return 'must be an object, for example { "profile": "dev" }.';
  const { name, profile, region, endpoint } = entry as Record<string, unknown>;
  if (!isOptionalString(name)) return "has a name that isn't a string.";
  if (!isOptionalString(profile)) return "has a profile that isn't a string.";
  const regions = Array.isArray(region) ? region : [region];
  if (!regions.every(isOptionalString)) return "has a region that's neither a string nor a list of strings.";
  if (endpoint !== undefined && !(typeof endpoint === "string" && isHttpUrl(endpoint))) {
    return "has an endpoint that isn't an HTTP or HTTPS address such as http://localhost:4566.";
  }
  return undefined;
}

function isOptionalString(value: unknown): boolean {
  return value === undefined || (typeof value === "string" && value !== "");
}

/** Whether the string is an HTTP or HTTPS address. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function expand(entry: ConnectionEntry): AwsConnection[] {
  const regions =
    entry.region === undefined || typeof entry.region === "string" ? [entry.region] : entry.region;
  return regions.map((region) => ({
    kind: "aws",
    name: nameOf(entry, region, regions.length > 1),
    ...(entry.profile === undefined ? {} : { profile: entry.profile }),
    ...(region === undefined ? {} : { region }),
    ...(entry.endpoint === undefined ? {} : { endpoint: entry.endpoint }),
  }));
}

function nameOf(entry: ConnectionEntry, region: string | undefined, several: boolean): string {
  const own =
    entry.name ?? entry.profile ?? (entry.endpoint === undefined ? "default" : new URL(entry.endpoint).host);
  const tellRegion = several || (entry.name === undefined && region !== undefined);
  return tellRegion ? `${own} ${region}` : own;
}

function addUnlessTaken(found: AwsConnection, connections: AwsConnection[], problems: string[]): void {
  const taken = found.name === LOCAL_NAME || connections.some(({ name }) => name === found.name);
  if (taken)
    problems.push(
      `Two connections are called ${found.name}. Give one another name in lambdaInvoke.connections.`,
    );
  else connections.push(found);
}
