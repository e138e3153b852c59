import { type Disposable, type Event, EventEmitter } from "vscode";
import {
  cannotRunId,
  emptyState,
  type LocalState,
  type Problem,
  type SourcePlace,
} from "@lambda-invoke/local/contract/state.ts";

/** What the local service says about the workspace: where functions are declared, and what keeps them from running. */
export class LocalWorkspaceState implements Disposable {
  readonly #changed = new EventEmitter<void>();
  #state = emptyState;

  readonly onDidChange: Event<void> = this.#changed.event;

  get problems(): readonly Problem[] {
    return this.#state.problems;
  }

  /** Where a function is declared. */
  placeOf(functionName: string): SourcePlace | undefined {
    return this.#state.places[functionName];
  }

  /** The problem that keeps a function from running. */
  problemOf(functionName: string): Problem | undefined {
    return this.problems.find(({ id }) => id === cannotRunId(functionName));
  }

  set(state: LocalState): void {
    this.#state = state;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
