import type { Entry } from "../discovery/catalog/catalog.ts";
import type { ApiAnswer, ApiRequest } from "../http/request.ts";
import { logGroupOf } from "../model/identity.ts";
import type { LogStore, StoredLine } from "../logs/store.ts";
import { ApiError, notOffered } from "../model/errors.ts";
import { startLiveTail } from "./liveTail.ts";
import { filterLogEvents, getLogEvents } from "./logEvents.ts";
import { describeLogGroups, describeLogStreams } from "./logGroups.ts";
import { LogInput } from "./logInput.ts";

/** What the CloudWatch Logs API needs of the rest of the service. */
export interface LogsBackend {
  logs: LogStore;
  /** ms since 1970 */
  now: () => number;
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
  const input = () => new LogInput(request.body);
  const groups = await groupNames(backend, signal);
  const lines = () => linesOf(input().groupName(), groups, backend.logs);
  switch (operation) {
    case "FilterLogEvents":
      return json(filterLogEvents(input(), lines()));
    case "GetLogEvents":
      return json(getLogEvents(input(), lines()));
    case "DescribeLogGroups":
      return json(describeLogGroups(input(), groups, backend.logs));
    case "DescribeLogStreams":
      return json(describeLogStreams(input(), lines()));
    case "StartLiveTail":
      return startLiveTail(input(), { ...backend, groups, requestId: request.requestId }, signal);
    default:
      throw notOffered(operation === "" ? `${request.method} ${request.path}` : `logs:${operation}`);
  }
}

function json(body: object): ApiAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: JSON.stringify(body),
  };
}

/** The groups of all functions, those that have not run too, and of those that are no longer declared. */
async function groupNames(backend: LogsBackend, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const declared = [...(await backend.entries(signal)).values()].map(({ fn }) => logGroupOf(fn));
  return new Set([...declared, ...backend.logs.groups()].sort());
}

function linesOf(group: string, groups: ReadonlySet<string>, logs: LogStore): readonly StoredLine[] {
  if (groups.has(group)) return logs.lines(group);
  throw new ApiError("ResourceNotFoundException", 400, "The specified log group does not exist.");
}
