import {
  type CloudWatchLogsClient,
  type LiveTailSessionLogEvent,
  StartLiveTailCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LiveTailPart, LogLine } from "../core/ports.ts";

/**
 * StartLiveTail of one log group: a part for the beginning of the session, and then one for each of its updates. Returns
 * when CloudWatch Logs ends the session at its limit of time. Throws the SDK's errors, also if the session breaks.
 */
export async function* readLiveTail(
  client: CloudWatchLogsClient,
  logGroupArn: string,
  signal: AbortSignal,
): AsyncGenerator<LiveTailPart> {
  const command = new StartLiveTailCommand({ logGroupIdentifiers: [logGroupArn] });
  const { responseStream = [] } = await client.send(command, { abortSignal: signal });
  try {
    for await (const { sessionStart, sessionUpdate } of responseStream) {
      signal.throwIfAborted();
      if (sessionStart) yield { lines: [], isSampled: false };
      const { sessionMetadata, sessionResults = [] } = sessionUpdate ?? {};
      if (sessionUpdate)
        yield { lines: sessionResults.map(toLine), isSampled: sessionMetadata?.sampled === true };
    }
  } catch (error) {
    if (error instanceof Error && error.name === "SessionTimeoutException") return;
    throw error;
  }
  throw new Error("The connection was closed.");
}

/** Its lines have no ids. */
function toLine({ logStreamName = "", message = "", timestamp = 0 }: LiveTailSessionLogEvent): LogLine {
  return { id: "", stream: logStreamName, message, timestamp };
}
