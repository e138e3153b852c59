import type { FilteredLogEvent, FilterLogEventsCommandOutput } from "@aws-sdk/client-cloudwatch-logs";
import type { Entry } from "../discovery/catalog.ts";
import type { ApiAnswer, ApiRequest } from "../http/server.ts";
import { logGroupOf } from "../identity.ts";
import { filterPattern } from "../logs/filter.ts";
import type { LogStore, StoredLine } from "../logs/store.ts";
import { ApiError, invalidParameter } from "./errors.ts";
import { notOffered } from "./lambda.ts";

/** What the CloudWatch Logs API needs of the rest of the service. */
export interface LogsBackend {
  logs: LogStore;
  entries(signal: AbortSignal): Promise<ReadonlyMap<string, Entry>>;
}

const prefix = "Logs_20140328.";

/** Answers a request of the CloudWatch Logs API (JSON 1.1). Throws an `ApiError`. */
export async function answerLogs(
  request: ApiRequest,
  backend: LogsBackend,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const operation = (request.headers["x-amz-target"] ?? "").replace(prefix, "");
  const input = readInput(request.body);
  switch (operation) {
    case "FilterLogEvents":
      return json(filterLogEvents(input, await linesOf(groupName(input), backend, signal)));
    default:
      throw notOffered(`logs:${operation}`);
  }
}

function json(body: object): ApiAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: JSON.stringify(body),
  };
}

type Input = Readonly<Record<string, unknown>>;

function readInput(body: Buffer): Input {
  try {
    return JSON.parse(body.toString()) as Input;
  } catch {
    throw new ApiError("SerializationException", 400, "The request's body is no JSON object.");
  }
}

function groupName(input: Input): string {
  const { logGroupName: name, logGroupIdentifier: identifier } = input;
  const given = typeof name === "string" ? name : identifier;
  if (typeof given !== "string")
    throw invalidParameter("Either logGroupName or logGroupIdentifier must be given.");
  return given.replace(/^arn:[^:]*:logs:[^:]*:\d+:log-group:/, "");
}

async function linesOf(
  group: string,
  backend: LogsBackend,
  signal: AbortSignal,
): Promise<readonly StoredLine[]> {
  const lines = backend.logs.lines(group);
  if (lines.length > 0) return lines;
  const declared = [...(await backend.entries(signal)).keys()].some((name) => logGroupOf(name) === group);
  if (declared) return [];
  throw new ApiError("ResourceNotFoundException", 400, "The specified log group does not exist.");
}

const pageLimit = 10_000;

/** Lines in the order they came; a page ends at `limit`, and the next begins after the line that its token names. */
function filterLogEvents(input: Input, lines: readonly StoredLine[]) {
  const matches = filterPattern(typeof input["filterPattern"] === "string" ? input["filterPattern"] : "");
  const limit = Math.min(numberIn(input, "limit") ?? pageLimit, pageLimit);
  const after = typeof input["nextToken"] === "string" ? Number(input["nextToken"].split("/")[1]) : -1;
  const inTime = timeRange(input);
  const inStream = streamFilter(input);
  const found = lines.filter(
    (line) => line.id > after && inTime(line) && inStream(line) && matches(line.message),
  );
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    events: page.map(toEvent),
    searchedLogStreams: [],
    ...(found.length > limit && last && { nextToken: `line/${last.id}` }),
  } satisfies Omit<FilterLogEventsCommandOutput, "$metadata">;
}

function toEvent(line: StoredLine) {
  return {
    logStreamName: line.stream,
    timestamp: line.timestamp,
    message: line.message,
    ingestionTime: line.timestamp,
    eventId: String(line.id).padStart(56, "0"),
  } satisfies FilteredLogEvent;
}

function timeRange(input: Input): (line: StoredLine) => boolean {
  const start = numberIn(input, "startTime") ?? 0;
  const end = numberIn(input, "endTime") ?? Infinity;
  return (line) => line.timestamp >= start && line.timestamp <= end;
}

function streamFilter(input: Input): (line: StoredLine) => boolean {
  const { logStreamNames: names, logStreamNamePrefix: start } = input;
  if (Array.isArray(names)) return (line) => names.includes(line.stream);
  if (typeof start === "string") return (line) => line.stream.startsWith(start);
  return () => true;
}

function numberIn(input: Input, key: string): number | undefined {
  const value = input[key];
  return typeof value === "number" ? value : undefined;
}
