import type { Clock } from "../invocation/clock.ts";
import { type GuardLevel, isAtLeast } from "./guardLevel.ts";
import { isSamePlace, type Place } from "./place.ts";

/** How long a guard stays lifted, in milliseconds. */
export const UNLOCKED_MS = 15 * 60_000;

/** What a person unlocked: a place, or one function there. */
export interface Unlocked {
  place: Place;
  /** What it's called, for people. */
  label: string;
  /** A function's name; every function of the place, if it's missing. */
  name?: string | undefined;
  /** The strictest guard that is lifted. */
  level: GuardLevel;
  /** When it ends, on the clock that only ever grows, in milliseconds. */
  untilMs: number;
  /** The same in milliseconds since the epoch: a machine that sleeps may stop the other clock. */
  untilTime: number;
}

/** The guards that are lifted for some minutes in this window. Nothing of it outlives the window. */
export class Unlocks {
  #unlocked: readonly Unlocked[] = [];
  readonly #clock: Pick<Clock, "monotonic" | "now">;

  constructor(clock: Pick<Clock, "monotonic" | "now">) {
    this.#clock = clock;
  }

  /** Lifts guards up to a level for the next minutes. */
  unlock({ place, name, label, level }: Omit<Unlocked, "untilMs" | "untilTime">): void {
    const untilMs = this.#clock.monotonic() + UNLOCKED_MS;
    const untilTime = this.#clock.now() + UNLOCKED_MS;
    const others = this.current.filter((each) => !isSamePlace(each.place, place) || each.name !== name);
    this.#unlocked = [...others, { place, name, label, level, untilMs, untilTime }];
  }

  /** What is unlocked now, the first to end first. */
  get current(): readonly Unlocked[] {
    this.#unlocked = this.#unlocked.filter((each) => this.leftMs(each) > 0);
    return this.#unlocked.toSorted((a, b) => a.untilMs - b.untilMs);
  }

  /** How long something stays unlocked, in milliseconds. */
  leftMs({ untilMs, untilTime }: Unlocked): number {
    return Math.max(Math.min(untilMs - this.#clock.monotonic(), untilTime - this.#clock.now()), 0);
  }

  /** Whether a guard of a function is lifted now. One that sends dry runs only never is. */
  lifts(level: GuardLevel, place: Place, name: string | undefined): boolean {
    if (level === "dryRunOnly") return false;
    return this.current.some(
      (each) =>
        isSamePlace(each.place, place) &&
        (each.name === undefined || each.name === name) &&
        isAtLeast(each.level, level),
    );
  }

  /** Puts every guard back. */
  lock(): void {
    this.#unlocked = [];
  }
}
