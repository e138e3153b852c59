import type { Clock } from "../invocation/clock.ts";
import { type ListingProblem, listingProblem } from "./listing.ts";
import type { FunctionSummary } from "./functionSummary.ts";
import type { LambdaApi } from "../ports.ts";

/** A connection's functions as far as they are known. */
export interface FunctionListState {
  status: "idle" | "loading" | "loaded" | "failed";
  /** Sorted by name. */
  functions: readonly FunctionSummary[];
  error?: unknown;
  /** What a load that takes long is waiting for. */
  waiting?: ListingProblem;
}

/** Opens the API that lists a connection's functions. */
type OpenListing = (signal: AbortSignal) => Promise<Pick<LambdaApi, "listFunctions">>;

/** The time and randomness that loading needs. */
type ListClock = Pick<Clock, "sleep" | "after" | "random">;

/** A load that has brought nothing for so long says so, in milliseconds. */
const SLOW_MS = 10_000;
/** The waits after throttled requests double from the first of these up to the second, in milliseconds. */
const [FIRST_BACK_OFF_MS, MAX_BACK_OFF_MS] = [1_000, 60_000];
/** So many throttled requests in a row end a load: it has been tried for half an hour. */
const MAX_THROTTLED = 35;

/**
 * Loads a connection's functions page by page and tells of them as they arrive.
 * A load that was overtaken by another, or stopped, tells nothing more.
 */
export class FunctionList {
  #state: FunctionListState = { status: "idle", functions: [] };
  #load: { controller: AbortController; done: Promise<void>; arrived: () => void } | undefined;
  #arrival: Promise<void> = Promise.resolve();
  readonly #open: OpenListing;
  readonly #changed: () => void;
  readonly #clock: ListClock;

  constructor(open: OpenListing, changed: () => void, clock: ListClock) {
    this.#open = open;
    this.#changed = changed;
    this.#clock = clock;
  }

  get state(): FunctionListState {
    return this.#state;
  }

  /** Loads once; resolves when everything is there or the load has failed, and never rejects. */
  load(): Promise<void> {
    return this.#load?.done ?? this.reload();
  }

  /** Resolves once the load under way has brought its first page, or has ended; never rejects. */
  get arrival(): Promise<void> {
    return this.#arrival;
  }

  /** Loads anew; what was known stays until the first page is there. */
  reload(): Promise<void> {
    this.stop();
    const controller = new AbortController();
    const { promise, resolve: arrived } = Promise.withResolvers<void>();
    this.#arrival = promise;
    const done = this.#run(controller.signal, arrived).finally(arrived);
    this.#load = { controller, done, arrived };
    return done;
  }

  /** Ends a load that is under way. */
  stop(): void {
    this.#load?.controller.abort();
    this.#load?.arrived();
    this.#load = undefined;
  }

  /** The function of that name or ARN, where it is known. */
  find(nameOrArn: string): FunctionSummary | undefined {
    return this.#state.functions.find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  }

  async #run(signal: AbortSignal, arrived: () => void): Promise<void> {
    const { status, functions } = this.#state;
    this.#state = { status: "loading", functions };
    // Who asks for the first time waits for the first page. To show a list again takes its rows away from under a click,
    // so that it's loaded anew is only told where that takes its time.
    const stopTelling = this.#clock.after(QUICK_MS, () => {
      if (status !== "idle" && !signal.aborted) this.#changed();
    });
    const found = new Map<string, FunctionSummary>();
    const stopWatching = this.#clock.after(SLOW_MS, () => {
      if (!signal.aborted) this.#set({ ...this.#state, waiting: NO_ANSWER_YET });
    });
    try {
      const api = await this.#open(signal);
      await this.#readPages(api, found, signal, () => (stopWatching(), arrived()));
      if (!signal.aborted) this.#set({ status: "loaded", functions: sorted(found) });
    } catch (error) {
      if (!signal.aborted) this.#set({ status: "failed", functions: sorted(found), error });
    } finally {
      stopTelling();
      stopWatching();
    }
  }

  /** Reads every page. Where Lambda asks to slow down, it waits and goes on behind the last page that arrived. */
  async #readPages(
    api: Pick<LambdaApi, "listFunctions">,
    found: Map<string, FunctionSummary>,
    signal: AbortSignal,
    arrived: () => void,
  ): Promise<void> {
    let shown = 0;
    let marker: string | undefined;
    for (let throttled = 0; !signal.aborted; throttled++) {
      try {
        for await (const page of api.listFunctions(signal, marker)) {
          if (signal.aborted) return;
          throttled = 0;
          // Emulators have been seen to repeat functions; in one account and region a name is unique.
          for (const each of page) if (!found.has(each.name)) found.set(each.name, each);
          if (found.size < shown * SHOW_AGAIN_AT && !this.#state.waiting) continue;
          shown = found.size;
          this.#set({ status: "loading", functions: sorted(found) });
          arrived();
        }
        return;
      } catch (error) {
        const waiting = listingProblem(error);
        if (signal.aborted || !waiting.throttled || throttled >= MAX_THROTTLED) throw error;
        marker = waiting.throttled.marker;
        const functions = found.size > 0 ? sorted(found) : this.#state.functions;
        this.#set({ status: "loading", functions, waiting });
        arrived();
        await this.#clock.sleep(this.#backOff(throttled, waiting.throttled.retryAfterMs), signal);
      }
    }
  }

  #backOff(throttled: number, retryAfterMs = 0): number {
    const growing = Math.min(FIRST_BACK_OFF_MS * 2 ** throttled, MAX_BACK_OFF_MS);
    return Math.max(growing * (0.5 + this.#clock.random() / 2), Math.min(retryAfterMs, MAX_BACK_OFF_MS));
  }

  #set(state: FunctionListState): void {
    this.#state = state;
    this.#changed();
  }
}

/** A list that is loaded anew within this time says nothing of it before it's there, in milliseconds. */
const QUICK_MS = 300;

/** A consumer shows the whole list each time: it is told of the first page, then of every growth by half. */
const SHOW_AGAIN_AT = 1.5;

const NO_ANSWER_YET: ListingProblem = {
  label: "Check network or VPN: no answer yet",
  message:
    "Neither credentials nor an answer have come for 10 seconds. Check the network, VPN and proxy (setting http.proxy), and the connection's endpoint. It is still being tried.",
};

function sorted(functions: ReadonlyMap<string, FunctionSummary>): FunctionSummary[] {
  return [...functions.values()].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
