/** A log line of the local service about an event's record for a destination. */
export interface DestinationLine {
  requestId: string;
  kind: "OnSuccess" | "OnFailure" | "DeadLetter";
  /** The destination's ARN. */
  to: string;
  /** What happened to the record, in a few words. */
  result: string;
  /** The record, or the event for a dead-letter queue; JSON. */
  body: string;
}

/** The line as it's written to the function's log group, with a line feed at the end. */
export function formatDestinationLine({ requestId, kind, to, result, body }: DestinationLine): string {
  return `DESTINATION RequestId: ${requestId} ${kind}: ${to} (${result})\t${body}\n`;
}

/** The content of such a line; undefined for any other line. */
export function parseDestinationLine(line: string): DestinationLine | undefined {
  const match =
    /^DESTINATION RequestId: (\S+) (OnSuccess|OnFailure|DeadLetter): (\S+) \(([^\t]*)\)\t(.*)\n$/s.exec(line);
  if (!match) return undefined;
  const [, requestId = "", kind, to = "", result = "", body = ""] = match;
  return { requestId, kind: kind as DestinationLine["kind"], to, result, body };
}
