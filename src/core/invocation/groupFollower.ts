import type { LogLine } from "../ports.ts";
import { unlessAborted } from "../unlessAborted.ts";

/** The lines of a log that name one request, as the log is read. */
export interface LogFeed extends Disposable {
  /**
   * Resolves to all lines so far, in order, when the log has been read since the last call. Rejects with what reading
   * throws, and with the signal's reason.
   */
  next(signal: AbortSignal): Promise<readonly LogLine[]>;
}

/**
 * Each look into the log goes back so far before the last one, in milliseconds: lines arrive late, and the clocks of the
 * function and of this machine differ.
 */
const OVERLAP_MS = 5 * 60_000;

/** What the last look into the log came to. */
type Look = { lines: readonly LogLine[] } | { error: unknown };

/** One request among those that a log group is read for. */
export class GroupFollower implements LogFeed {
  readonly requestId: string;
  readonly #leave: (follower: GroupFollower) => void;
  #sinceMs: number;
  #lines: readonly LogLine[] = [];
  /** What nobody has taken yet. */
  #look: Look | undefined;
  #waiting: PromiseWithResolvers<Look> | undefined;

  constructor(requestId: string, sinceMs: number, leave: (follower: GroupFollower) => void) {
    this.requestId = requestId;
    this.#sinceMs = sinceMs;
    this.#leave = leave;
  }

  /** Where the next look into the log has to begin; milliseconds since the epoch. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  async next(signal: AbortSignal): Promise<readonly LogLine[]> {
    const look = this.#look ?? (await this.#nextLook(signal));
    this.#look = undefined;
    if ("error" in look) throw look.error;
    return look.lines;
  }

  /** Takes in all that the log has from `sinceMs` on, as it was at `readAtMs`. Returns whether there's something new. */
  deliver(found: readonly LogLine[], sinceMs: number, readAtMs: number): boolean {
    const known = new Set(this.#lines.map(({ id }) => id));
    // Some services look for other strings than they were told to.
    const own = found.filter(({ message }) => message.includes(this.requestId));
    this.#lines = [...this.#lines.filter(({ timestamp }) => timestamp < sinceMs), ...own];
    this.#sinceMs = Math.max(this.#sinceMs, readAtMs - OVERLAP_MS);
    this.#tell({ lines: this.#lines });
    return own.some(({ id }) => !known.has(id));
  }

  fail(error: unknown): void {
    this.#tell({ error });
  }

  [Symbol.dispose](): void {
    this.#leave(this);
  }

  async #nextLook(signal: AbortSignal): Promise<Look> {
    this.#waiting = Promise.withResolvers<Look>();
    try {
      return await unlessAborted(this.#waiting.promise, signal);
    } finally {
      this.#waiting = undefined;
    }
  }

  #tell(look: Look): void {
    this.#look = look;
    this.#waiting?.resolve(look);
  }
}

/** Everyone who follows a log group. */
export class Followers {
  readonly #all = new Set<GroupFollower>();
  readonly #onEmpty: () => void;

  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  get size(): number {
    return this.#all.size;
  }

  add(requestId: string, sinceMs: number): GroupFollower {
    const follower = new GroupFollower(requestId, sinceMs, (each) => this.#remove(each));
    this.#all.add(follower);
    return follower;
  }

  /** At most so many together: those that need the same part of the log, where that's possible. */
  batches(size: number): readonly (readonly GroupFollower[])[] {
    const sorted = [...this.#all].toSorted((a, b) => a.sinceMs - b.sinceMs);
    const count = Math.ceil(sorted.length / size);
    return Array.from({ length: count }, (_, index) => sorted.slice(index * size, (index + 1) * size));
  }

  #remove(follower: GroupFollower): void {
    if (this.#all.delete(follower) && this.#all.size === 0) this.#onEmpty();
  }
}
