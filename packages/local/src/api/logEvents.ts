import type {
  FilteredLogEvent,
  FilterLogEventsCommandOutput,
  GetLogEventsCommandOutput,
} from "@aws-sdk/client-cloudwatch-logs";
import { filterPattern } from "../logs/filter.ts";
import type { StoredLogEvent } from "../logs/logStore.ts";
import { ApiError } from "../model/errors.ts";
import { invalidInput, type LogInput } from "./logInput.ts";

/** Limits of a page. Source: FilterLogEvents and GetLogEvents in the CloudWatch Logs API reference. */
const pageLimits = { events: 10_000, bytes: 1024 * 1024 };
/** Added by CloudWatch Logs to the size of each message. */
const EVENT_OVERHEAD_BYTES = 26;

/** Where a page begins: after the line with this id, or before it. */
interface Cursor {
  forward: boolean;
  id: number;
}

/** FilterLogEvents. Throws an `ApiError` 400. */
export function filterLogEvents(input: LogInput, lines: readonly StoredLogEvent[]) {
  const matches = filterPattern(input.string("filterPattern") ?? "");
  const inTime = timeRange(input, true);
  const inStream = streamFilter(input);
  const cursor = readCursor(input) ?? start(input.boolean("startFromHead", true));
  const limit = input.limit(pageLimits.events);
  const found = lines.filter((line) => inTime(line) && inStream(line) && matches(line.message));
  const { page, more } = pageFrom(found, cursor, limit);
  if (!cursor.forward) page.reverse();
  const last = page.at(-1);
  return {
    events: page.map(toFilteredEvent),
    searchedLogStreams: [],
    nextToken: more && last ? tokenOf({ forward: cursor.forward, id: last.id }) : undefined,
  } satisfies Omit<FilterLogEventsCommandOutput, "$metadata">;
}

/**
 * GetLogEvents: the lines of one stream, by default its end. Both tokens are always returned; an unchanged token means that
 * there are no more lines. Throws an `ApiError` 400.
 */
export function getLogEvents(input: LogInput, lines: readonly StoredLogEvent[]) {
  const stream = input.string("logStreamName");
  if (stream === undefined) throw invalidInput("logStreamName is required.");
  const own = lines.filter((line) => line.stream === stream);
  if (own.length === 0)
    throw new ApiError("ResourceNotFoundException", 400, "The specified log stream does not exist.");
  const cursor = readCursor(input) ?? start(input.boolean("startFromHead", false));
  const { page } = pageFrom(own.filter(timeRange(input, false)), cursor, input.limit(pageLimits.events));
  const newest = own.at(-1)?.id ?? cursor.id;
  const [first, last] = [page.at(0)?.id ?? cursor.id, page.at(-1)?.id ?? Math.min(cursor.id, newest)];
  return {
    events: page.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: timestamp })),
    nextForwardToken: tokenOf({ forward: true, id: last }),
    nextBackwardToken: tokenOf({ forward: false, id: first }),
  } satisfies Omit<GetLogEventsCommandOutput, "$metadata">;
}

/** The lines next to the cursor, oldest first, within the page limits; at least one line, whatever its length. */
function pageFrom(lines: readonly StoredLogEvent[], { forward, id }: Cursor, limit: number) {
  const rest = lines.filter((line) => (forward ? line.id > id : line.id < id));
  if (!forward) rest.reverse();
  let bytes = 0;
  const end = rest.slice(0, limit).findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    return bytes > pageLimits.bytes && index > 0;
  });
  const page = rest.slice(0, end < 0 ? limit : end);
  const more = rest.length > page.length;
  if (!forward) page.reverse();
  return { page, more };
}

function toFilteredEvent(line: StoredLogEvent) {
  return {
    logStreamName: line.stream,
    timestamp: line.timestamp,
    message: line.message,
    ingestionTime: line.timestamp,
    eventId: String(line.id).padStart(56, "0"),
  } satisfies FilteredLogEvent;
}

/** From `startTime` to `endTime`, which FilterLogEvents includes and GetLogEvents doesn't. */
function timeRange(input: LogInput, endCounts: boolean): (line: StoredLogEvent) => boolean {
  const [from, to] = [input.number("startTime") ?? 0, input.number("endTime") ?? Infinity];
  if (from > to) throw invalidInput("End time must not be before start time.");
  return ({ timestamp }) => timestamp >= from && (timestamp < to || (endCounts && timestamp === to));
}

function streamFilter(input: LogInput): (line: StoredLogEvent) => boolean {
  const [names, prefix] = [input.strings("logStreamNames"), input.string("logStreamNamePrefix")];
  if (names && prefix !== undefined)
    throw invalidInput("logStreamNamePrefix and logStreamNames are mutually exclusive parameters.");
  if (names) return ({ stream }) => names.includes(stream);
  return ({ stream }) => stream.startsWith(prefix ?? "");
}

function start(forward: boolean): Cursor {
  return { forward, id: forward ? -1 : Number.MAX_SAFE_INTEGER };
}

function tokenOf({ forward, id }: Cursor): string {
  return `${forward ? "f" : "b"}/${id}`;
}

function readCursor(input: LogInput): Cursor | undefined {
  const token = input.string("nextToken");
  if (token === undefined) return undefined;
  const match = /^([fb])\/(-?\d+)$/.exec(token);
  if (!match) throw invalidInput("The specified nextToken is invalid.");
  return { forward: match[1] === "f", id: Number(match[2]) };
}
