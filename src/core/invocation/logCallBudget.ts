import { unlessAborted } from "../unlessAborted.ts";
import type { Clock } from "./clock.ts";

/** FilterLogEvents may be called so often in a second, in an account and region (CloudWatch Logs quotas). */
const MAX_CALLS_A_SECOND = 5;
/** So many calls may follow each other at once: a log that has been read, and what it says of a run. */
const BURST = 2;
/** What a second adds. With the burst, no second has more than the quota, wherever it begins. */
const REFILL_A_SECOND = MAX_CALLS_A_SECOND - BURST;

/** Who may call, and when. */
export interface CallBudget {
  /** Resolves when one call may be made, in the order of asking. Rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<void>;
}

/** For a service that has no quota. */
export const NO_LIMIT: CallBudget = { take: () => Promise.resolve() };

/** Reserves calls one after the other, for whoever shares a quota. */
export interface LogCallLedger {
  /** Reserves the next call in a place; resolves to the milliseconds until it may be made. */
  reserve(place: string): Promise<number>;
}

/** When calls in one place may be made that are asked for one after the other: a token bucket. Milliseconds. */
export class LogCallTimes {
  #tokens = BURST;
  #countedAt = -Infinity;

  /** When a call may be made that's asked for at this time, or later than one before it. */
  next(askedAt: number): number {
    const from = Math.max(askedAt, this.#countedAt);
    const added = ((from - this.#countedAt) * REFILL_A_SECOND) / 1000;
    const tokens = Math.min(BURST, this.#tokens + added);
    const wait = tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 1000) / REFILL_A_SECOND);
    this.#tokens = tokens + (wait * REFILL_A_SECOND) / 1000 - 1;
    this.#countedAt = from + wait;
    return this.#countedAt;
  }
}

/** The calls of this window alone. */
class OwnLogCalls implements LogCallLedger {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #times = new Map<string, LogCallTimes>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  async reserve(place: string): Promise<number> {
    const times = this.#times.get(place) ?? new LogCallTimes();
    this.#times.set(place, times);
    const now = this.#clock.monotonic();
    return times.next(now) - now;
  }
}

/** The calls of FilterLogEvents in one place. */
class LogCallBudget implements CallBudget {
  readonly #clock: Pick<Clock, "monotonic" | "sleep">;
  readonly #reserve: () => Promise<number>;
  /** When a call may be made that was reserved, and isn't made yet. */
  #allowedAt = -Infinity;
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Pick<Clock, "monotonic" | "sleep">, reserve: () => Promise<number>) {
    this.#clock = clock;
    this.#reserve = reserve;
  }

  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const turn = this.#last.then(() => this.#takeNext(signal));
    this.#last = turn;
    await unlessAborted(turn, signal);
  }

  /** Who doesn't wait any more takes nothing: what was reserved is the next one's. */
  async #takeNext(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (this.#allowedAt <= this.#clock.monotonic()) {
      const wait = await this.#reserve();
      this.#allowedAt = this.#clock.monotonic() + wait;
    }
    for (;;) {
      const wait = this.#allowedAt - this.#clock.monotonic();
      if (signal.aborted || wait <= 0) break;
      await this.#clock.sleep(Math.ceil(wait), signal);
    }
    if (!signal.aborted) this.#allowedAt = -Infinity;
  }
}

/** The budgets of this window, one for each account, region and endpoint. */
export class LogCallBudgets {
  readonly #clock: Pick<Clock, "monotonic" | "sleep">;
  readonly #shared: LogCallLedger | undefined;
  readonly #own: LogCallLedger;
  readonly #budgets = new Map<string, LogCallBudget>();

  /** Without a ledger that windows share, each has the whole quota. */
  constructor(clock: Pick<Clock, "monotonic" | "sleep">, shared?: LogCallLedger) {
    this.#clock = clock;
    this.#shared = shared;
    this.#own = new OwnLogCalls(clock);
  }

  /** The budget of a place where the quota is counted. */
  of(place: LogCallPlace): CallBudget {
    const key = JSON.stringify([place.caller, place.region, place.endpoint]);
    const budget = this.#budgets.get(key) ?? new LogCallBudget(this.#clock, () => this.#reserve(key));
    this.#budgets.set(key, budget);
    return budget;
  }

  /** Where windows can share nothing, this one keeps to the quota at least. */
  async #reserve(key: string): Promise<number> {
    const own = await this.#own.reserve(key);
    const shared = await this.#shared?.reserve(key).catch(() => undefined);
    return shared ?? own;
  }
}

/** Where a quota is counted. */
export interface LogCallPlace {
  /** The account, or else what comes closest to it. */
  caller: string;
  region: string | undefined;
  endpoint: string | undefined;
}
