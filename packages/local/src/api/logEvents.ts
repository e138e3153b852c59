import type {
  FilteredLogEvent,
  FilterLogEventsCommandOutput,
  GetLogEventsCommandOutput,
} from "@aws-sdk/client-cloudwatch-logs";
import { filterPattern } from "../logs/filter.ts";
import type { StoredLine } from "../logs/store.ts";
import { ApiError } from "../model/errors.ts";
import { invalidInput, type LogInput } from "./logInput.ts";

/** The most that a page has. Source: FilterLogEvents and GetLogEvents in the CloudWatch Logs API reference. */
const most = { events: 10_000, bytes: 1024 * 1024 };
/** What CloudWatch Logs counts for each event besides its message, in bytes. */
const eventOverhead = 26;

/** Where a page begins: after, or before, the line of this id. */
interface Cursor {
  forward: boolean;
  id: number;
}

/** FilterLogEvents: lines in the order they came, or the other way round. Throws an `ApiError` 400. */
export function filterLogEvents(input: LogInput, lines: readonly StoredLine[]) {
  const matches = filterPattern(input.text("filterPattern") ?? "");
  const inTime = timeRange(input, true);
  const inStream = streamFilter(input);
  const cursor = readCursor(input) ?? start(input.flag("startFromHead", true));
  const limit = input.limit(most.events);
  const found = lines.filter((line) => inTime(line) && inStream(line) && matches(line.message));
  const { page, more } = pageFrom(found, cursor, limit);
  if (!cursor.forward) page.reverse();
  const last = page.at(-1);
  return {
    events: page.map(toFilteredEvent),
    searchedLogStreams: [],
    ...(more && last && { nextToken: tokenOf({ forward: cursor.forward, id: last.id }) }),
  } satisfies Omit<FilterLogEventsCommandOutput, "$metadata">;
}

/**
 * GetLogEvents: the lines of one stream, by default its end; both tokens always come, and the same one again says that there
 * is nothing more. Throws an `ApiError` 400.
 */
export function getLogEvents(input: LogInput, lines: readonly StoredLine[]) {
  const stream = input.text("logStreamName");
  if (stream === undefined) throw invalidInput("logStreamName must be given.");
  const own = lines.filter((line) => line.stream === stream);
  if (own.length === 0)
    throw new ApiError("ResourceNotFoundException", 400, "The specified log stream does not exist.");
  const cursor = readCursor(input) ?? start(input.flag("startFromHead", false));
  const { page } = pageFrom(own.filter(timeRange(input, false)), cursor, input.limit(most.events));
  const newest = own.at(-1)?.id ?? cursor.id;
  const [first, last] = [page.at(0)?.id ?? cursor.id, page.at(-1)?.id ?? Math.min(cursor.id, newest)];
  return {
    events: page.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: timestamp })),
    nextForwardToken: tokenOf({ forward: true, id: last }),
    nextBackwardToken: tokenOf({ forward: false, id: first }),
  } satisfies Omit<GetLogEventsCommandOutput, "$metadata">;
}

/** At most so many lines and so many bytes next to the cursor, oldest first; one line at least, whatever its length. */
function pageFrom(lines: readonly StoredLine[], { forward, id }: Cursor, limit: number) {
  const rest = lines.filter((line) => (forward ? line.id > id : line.id < id));
  if (!forward) rest.reverse();
  let bytes = 0;
  const end = rest.slice(0, limit).findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message) + eventOverhead;
    return bytes > most.bytes && index > 0;
  });
  const page = rest.slice(0, end < 0 ? limit : end);
  const more = rest.length > page.length;
  if (!forward) page.reverse();
  return { page, more };
}

function toFilteredEvent(line: StoredLine) {
  return {
    logStreamName: line.stream,
    timestamp: line.timestamp,
    message: line.message,
    ingestionTime: line.timestamp,
    eventId: String(line.id).padStart(56, "0"),
  } satisfies FilteredLogEvent;
}

/** From `startTime` to `endTime`; FilterLogEvents counts the latter in, GetLogEvents does not. */
function timeRange(input: LogInput, endCounts: boolean): (line: StoredLine) => boolean {
  const [from, to] = [input.number("startTime") ?? 0, input.number("endTime") ?? Infinity];
  if (from > to) throw invalidInput("End time must not be before start time.");
  return ({ timestamp }) => timestamp >= from && (timestamp < to || (endCounts && timestamp === to));
}

function streamFilter(input: LogInput): (line: StoredLine) => boolean {
  const [names, prefix] = [input.texts("logStreamNames"), input.text("logStreamNamePrefix")];
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
  const token = input.text("nextToken");
  if (token === undefined) return undefined;
  const match = /^([fb])\/(-?\d+)$/.exec(token);
  if (!match) throw invalidInput("The specified nextToken is invalid.");
  return { forward: match[1] === "f", id: Number(match[2]) };
}
