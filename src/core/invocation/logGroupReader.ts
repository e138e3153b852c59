import type { LambdaApi, LogLine } from "../ports.ts";
import type { Clock } from "./clock.ts";
import { Followers, type GroupFollower, type LogFeed } from "./groupFollower.ts";

/** What reading a log group needs. */
export interface LogGroupReaderParts {
  api: Pick<LambdaApi, "searchLog">;
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

/** The wait between two looks into a log in which nothing was found for so long, all in milliseconds. */
export function pollingInterval(quietMs: number): number {
  if (quietMs < 15_000) return 1_000;
  return quietMs < 180_000 ? 5_000 : 15_000;
}

/**
 * Reads one log group for all events of its functions that are followed, in growing intervals. It reads from the first
 * follower to the last; what reading throws reaches each of them.
 */
export class LogGroupReader {
  readonly #parts: LogGroupReaderParts;
  readonly #followers: Followers;
  readonly #ended = new AbortController();
  /** Ends a wait that may have become too long. */
  #wake = new AbortController();
  /** When the last look into the log began, and when something was last heard; milliseconds since the epoch. */
  #readAtMs: number;
  #newsAtMs: number;

  constructor(parts: LogGroupReaderParts) {
    this.#parts = parts;
    this.#followers = new Followers(() => this.#end());
    this.#readAtMs = this.#newsAtMs = parts.clock.now();
    void this.#run();
  }

  /** Looks for the lines that name a request, from now on; the log is read back to `sinceMs` for it once. */
  follow(requestId: string, sinceMs: number): LogFeed {
    this.#newsAtMs = this.#parts.clock.now();
    this.#wake.abort();
    return this.#followers.add(requestId, sinceMs);
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    for (;;) {
      await this.#wait();
      if (this.#ended.signal.aborted) return;
      this.#readAtMs = this.#parts.clock.now();
      for (const batch of this.#followers.batches(MAX_EVENTS)) await this.#read(batch);
    }
  }

  async #wait(): Promise<void> {
    const { clock } = this.#parts;
    while (!this.#ended.signal.aborted) {
      const waitMs = this.#readAtMs + pollingInterval(this.#readAtMs - this.#newsAtMs) - clock.now();
      if (waitMs <= 0) return;
      this.#wake = new AbortController();
      await clock.sleep(waitMs, AbortSignal.any([this.#wake.signal, this.#ended.signal]));
    }
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

  #end(): void {
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
