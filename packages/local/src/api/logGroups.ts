import type {
  DescribeLogGroupsCommandOutput,
  DescribeLogStreamsCommandOutput,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogStore, StoredLogEvent } from "../logs/logStore.ts";
import { invalidInput, logGroupArn, type LogInput } from "./logInput.ts";

const PAGE_SIZE = 50;

/** DescribeLogGroups. Throws an `ApiError` 400. */
export function describeLogGroups(input: LogInput, groups: ReadonlySet<string>, logs: LogStore) {
  const [start, part] = [input.string("logGroupNamePrefix"), input.string("logGroupNamePattern")];
  if (start !== undefined && part !== undefined)
    throw invalidInput("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  const names = [...groups]
    .filter((name) => name.startsWith(start ?? ""))
    .filter((name) => part === undefined || name.toLowerCase().includes(part.toLowerCase()));
  const { page, next } = pageOf(names, input, PAGE_SIZE);
  return {
    logGroups: page.map((name) => toGroup(name, logs.lines(name))),
    ...next,
  } satisfies Omit<DescribeLogGroupsCommandOutput, "$metadata">;
}

function toGroup(name: string, lines: readonly StoredLogEvent[]) {
  const arn = logGroupArn(name);
  return {
    logGroupName: name,
    creationTime: lines[0]?.timestamp ?? 0,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupArn: arn,
    logGroupClass: "STANDARD" as const,
    storedBytes: lines.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0),
  };
}

/** DescribeLogStreams of a group's lines. Throws an `ApiError` 400. */
export function describeLogStreams(input: LogInput, lines: readonly StoredLogEvent[]) {
  const [start, order] = [input.string("logStreamNamePrefix"), input.string("orderBy") ?? "LogStreamName"];
  if (order !== "LogStreamName" && order !== "LastEventTime")
    throw invalidInput(`'${order}' isn't a valid orderBy. Use LogStreamName or LastEventTime.`);
  if (order === "LastEventTime" && start !== undefined)
    throw invalidInput("Cannot order by LastEventTime with a logStreamNamePrefix.");
  const streams = toStreams(input.groupName(), lines).filter(({ logStreamName: name }) =>
    name.startsWith(start ?? ""),
  );
  streams.sort((a, b) =>
    order === "LastEventTime"
      ? a.lastEventTimestamp - b.lastEventTimestamp
      : a.logStreamName < b.logStreamName
        ? -1
        : 1,
  );
  if (input.boolean("descending", false)) streams.reverse();
  const { page, next } = pageOf(streams, input, PAGE_SIZE);
  return { logStreams: page, ...next } satisfies Omit<DescribeLogStreamsCommandOutput, "$metadata">;
}

function toStreams(group: string, lines: readonly StoredLogEvent[]) {
  const byName = Map.groupBy(lines, ({ stream }) => stream);
  return [...byName].map(([name, own]) => {
    const first = own.reduce((min, { timestamp }) => Math.min(min, timestamp), Infinity);
    const last = own.reduce((max, { timestamp }) => Math.max(max, timestamp), 0);
    return {
      logStreamName: name,
      creationTime: first,
      firstEventTimestamp: first,
      lastEventTimestamp: last,
      lastIngestionTime: last,
      uploadSequenceToken: "0",
      arn: `${logGroupArn(group)}:log-stream:${name}`,
      storedBytes: 0,
    };
  });
}

/** The page of items at the request's token. Throws an `ApiError` 400. */
function pageOf<Item>(items: readonly Item[], input: LogInput, max: number) {
  const token = input.string("nextToken");
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw invalidInput("The specified nextToken is invalid.");
  const page = items.slice(from, from + input.limit(max));
  const end = from + page.length;
  return { page, next: end < items.length ? { nextToken: String(end) } : {} };
}
