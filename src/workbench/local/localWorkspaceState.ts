import { type Disposable, type Event, EventEmitter } from "vscode";
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
  #state = emptyState;
  #byFunction: ReadonlyMap<string, readonly Problem[]> = new Map();

  readonly onDidChange: Event<void> = this.#changed.event;

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
    const pairs = state.problems.flatMap((problem) => problem.functions.map((name) => ({ name, problem })));
    const byFunction = Map.groupBy(pairs, ({ name }) => name);
    this.#byFunction = new Map(
      [...byFunction].map(([name, all]) => [name, all.map(({ problem }) => problem)]),
    );
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
