import { type Disposable, type Event, EventEmitter } from "vscode";
import { CONTEXT_KEYS } from "../../contributions.ts";
import { type NameMatcher, nameMatcher } from "../../core/functions/matching.ts";
import { setContext } from "../context.ts";
import type { WorkspaceState } from "../workspaceState.ts";

/** The filter of the functions view, kept over a restart. */
export class FunctionFilter implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #workspaceState: WorkspaceState;
  #value = "";
  #matches: NameMatcher = () => true;

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(workspaceState: WorkspaceState) {
    this.#workspaceState = workspaceState;
    this.#use(workspaceState.filter);
  }

  /** A part of the name, or a glob; empty for none. */
  get value(): string {
    return this.#value;
  }

  matches(name: string): boolean {
    return this.#matches(name);
  }

  /** Filters without keeping it, as while a user types. */
  preview(value: string): void {
    if (value.trim() === this.#value) return;
    this.#use(value.trim());
  }

  async set(value: string): Promise<void> {
    this.preview(value);
    await this.#workspaceState.setFilter(this.#value);
  }

  #use(value: string): void {
    this.#value = value;
    setContext(CONTEXT_KEYS.filtered, value !== "");
    const matches = nameMatcher(value);
    if (typeof matches === "function") this.#apply(value, matches);
    else void matches.then((loaded) => this.#apply(value, loaded));
  }

  #apply(value: string, matches: NameMatcher): void {
    // Another one came while it was loaded.
    if (this.#value !== value) return;
    this.#matches = matches;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
