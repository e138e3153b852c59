import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type FilteredLogEvent,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogGroupFacts, LogLine, LogQuery } from "../core/ports.ts";

type LogsOptions = NonNullable<ConstructorParameters<typeof CloudWatchLogsClient>[0]>;

/** The most pages of one search; the log of a run that has more is shown in part. */
const MOST_PAGES = 20;

/** A CloudWatch Logs client, with the SDK's own retries: reading is safe to repeat. */
export function logsClient(options: LogsOptions): CloudWatchLogsClient {
  return new CloudWatchLogsClient(options);
}

/** FilterLogEvents: the lines of a group that contain a string, in order; none where the group doesn't exist yet. */
export async function searchLog(
  client: CloudWatchLogsClient,
  query: LogQuery,
  signal: AbortSignal,
): Promise<readonly LogLine[]> {
  const found: LogLine[] = [];
  let pages = 0;
  try {
    for await (const page of readLog(client, query, signal)) {
      found.push(...page);
      if (++pages === MOST_PAGES) break;
    }
  } catch (error) {
    // the group is made by the function's first run
    if (error instanceof Error && error.name === "ResourceNotFoundException") return [];
    throw error;
  }
  return found;
}

/** FilterLogEvents, a page at a time, on demand. Throws the SDK's errors. */
export async function* readLog(
  client: CloudWatchLogsClient,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<readonly LogLine[]> {
  let nextToken: string | undefined;
  do {
    const command = new FilterLogEventsCommand({ ...toInput(query), nextToken });
    const output = await client.send(command, { abortSignal: signal });
    yield (output.events ?? []).flatMap(toLine);
    // Some emulators return the same token forever.
    nextToken = output.nextToken === nextToken ? undefined : output.nextToken;
  } while (nextToken !== undefined);
}

/** DescribeLogGroups for one group; `undefined` if it isn't there. Rejects with the SDK's errors. */
export async function readLogGroupFacts(
  client: CloudWatchLogsClient,
  name: string,
  signal: AbortSignal,
): Promise<LogGroupFacts | undefined> {
  // The group itself comes first: of all names with this beginning, it's the shortest.
  const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: name });
  const { logGroups = [] } = await client.send(command, { abortSignal: signal });
  const group = logGroups.find(({ logGroupName }) => logGroupName === name);
  if (!group) return undefined;
  const { creationTime, logGroupClass, retentionInDays } = group;
  return { logClass: logGroupClass, createdAtMs: creationTime, retentionDays: retentionInDays };
}

function toInput({ logGroup, stream, text, sinceMs, untilMs }: LogQuery): {
  logGroupName: string;
  startTime: number;
  endTime?: number;
  logStreamNames?: string[];
  filterPattern?: string;
} {
  return {
    logGroupName: logGroup,
    startTime: sinceMs,
    ...(untilMs === undefined ? {} : { endTime: untilMs }),
    ...(stream === undefined ? {} : { logStreamNames: [stream] }),
    ...(text === undefined ? {} : { filterPattern: `"${text}"` }),
  };
}

function toLine({ eventId, logStreamName, message, timestamp }: FilteredLogEvent): LogLine[] {
  if (eventId === undefined || logStreamName === undefined || timestamp === undefined) return [];
  return [{ id: eventId, stream: logStreamName, message: message ?? "", timestamp }];
}
