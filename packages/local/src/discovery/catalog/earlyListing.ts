import type { FoundFunctions } from "../../contract/found.ts";

/** When the functions that were found so far are reported first, in ms after the start. */
const FIRST_MS = 250;
/** Each report comes when so many times as long has passed as until the one before. */
const GROWTH = 1.5;

/** What is reported, and to whom. */
export interface EarlyListingHost {
  /** The functions that are found by now. */
  find: () => Promise<FoundFunctions>;
  onFound: (found: FoundFunctions) => void;
}

/** Reports the functions of a workspace while its templates are read for the first time. */
export class EarlyListing {
  readonly #host: EarlyListingHost;
  #timer: NodeJS.Timeout | undefined;
  #reported = 0;
  #isStopped = false;

  constructor(host: EarlyListingHost) {
    this.#host = host;
    this.#reportAfter(FIRST_MS, FIRST_MS);
  }

  /** Ends the reports. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Reports once more, with the names that the functions are listed under, if functions were reported before. */
  async complete(): Promise<void> {
    if (this.#reported > 0) this.#host.onFound(await this.#host.find());
  }

  #reportAfter(waitMs: number, elapsedMs: number): void {
    const report = async () => {
      await this.#report();
      const next = elapsedMs * GROWTH;
      if (!this.#isStopped) this.#reportAfter(next - elapsedMs, next);
    };
    // What fails here fails again once everything is read, and is handled there.
    this.#timer = setTimeout(() => void report().catch(() => {}), waitMs);
  }

  /** Reports only where more functions are found than before. */
  async #report(): Promise<void> {
    const found = await this.#host.find();
    if (this.#isStopped || found.functions.length <= this.#reported) return;
    this.#reported = found.functions.length;
    this.#host.onFound(found);
  }
}
