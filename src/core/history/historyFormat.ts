import type { HistoryItem, HistoryLine } from "./historyItem.ts";

/** Computes a checksum of 32 bits. */
export type Checksum = (bytes: Uint8Array) => number;

/** A line that was read: what its row needs is parsed, its details aren't yet. */
export interface ReadLine {
  item: HistoryItem;
  revision: number;
  /** JSON. */
  details: string;
  /** Where it is in the bytes that were read, without the line break. */
  offset: number;
  length: number;
}

/** What came of reading a file, or the part of one that is new. */
export interface ReadLines {
  lines: readonly ReadLine[];
  /** How many lines don't have the checksum that they name. */
  damaged: number;
  /** The length of all complete lines; what follows is still being written, or was cut off. */
  complete: number;
}

const VERSION = 1;
const LINE_BREAK = 0x0a;
const TAB = "\t";
/** Eight hexadecimal digits and a space. */
const CHECKSUM_LENGTH = 9;

/**
 * Encodes a line: its checksum, its item, and after a tab its details. JSON has no tab and no line break outside of its
 * strings, which escape them.
 */
export function encodeLine({ item, revision, details }: HistoryLine, checksum: Checksum): Buffer {
  const content = JSON.stringify({ version: VERSION, revision, item }) + TAB + JSON.stringify(details);
  const bytes = Buffer.from(`${" ".repeat(CHECKSUM_LENGTH)}${content}\n`);
  const sum = checksum(bytes.subarray(CHECKSUM_LENGTH, -1));
  bytes.write(`${sum.toString(16).padStart(8, "0")} `, 0, "latin1");
  return bytes;
}

/** Decodes every complete line that is as it was written. */
export function decodeLines(bytes: Buffer, checksum: Checksum): ReadLines {
  const lines: ReadLine[] = [];
  let damaged = 0;
  let offset = 0;
  for (let end = bytes.indexOf(LINE_BREAK); end >= 0; end = bytes.indexOf(LINE_BREAK, offset)) {
    const line = decodeLine(bytes.subarray(offset, end), checksum);
    if (line) lines.push({ ...line, offset, length: end - offset });
    else if (end > offset) damaged++;
    offset = end + 1;
  }
  return { lines, damaged, complete: offset };
}

/** Decodes one line without its line break; `undefined` if it isn't as it was written, or of another version. */
export function decodeLine(
  line: Buffer,
  checksum: Checksum,
): Pick<ReadLine, "item" | "revision" | "details"> | undefined {
  const content = line.subarray(CHECKSUM_LENGTH);
  const named = line.toString("latin1", 0, CHECKSUM_LENGTH);
  if (!/^[\da-f]{8} $/.test(named) || Number.parseInt(named, 16) !== checksum(content)) return undefined;
  const text = content.toString("utf8");
  const tab = text.indexOf(TAB);
  if (tab < 0) return undefined;
  const head = parseHead(text.slice(0, tab));
  return head && { ...head, details: text.slice(tab + 1) };
}

function parseHead(text: string): Pick<ReadLine, "item" | "revision"> | undefined {
  try {
    const { version, revision, item } = JSON.parse(text) as {
      version?: unknown;
      revision?: unknown;
      item?: Partial<HistoryItem>;
    };
    if (version !== VERSION || typeof revision !== "number" || !isItem(item)) return undefined;
    return { item, revision };
  } catch {
    return undefined;
  }
}

function isItem(item: Partial<HistoryItem> | undefined): item is HistoryItem {
  return (
    typeof item?.id === "string" &&
    typeof item.connection === "string" &&
    typeof item.startedAt === "string" &&
    typeof item.function?.name === "string" &&
    typeof item.destination?.kind === "string" &&
    Array.isArray(item.has)
  );
}
