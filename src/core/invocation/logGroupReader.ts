import type { LambdaApi, LogLine } from "../ports.ts";
import type { Clock } from "./clock.ts";
import { Followers, type GroupFollower, type LogFeed } from "./groupFollower.ts";
import { GroupTail, type LogCursor, type LogTail } from "./logTail.ts";

/** What reading a log group needs. */
export interface LogGroupReaderParts {
  api: Pick<LambdaApi, "readLog" | "searchLog">;
  clock: Clock;
  logGroup: string;
  /** The last follower has left, and the reader has ended. */
  onEnd(): void;
}

/**
 * So many events are looked for by one search: a filter pattern has at most 1,024 characters (CloudWatch Logs User Guide),
 * and a request id takes 40 of them.
 */
const MAX_EVENTS = 24;
/** The most pages of one look for all lines; the next one goes on there. */
const MAX_PAGES = 20;
/** The longest wait between two looks for those who see the lines come, in milliseconds. */
const MAX_TAIL_WAIT_MS = 5_000;

/** The wait between two looks into a log in which nothing was found for so long, all in milliseconds. */
export function pollingInterval(quietMs: number): number {
  if (quietMs < 15_000) return 1_000;
  return quietMs < 180_000 ? 5_000 : 15_000;
}

/**
 * Reads one log group for all events of its functions that are followed, and for those who follow all of its lines, in
 * growing intervals. It reads from the first follower to the last; what reading throws reaches each of them.
 */
export class LogGroupReader {
  readonly #parts: LogGroupReaderParts;
  readonly #followers: Followers;
  readonly #tails = new Set<GroupTail>();
  readonly #ended = new AbortController();
  /** Ends a wait that may have become too long. */
  #wake = new AbortController();
  /** When the last look into the log began, and when something was last heard; milliseconds since the epoch. */
  #readAtMs: number;
  #newsAtMs: number;

  constructor(parts: LogGroupReaderParts) {
    this.#parts = parts;
    this.#followers = new Followers(() => this.#endUnlessUsed());
    this.#readAtMs = this.#newsAtMs = parts.clock.now();
    void this.#run();
  }

  /** Looks for the lines that name a request, from now on; the log is read back to `sinceMs` for it once. */
  follow(requestId: string, sinceMs: number): LogFeed {
    this.#hurry();
    return this.#followers.add(requestId, sinceMs);
  }

  /** Reads all lines of the group from where the cursor is, the first ones at once. */
  tail(cursor: LogCursor): LogTail {
    const leave = (tail: GroupTail): void => {
      if (this.#tails.delete(tail)) this.#endUnlessUsed();
    };
    const tail = new GroupTail(cursor, { leave, hurry: () => this.#hurry() });
    this.#tails.add(tail);
    this.#readAtMs = Math.min(this.#readAtMs, this.#parts.clock.now() - pollingInterval(0));
    this.#hurry();
    return tail;
  }

  #hurry(): void {
    this.#newsAtMs = this.#parts.clock.now();
    this.#wake.abort();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    for (;;) {
      await this.#wait();
      if (this.#ended.signal.aborted) return;
      this.#readAtMs = this.#parts.clock.now();
      for (const batch of this.#followers.batches(MAX_EVENTS)) await this.#read(batch);
      if (this.#tails.size > 0) await this.#readTails([...this.#tails]);
    }
  }

  async #wait(): Promise<void> {
    const { clock } = this.#parts;
    while (!this.#ended.signal.aborted) {
      const waitMs = this.#readAtMs + this.#interval() - clock.now();
      if (waitMs <= 0) return;
      this.#wake = new AbortController();
      await clock.sleep(waitMs, AbortSignal.any([this.#wake.signal, this.#ended.signal]));
    }
  }

  #interval(): number {
    const interval = pollingInterval(this.#readAtMs - this.#newsAtMs);
    return this.#tails.size > 0 ? Math.min(interval, MAX_TAIL_WAIT_MS) : interval;
  }

  async #read(batch: readonly GroupFollower[]): Promise<void> {
    const { api, clock, logGroup } = this.#parts;
    const startedMs = clock.now();
    const sinceMs = Math.min(...batch.map((each) => each.sinceMs));
    const [first, ...others] = batch.map(({ requestId }) => requestId);
    const text = others.length === 0 ? first : [first ?? "", ...others];
    let lines: readonly LogLine[];
    try {
      lines = await api.searchLog({ logGroup, text, sinceMs, allPages: true }, this.#ended.signal);
    } catch (error) {
      for (const follower of batch) follower.fail(error);
      return;
    }
    const news = batch.map((follower) => follower.deliver(lines, sinceMs, startedMs));
    if (news.includes(true)) this.#newsAtMs = clock.now();
  }

  async #readTails(tails: readonly GroupTail[]): Promise<void> {
    const { api, clock, logGroup } = this.#parts;
    const sinceMs = Math.min(...tails.map(({ cursor }) => cursor.sinceMs));
    let pages = 0;
    try {
      for await (const page of api.readLog({ logGroup, sinceMs, repeated: true }, this.#ended.signal)) {
        const news = tails.map((tail) => tail.deliver(page));
        if (news.includes(true)) this.#newsAtMs = clock.now();
        if (++pages === MAX_PAGES) break;
      }
    } catch (error) {
      for (const tail of tails) tail.fail(error);
      return;
    }
    for (const { cursor } of tails) cursor.moveOn(pages < MAX_PAGES);
  }

  #endUnlessUsed(): void {
    if (this.#tails.size > 0 || this.#followers.size > 0) return;
    this.#ended.abort();
    this.#parts.onEnd();
  }
}

/** The readers of a window, one for each log group at each place. */
export class LogGroupReaders {
  readonly #readers = new Map<string, LogGroupReader>();

  /** The reader of a group. `place` is the same for all calls that go to the same place. */
  of(place: string, parts: Omit<LogGroupReaderParts, "onEnd">): LogGroupReader {
    const key = `${place}\n${parts.logGroup}`;
    const known = this.#readers.get(key);
    if (known) return known;
    const reader = new LogGroupReader({ ...parts, onEnd: () => this.#readers.delete(key) });
    this.#readers.set(key, reader);
    return reader;
  }
}
