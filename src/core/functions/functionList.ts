import type { FunctionSummary } from "./functionSummary.ts";
import type { LambdaApi } from "../ports.ts";

/** A connection's functions as far as they are known. */
export interface FunctionListState {
  status: "idle" | "loading" | "loaded" | "failed";
  /** Sorted by name. */
  functions: readonly FunctionSummary[];
  error?: unknown;
}

/**
 * Loads a connection's functions page by page and tells of them as they arrive.
 * A load that was overtaken by another, or stopped, tells nothing more.
 */
export class FunctionList {
  #state: FunctionListState = { status: "idle", functions: [] };
  #load: { controller: AbortController; done: Promise<void>; arrived: () => void } | undefined;
  #arrival: Promise<void> = Promise.resolve();
  readonly #open: (signal: AbortSignal) => Promise<Pick<LambdaApi, "listFunctions">>;
  readonly #changed: () => void;

  constructor(open: (signal: AbortSignal) => Promise<Pick<LambdaApi, "listFunctions">>, changed: () => void) {
    this.#open = open;
    this.#changed = changed;
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
    const { status } = this.#state;
    this.#state = { ...this.#state, status: "loading" };
    // Who asks for the first time waits for the first page; who has been told something is told that it is loaded anew.
    if (status !== "idle") this.#changed();
    const found: FunctionSummary[] = [];
    let shown = 0;
    try {
      const api = await this.#open(signal);
      for await (const page of api.listFunctions(signal)) {
        if (signal.aborted) return;
        found.push(...page);
        if (found.length < shown * SHOW_AGAIN_AT) continue;
        shown = found.length;
        this.#set({ status: "loading", functions: sorted(found) });
        arrived();
      }
      if (!signal.aborted) this.#set({ status: "loaded", functions: sorted(found) });
    } catch (error) {
      if (!signal.aborted) this.#set({ status: "failed", functions: sorted(found), error });
    }
  }

  #set(state: FunctionListState): void {
    this.#state = state;
    this.#changed();
  }
}

/** A consumer shows the whole list each time: it is told of the first page, then of every growth by half. */
const SHOW_AGAIN_AT = 1.5;

function sorted(functions: readonly FunctionSummary[]): FunctionSummary[] {
  return functions.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
