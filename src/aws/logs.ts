import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilteredLogEvent,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogLine, LogQuery } from "../core/ports.ts";

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
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < MOST_PAGES; page++) {
      const command = new FilterLogEventsCommand({
        ...toInput(query),
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const output = await client.send(command, { abortSignal: signal });
      found.push(...(output.events ?? []).flatMap(toLine));
      nextToken = output.nextToken;
      if (nextToken === undefined) break;
    }
  } catch (error) {
    // the group is made by the function's first run
    if (error instanceof Error && error.name === "ResourceNotFoundException") return [];
    throw error;
  }
  return found;
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
