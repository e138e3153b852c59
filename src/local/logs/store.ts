import type { LogLine } from "../sandbox/telemetry.ts";

/** A log line as CloudWatch Logs keeps it. */
export interface StoredLine extends LogLine {
  /** Ascending in the order of arrival. */
  id: number;
  stream: string;
}

const keptBytes = 8 * 1024 * 1024;

/** The last lines of every function, in memory, up to 8 MB of text for each. */
export class LogStore {
  readonly #groups = new Map<string, { lines: StoredLine[]; bytes: number }>();
  #nextId = 0;

  append(group: string, stream: string, line: LogLine): void {
    const kept = this.#groups.get(group) ?? { lines: [], bytes: 0 };
    this.#groups.set(group, kept);
    kept.lines.push({ ...line, id: this.#nextId, stream });
    this.#nextId += 1;
    kept.bytes += line.message.length;
    while (kept.bytes > keptBytes && kept.lines.length > 1)
      kept.bytes -= kept.lines.shift()?.message.length ?? 0;
  }

  /** The lines of a group, oldest first; empty where nothing was written. */
  lines(group: string): readonly StoredLine[] {
    return this.#groups.get(group)?.lines ?? [];
  }
}
