import type { LogLine } from "./logLine.ts";

/** A log line as CloudWatch Logs keeps it. */
export interface StoredLine extends LogLine {
  /** Ascending in the order of arrival. */
  id: number;
  stream: string;
}

/** A log group's lines, oldest first. */
interface Group {
  lines: StoredLine[];
  bytes: number;
}

const keptBytes = 8 * 1024 * 1024;
/** What a line takes beside its text, roughly. */
const lineBytes = 100;

/** The last lines of every log group, in memory, up to 8 MB for each. */
export class LogStore {
  readonly #groups = new Map<string, Group>();
  readonly #watchers = new Set<(group: string, line: StoredLine) => void>();
  #nextId = 0;

  append(group: string, stream: string, line: LogLine): void {
    const kept = this.#groups.get(group) ?? { lines: [], bytes: 0 };
    this.#groups.set(group, kept);
    const stored = { ...line, id: this.#nextId, stream };
    this.#nextId += 1;
    kept.lines.push(stored);
    kept.bytes += line.message.length + lineBytes;
    // Not for every line: to take one from the front of a long list costs as much as to take a quarter of it.
    if (kept.bytes > 1.25 * keptBytes) trim(kept);
    for (const watcher of this.#watchers) watcher(group, stored);
  }

  /** The lines of a group, oldest first; empty where nothing was written. */
  lines(group: string): readonly StoredLine[] {
    return this.#groups.get(group)?.lines ?? [];
  }

  /** The names of the groups that something was written to. */
  groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** Tells of every line from now on, until the function that it gives is called. */
  watch(watcher: (group: string, line: StoredLine) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
}

function trim(group: Group): void {
  let first = 0;
  while (group.bytes > keptBytes && first < group.lines.length - 1) {
    group.bytes -= (group.lines[first]?.message.length ?? 0) + lineBytes;
    first += 1;
  }
  group.lines.splice(0, first);
}
