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

/** A token bucket for the calls of FilterLogEvents in one account and region. */
class LogCallBudget implements CallBudget {
  readonly #clock: Pick<Clock, "monotonic" | "sleep">;
  #tokens = BURST;
  #countedAt: number;
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Pick<Clock, "monotonic" | "sleep">) {
    this.#clock = clock;
    this.#countedAt = clock.monotonic();
  }

  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const turn = this.#last.then(() => this.#takeNext(signal));
    this.#last = turn;
    await unlessAborted(turn, signal);
  }

  /** Who doesn't wait any more takes nothing. */
  async #takeNext(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#refill();
      if (this.#tokens >= 1) {
        this.#tokens--;
        return;
      }
      await this.#clock.sleep(Math.ceil(((1 - this.#tokens) * 1000) / REFILL_A_SECOND), signal);
    }
  }

  #refill(): void {
    const now = this.#clock.monotonic();
    const added = ((now - this.#countedAt) * REFILL_A_SECOND) / 1000;
    this.#tokens = Math.min(BURST, this.#tokens + added);
    this.#countedAt = now;
  }
}

/** The budgets of this window, one for each account, region and endpoint. */
export class LogCallBudgets {
  readonly #clock: Pick<Clock, "monotonic" | "sleep">;
  readonly #budgets = new Map<string, LogCallBudget>();

  constructor(clock: Pick<Clock, "monotonic" | "sleep">) {
    this.#clock = clock;
  }

  /** The budget of a place where the quota is counted. */
  of(place: LogCallPlace): CallBudget {
    const key = JSON.stringify([place.caller, place.region, place.endpoint]);
    const budget = this.#budgets.get(key) ?? new LogCallBudget(this.#clock);
    this.#budgets.set(key, budget);
    return budget;
  }
}

/** Where a quota is counted. */
export interface LogCallPlace {
  /** The account, or else what comes closest to it. */
  caller: string;
  region: string | undefined;
  endpoint: string | undefined;
}
