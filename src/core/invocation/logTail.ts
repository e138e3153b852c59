import type { LogLine } from "../ports.ts";
import { unlessAborted } from "../unlessAborted.ts";

/** A look into the log begins so long before the last line that is known, in milliseconds: lines arrive late. */
const OVERLAP_MS = 30_000;

/** How far a log group has been read; by the times of its lines, because this machine's clock may differ. */
export class LogCursor {
  readonly #seen = new Map<string, number>();
  /** How often a line came by each way, by all that it has: those of Live Tail have no ids. */
  readonly #counts = new Map<string, { read: number; live: number; timestamp: number }>();
  #sinceMs: number;
  #lastMs: number;

  /** Reading begins at `sinceMs`, in milliseconds since the epoch. */
  constructor(sinceMs: number) {
    this.#sinceMs = this.#lastMs = sinceMs;
  }

  /** Where the next look into the log has to begin. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** Returns those of the lines that haven't been taken yet. */
  take(lines: readonly LogLine[]): readonly LogLine[] {
    const found = lines.filter(({ id }) => !this.#seen.has(id));
    for (const { id, timestamp } of found) {
      this.#seen.set(id, timestamp);
      this.#lastMs = Math.max(this.#lastMs, timestamp);
    }
    return found.filter((line) => this.#isNew(line, "read", "live"));
  }

  /** Returns those lines of Live Tail that haven't been taken yet. Where reading has to go on doesn't change. */
  takeLive(lines: readonly LogLine[]): readonly LogLine[] {
    return lines.filter((line) => this.#isNew(line, "live", "read"));
  }

  /** Ends a look; `isAll` unless the log has more than it read. */
  moveOn(isAll: boolean): void {
    this.#sinceMs = Math.max(this.#sinceMs, isAll ? this.#lastMs - OVERLAP_MS : this.#lastMs);
    for (const [id, timestamp] of this.#seen) if (timestamp < this.#sinceMs) this.#seen.delete(id);
    for (const [key, { timestamp }] of this.#counts) if (timestamp < this.#sinceMs) this.#counts.delete(key);
  }

  /** The same may be logged twice in a millisecond: then it's new if it has come more often this way. */
  #isNew({ message, stream, timestamp }: LogLine, way: "read" | "live", other: "read" | "live"): boolean {
    const key = `${stream}\n${timestamp}\n${message.trimEnd()}`;
    const count = this.#counts.get(key) ?? { read: 0, live: 0, timestamp };
    this.#counts.set(key, count);
    count[way]++;
    return count[way] > count[other];
  }
}

/** All lines of a log group, as it's read. */
export interface LogTail extends Disposable {
  /**
   * Resolves to the lines that are new since the last call, once the log has been read. Rejects with what reading throws,
   * and with the signal's reason.
   */
  next(signal: AbortSignal): Promise<readonly LogLine[]>;
  /** Something is about to be logged: the log is read often again. */
  hurry(): void;
}

/** What a tail tells its reader. */
export interface TailReader {
  leave(tail: GroupTail): void;
  hurry(): void;
}

/** What looks into a log have brought: lines, and then what the last look threw. */
interface Look {
  lines: readonly LogLine[];
  failure?: { error: unknown };
}

/** One of those who follow all lines of a log group. */
export class GroupTail implements LogTail {
  readonly cursor: LogCursor;
  readonly #reader: TailReader;
  /** What nobody has taken yet. */
  #look: Look | undefined;
  #waiting: PromiseWithResolvers<void> | undefined;

  constructor(cursor: LogCursor, reader: TailReader) {
    this.cursor = cursor;
    this.#reader = reader;
  }

  async next(signal: AbortSignal): Promise<readonly LogLine[]> {
    if (!this.#look) await this.#nextLook(signal);
    const { lines, failure } = this.#look ?? { lines: [] };
    const isFailureLeft = failure !== undefined && lines.length > 0;
    this.#look = isFailureLeft ? { lines: [], failure } : undefined;
    if (failure && !isFailureLeft) throw failure.error;
    return lines;
  }

  hurry(): void {
    this.#reader.hurry();
  }

  /** Takes in a page of a look. Returns whether there's something new. */
  deliver(page: readonly LogLine[]): boolean {
    const lines = this.cursor.take(page);
    this.#tell({ lines: [...(this.#look?.lines ?? []), ...lines] });
    return lines.length > 0;
  }

  fail(error: unknown): void {
    this.#tell({ lines: this.#look?.lines ?? [], failure: { error } });
  }

  [Symbol.dispose](): void {
    this.#reader.leave(this);
  }

  async #nextLook(signal: AbortSignal): Promise<void> {
    this.#waiting = Promise.withResolvers<void>();
    try {
      await unlessAborted(this.#waiting.promise, signal);
    } finally {
      this.#waiting = undefined;
    }
  }

  #tell(look: Look): void {
    this.#look = look;
    this.#waiting?.resolve();
  }
}
