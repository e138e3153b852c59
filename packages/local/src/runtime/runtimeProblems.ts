import { cannotRunId, emptyState, type LocalState, type Problem } from "../contract/state.ts";
import type { CatalogEntry } from "../discovery/catalog/catalogEntries.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { CannotRun, type Runner } from "./shared/runtime.ts";

interface Host {
  runner: Runner;
  entries: (signal: AbortSignal) => Promise<ReadonlyMap<string, CatalogEntry>>;
  onState: (state: LocalState) => void;
  signal: AbortSignal;
}

interface RuntimeProblem {
  functionName: string;
  problem: Problem;
}

/** Adds to the state of the workspace what keeps its functions from running, before anyone invokes them. */
export class RuntimeProblems {
  readonly #host: Host;
  #state = emptyState;
  #found: readonly RuntimeProblem[] = [];
  #isChecking = false;
  #isCheckWanted = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Publishes a new state of the templates with the known problems, and checks the functions again. */
  update(state: LocalState): void {
    this.#state = state;
    this.#publish();
    this.check();
  }

  /** Checks again if the function has a problem, which may be solved now. */
  noteRun(functionName: string): void {
    if (this.#found.some((found) => found.functionName === functionName)) this.check();
  }

  /** Checks the functions again. Calls during a check lead to one more check. */
  check(): void {
    this.#isCheckWanted = true;
    if (this.#isChecking) return;
    this.#isChecking = true;
    // It fails only when the service ends.
    this.#checkWhileWanted().catch(() => {});
  }

  async #checkWhileWanted(): Promise<void> {
    try {
      while (this.#isCheckWanted && !this.#host.signal.aborted) {
        this.#isCheckWanted = false;
        const found = await this.#findProblems();
        if (JSON.stringify(found) === JSON.stringify(this.#found)) continue;
        this.#found = found;
        this.#publish();
      }
    } finally {
      // In the same turn as the last test of `#isCheckWanted`, so that no later call is lost.
      this.#isChecking = false;
    }
  }

  async #findProblems(): Promise<RuntimeProblem[]> {
    const { entries, runner, signal } = this.#host;
    const found: RuntimeProblem[] = [];
    for (const { fn } of (await entries(signal)).values()) {
      try {
        const note = await runner.check(fn, signal);
        if (note !== undefined) found.push({ functionName: fn.name, problem: noteOf(fn, note) });
      } catch (error) {
        if (!(error instanceof CannotRun)) throw error;
        found.push({ functionName: fn.name, problem: problemOf(fn, error) });
      }
    }
    return found;
  }

  #publish(): void {
    this.#host.onState({
      ...this.#state,
      problems: [...this.#state.problems, ...this.#found.map(({ problem }) => problem)],
    });
  }
}

function noteOf({ name, place }: LocalFunction, text: string): Problem {
  return { id: `note:${name}`, subject: name, text, place, severity: "information", functions: [name] };
}

function problemOf({ name, place }: LocalFunction, { subject, text, fix }: CannotRun): Problem {
  return { id: cannotRunId(name), subject, text, place, fix, severity: "warning", functions: [name] };
}
