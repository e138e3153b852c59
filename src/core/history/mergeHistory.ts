import type { HistoryItem } from "./historyItem.ts";
import { isAwaited } from "./leftEvent.ts";

/** Where a line of the history is. */
export interface LinePlace {
  file: string;
  offset: number;
  length: number;
  revision: number;
}

/** An invocation, from all the lines that tell of it. */
export interface MergedItem {
  item: HistoryItem;
  /** The revision of the line that `item` is from. */
  revision: number;
  /** A line for each revision, the lowest first. */
  places: readonly LinePlace[];
}

/**
 * Joins a line to what other lines have told. The order of lines doesn't matter, and neither does one that's there twice:
 * windows write at the same time, and a file that is rewritten may be there beside its old version.
 */
export function mergeLine(
  known: MergedItem | undefined,
  line: { item: HistoryItem; revision: number },
  place: LinePlace,
): MergedItem {
  if (!known) return { item: line.item, revision: line.revision, places: [place] };
  const others = known.places.filter(({ revision }) => revision !== line.revision);
  const places = [...others, place].toSorted((a, b) => a.revision - b.revision);
  const isNewer = line.revision > known.revision;
  return {
    item: isNewer ? line.item : known.item,
    revision: isNewer ? line.revision : known.revision,
    places,
  };
}

/** What is kept of the history. */
export interface HistoryLimits {
  /** Invocations. */
  count: number;
  /** Milliseconds since an invocation was started. */
  ageMs: number;
  /** Of all lines, payloads and responses together. */
  bytes: number;
}

/**
 * The invocations that are kept, the newest first. The newest one is, whatever its size, and so is one of which more is
 * awaited, whatever the limits of count and size.
 */
export function newestWithin(
  all: Iterable<MergedItem>,
  limits: HistoryLimits,
  nowMs: number,
): readonly MergedItem[] {
  const sorted = [...all].toSorted((a, b) => compareItems(a.item, b.item));
  let bytes = 0;
  let isFull = false;
  const kept: MergedItem[] = [];
  for (const each of sorted) {
    if (nowMs - Date.parse(each.item.startedAt) > limits.ageMs) break;
    bytes += sizeOf(each);
    isFull ||= kept.length >= limits.count || (bytes > limits.bytes && kept.length > 0);
    if (!isFull || isAwaited(each.item, nowMs)) kept.push(each);
  }
  return kept;
}

/** The newest first. */
function compareItems(a: HistoryItem, b: HistoryItem): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

function sizeOf({ item, places }: MergedItem): number {
  const { payloadBytes, responseBytes = 0, has } = item;
  const bodies =
    (has.includes("payload") ? payloadBytes : 0) + (has.includes("response") ? responseBytes : 0);
  const lines = places.reduce((sum, { length }) => sum + length, 0);
  return Math.max(lines, bodies);
}
