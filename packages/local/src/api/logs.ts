import type { CatalogEntry } from "../discovery/catalog/catalogEntries.ts";
import type { ApiResponse, ApiRequest } from "../http/request.ts";
import { logGroupOf } from "../model/identity.ts";
import type { LogStore, StoredLogEvent } from "../logs/logStore.ts";
import { ApiError, notSupported } from "../model/errors.ts";
import { startLiveTail } from "./liveTail.ts";
import { filterLogEvents, getLogEvents } from "./logEvents.ts";
import { describeLogGroups, describeLogStreams } from "./logGroups.ts";
import { LogInput } from "./logInput.ts";

export interface LogsBackend {
  logs: LogStore;
  /** ms since 1970 */
  now: () => number;
  entries(signal: AbortSignal): Promise<ReadonlyMap<string, CatalogEntry>>;
}

const OPERATION_PREFIX = "Logs_20140328.";

/** Handles a request of the CloudWatch Logs API (JSON 1.1). Throws an `ApiError`. */
export async function handleLogs(
  request: ApiRequest,
  backend: LogsBackend,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const operation = (request.headers["x-amz-target"] ?? "").replace(OPERATION_PREFIX, "");
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
      throw notSupported(operation === "" ? `${request.method} ${request.path}` : `logs:${operation}`);
  }
}

function json(body: object): ApiResponse {
  return {
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: JSON.stringify(body),
  };
}

/** The groups of all functions, also of those that haven't run yet or are no longer declared. */
async function groupNames(backend: LogsBackend, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const declared = [...(await backend.entries(signal)).values()].map(({ fn }) => logGroupOf(fn));
  return new Set([...declared, ...backend.logs.groups()].sort());
}

function linesOf(group: string, groups: ReadonlySet<string>, logs: LogStore): readonly StoredLogEvent[] {
  if (groups.has(group)) return logs.lines(group);
  throw new ApiError("ResourceNotFoundException", 400, "The specified log group does not exist.");
}
