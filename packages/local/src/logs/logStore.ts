import type { LogEvent } from "./logEvent.ts";

export interface StoredLogEvent extends LogEvent {
  /** Ascending in the order of arrival. */
  id: number;
  stream: string;
}

/** A log group's lines, oldest first. */
interface Group {
  lines: StoredLogEvent[];
  bytes: number;
}

const MAX_GROUP_BYTES = 4 * 1024 * 1024;
/** Approximate memory of a line besides its message. */
const LINE_OVERHEAD_BYTES = 100;

/** The last lines of every log group, in memory, up to 4 MB for each. */
export class LogStore {
  readonly #groups = new Map<string, Group>();
  readonly #watchers = new Set<(group: string, line: StoredLogEvent) => void>();
  #nextId = 0;

  append(group: string, stream: string, line: LogEvent): void {
    const target = this.#groups.get(group) ?? { lines: [], bytes: 0 };
    this.#groups.set(group, target);
    const stored = { ...line, id: this.#nextId, stream };
    this.#nextId += 1;
    target.lines.push(stored);
    target.bytes += memoryOf(line);
    // Not for every line: removing one from the front of a long array costs as much as removing a quarter of it.
    if (target.bytes > 1.25 * MAX_GROUP_BYTES) trim(target);
    for (const watcher of this.#watchers) watcher(group, stored);
  }

  /** The lines of a group, oldest first. */
  lines(group: string): readonly StoredLogEvent[] {
    return this.#groups.get(group)?.lines ?? [];
  }

  /** The names of the groups that have lines. */
  groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** Calls the watcher for each new line, until the returned function is called. */
  watch(watcher: (group: string, line: StoredLogEvent) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
}

/** A string with other characters than those of ASCII may take two bytes for each. */
function memoryOf({ message }: LogEvent): number {
  const isAscii = Buffer.byteLength(message) === message.length;
  return message.length * (isAscii ? 1 : 2) + LINE_OVERHEAD_BYTES;
}

function trim(group: Group): void {
  let first = 0;
  while (group.bytes > MAX_GROUP_BYTES && first < group.lines.length - 1) {
    const line = group.lines[first];
    if (line) group.bytes -= memoryOf(line);
    first += 1;
  }
  group.lines.splice(0, first);
}
