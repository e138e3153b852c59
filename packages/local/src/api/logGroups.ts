import type {
  DescribeLogGroupsCommandOutput,
  DescribeLogStreamsCommandOutput,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogStore, StoredLine } from "../logs/store.ts";
import { invalidInput, logGroupArn, type LogInput } from "./logInput.ts";

const pageSize = 50;

/** DescribeLogGroups, in order of their names. Throws an `ApiError` 400. */
export function describeLogGroups(input: LogInput, groups: ReadonlySet<string>, logs: LogStore) {
  const [start, part] = [input.text("logGroupNamePrefix"), input.text("logGroupNamePattern")];
  if (start !== undefined && part !== undefined)
    throw invalidInput("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  const names = [...groups]
    .filter((name) => name.startsWith(start ?? ""))
    .filter((name) => part === undefined || name.toLowerCase().includes(part.toLowerCase()));
  const { page, next } = pageOf(names, input, pageSize);
  return {
    logGroups: page.map((name) => toGroup(name, logs.lines(name))),
    ...next,
  } satisfies Omit<DescribeLogGroupsCommandOutput, "$metadata">;
}

function toGroup(name: string, lines: readonly StoredLine[]) {
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
export function describeLogStreams(input: LogInput, lines: readonly StoredLine[]) {
  const [start, order] = [input.text("logStreamNamePrefix"), input.text("orderBy") ?? "LogStreamName"];
  if (order !== "LogStreamName" && order !== "LastEventTime")
    throw invalidInput(`'${order}' is no orderBy; it must be LogStreamName or LastEventTime.`);
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
  if (input.flag("descending", false)) streams.reverse();
  const { page, next } = pageOf(streams, input, pageSize);
  return { logStreams: page, ...next } satisfies Omit<DescribeLogStreamsCommandOutput, "$metadata">;
}

function toStreams(group: string, lines: readonly StoredLine[]) {
  const byName = Map.groupBy(lines, ({ stream }) => stream);
  return [...byName].map(([name, own]) => {
    const first = own.reduce((least, { timestamp }) => Math.min(least, timestamp), Infinity);
    const last = own.reduce((most, { timestamp }) => Math.max(most, timestamp), 0);
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

/** Items of a list from where the token says. Throws an `ApiError` 400. */
function pageOf<Item>(items: readonly Item[], input: LogInput, most: number) {
  const token = input.text("nextToken");
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw invalidInput("The specified nextToken is invalid.");
  const page = items.slice(from, from + input.limit(most));
  const end = from + page.length;
  return { page, next: end < items.length ? { nextToken: String(end) } : {} };
}
