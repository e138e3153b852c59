import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  type FilteredLogEvent,
} from "@aws-sdk/client-cloudwatch-logs";
import type { CallBudget } from "../core/invocation/logCallBudget.ts";
import type { LogGroupFacts, LogLine, LogQuery } from "../core/ports.ts";

type LogsOptions = NonNullable<ConstructorParameters<typeof CloudWatchLogsClient>[0]>;

/** The most pages of one search; the log of a run that has more is shown in part. */
const MOST_PAGES = 20;

/** A CloudWatch Logs client, with the SDK's own retries: reading is safe to repeat. */
export function logsClient(options: LogsOptions): CloudWatchLogsClient {
  return new CloudWatchLogsClient(options);
}

/** The client of a call, and the budget that each of its requests is taken from, repeated ones too. */
export interface LogCaller {
  client: CloudWatchLogsClient;
  budget: CallBudget;
}

/** FilterLogEvents: the lines of a group that contain a string, in order; none where the group doesn't exist yet. */
export async function searchLog(
  caller: LogCaller,
  query: LogQuery,
  signal: AbortSignal,
): Promise<readonly LogLine[]> {
  const found: LogLine[] = [];
  let pages = 0;
  try {
    for await (const page of readLog(caller, query, signal)) {
      for (const line of page) found.push(line);
      if (++pages === MOST_PAGES && query.allPages !== true) break;
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
  { client, budget }: LogCaller,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<readonly LogLine[]> {
  let nextToken: string | undefined;
  do {
    const command = new FilterLogEventsCommand({ ...toInput(query), nextToken });
    // Inside of the SDK's retries: a repeated request is one more.
    const place = { relation: "after", toMiddleware: "retryMiddleware" } as const;
    command.middlewareStack.addRelativeTo(takenFrom(budget, signal), { name: "logCallBudget", ...place });
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
  const { arn, creationTime, logGroupArn, logGroupClass, retentionInDays } = group;
  // The older of both means the group's streams.
  const ownArn = logGroupArn ?? arn?.replace(/:\*$/, "");
  return { arn: ownArn, logClass: logGroupClass, createdAtMs: creationTime, retentionDays: retentionInDays };
}

/** A step of a request that waits until the budget has one call. */
function takenFrom(budget: CallBudget, signal: AbortSignal) {
  return <Sent, Output>(next: (sent: Sent) => Promise<Output>) =>
    async (sent: Sent): Promise<Output> => {
      await budget.take(signal);
      return next(sent);
    };
}

function toInput({ logGroup, stream, text, sinceMs, untilMs }: LogQuery): FilterLogEventsCommandInput {
  return {
    logGroupName: logGroup,
    startTime: sinceMs,
    endTime: untilMs,
    logStreamNames: stream === undefined ? undefined : [stream],
    filterPattern: text === undefined ? undefined : toPattern(text),
  };
}

/** One term, or several of which a line has at least one (CloudWatch Logs User Guide, Filter pattern syntax). */
function toPattern(text: string | readonly string[]): string {
  if (typeof text === "string") return `"${text}"`;
  const [first = "", ...others] = text;
  return others.length === 0 ? `"${first}"` : text.map((each) => `?"${each}"`).join(" ");
}

function toLine({ eventId, logStreamName, message, timestamp }: FilteredLogEvent): LogLine[] {
  if (eventId === undefined || logStreamName === undefined || timestamp === undefined) return [];
  return [{ id: eventId, stream: logStreamName, message: message ?? "", timestamp }];
}
