import { cannotRunId, type LocalState, type Problem } from "../contract/state.ts";
import type { CatalogEntry } from "../discovery/catalog/functionCatalog.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { CannotRun } from "./plan.ts";
import type { Runtimes } from "./runtimes.ts";

/** What the problems of runtimes need of the service. */
interface Parts {
  runtimes: Runtimes;
  entries: (signal: AbortSignal) => Promise<ReadonlyMap<string, CatalogEntry>>;
  onState: (state: LocalState) => void;
  signal: AbortSignal;
}

interface RuntimeProblem {
  /** The function's. */
  name: string;
  problem: Problem;
}

/** Adds to what is known of the workspace what keeps its functions from running, before anyone invokes them. */
export class RuntimeProblems {
  readonly #parts: Parts;
  #state: LocalState = { places: {}, problems: [] };
  #found: readonly RuntimeProblem[] = [];
  #looking = false;
  #wanted = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes what the templates say, tells it with what is known of the runtimes, and looks at these again. */
  take(state: LocalState): void {
    this.#state = state;
    this.#tell();
    this.look();
  }

  /** Looks again where something keeps this function from running: that may be over. */
  noteRun(name: string): void {
    if (this.#found.some((found) => found.name === name)) this.look();
  }

  /** Looks again; one look at a time, and one more for all that was asked meanwhile. */
  look(): void {
    this.#wanted = true;
    if (this.#looking) return;
    this.#looking = true;
    // The service ends: nobody is left to tell.
    this.#lookWhileWanted().catch(() => {});
  }

  async #lookWhileWanted(): Promise<void> {
    try {
      while (this.#wanted && !this.#parts.signal.aborted) {
        this.#wanted = false;
        const found = await this.#find();
        if (JSON.stringify(found) === JSON.stringify(this.#found)) continue;
        this.#found = found;
        this.#tell();
      }
    } finally {
      // In the same turn as the last question whether a look is wanted: one that is asked for later begins anew.
      this.#looking = false;
    }
  }

  async #find(): Promise<RuntimeProblem[]> {
    const { entries, runtimes, signal } = this.#parts;
    const found: RuntimeProblem[] = [];
    for (const { fn } of (await entries(signal)).values()) {
      try {
        await runtimes.check(fn, signal);
      } catch (error) {
        if (!(error instanceof CannotRun)) throw error;
        found.push({ name: fn.name, problem: problemOf(fn, error) });
      }
    }
    return found;
  }

  #tell(): void {
    this.#parts.onState({
      ...this.#state,
      problems: [...this.#state.problems, ...this.#found.map(({ problem }) => problem)],
    });
  }
}

function problemOf({ name, place }: LocalFunction, { message, command }: CannotRun): Problem {
  const fix = command === undefined ? undefined : { command };
  return { id: cannotRunId(name), text: message, place, fix };
}
