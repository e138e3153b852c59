import { type Disposable, type Event, EventEmitter } from "vscode";
import type { FoundFunction, FoundFunctions } from "@lambda-invoke/local/contract/found.ts";
import {
  cannotRunId,
  emptyState,
  type LocalState,
  type LocalTemplate,
  type Problem,
  type SourcePlace,
} from "@lambda-invoke/local/contract/state.ts";

/** What the local service says about the workspace: where functions are declared, and what keeps them from running. */
export class LocalWorkspaceState implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #foundMore = new EventEmitter<void>();
  #state = emptyState;
  #found: readonly FoundFunction[] = [];
  #byFunction: ReadonlyMap<string, readonly Problem[]> = new Map();

  readonly onDidChange: Event<void> = this.#changed.event;

  /** Fires when more functions are found while the templates are read for the first time. */
  readonly onDidFind: Event<void> = this.#foundMore.event;

  /** The functions that are found, until they are listed for the first time. */
  get found(): readonly FoundFunction[] {
    return this.#found;
  }

  get problems(): readonly Problem[] {
    return this.#state.problems;
  }

  get templates(): readonly LocalTemplate[] {
    return this.#state.templates;
  }

  /** The problems that are neither a function's nor a template's. */
  get workspaceProblems(): readonly Problem[] {
    return this.problems.filter(
      ({ functions, template }) => functions.length === 0 && template === undefined,
    );
  }

  /** The problems of a template that aren't a function's. */
  problemsOfTemplate(file: string): readonly Problem[] {
    return this.problems.filter(({ functions, template }) => functions.length === 0 && template === file);
  }

  problemsOfFunction(functionName: string): readonly Problem[] {
    return this.#byFunction.get(functionName) ?? [];
  }

  /** Where a function is declared. */
  placeOf(functionName: string): SourcePlace | undefined {
    return this.#state.places[functionName];
  }

  /** The problem that keeps a function from running, as its runtime found it. */
  problemOf(functionName: string): Problem | undefined {
    return this.problems.find(({ id }) => id === cannotRunId(functionName));
  }

  set(state: LocalState): void {
    this.#state = state;
    if (!this.#hasFunctions) this.#found = [];
    const pairs = state.problems.flatMap((problem) => problem.functions.map((name) => ({ name, problem })));
    const byFunction = Map.groupBy(pairs, ({ name }) => name);
    this.#byFunction = new Map(
      [...byFunction].map(([name, all]) => [name, all.map(({ problem }) => problem)]),
    );
    this.#changed.fire();
  }

  /** Where functions are known already, those of the workspace are just read anew. */
  setFound({ functions, templates }: FoundFunctions): void {
    if (this.#hasFunctions) return;
    this.#found = functions;
    this.#state = { ...this.#state, templates };
    this.#foundMore.fire();
  }

  get #hasFunctions(): boolean {
    return Object.keys(this.#state.places).length > 0;
  }

  /** The functions are listed now. */
  forgetFound(): void {
    this.#found = [];
  }

  dispose(): void {
    this.#foundMore.dispose();
    this.#changed.dispose();
  }
}
