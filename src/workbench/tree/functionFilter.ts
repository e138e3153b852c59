import { type Disposable, type Event, EventEmitter } from "vscode";
import { CONTEXT_KEYS } from "../../contributions.ts";
import { setContext } from "../context.ts";
import type { WorkspaceState } from "../workspaceState.ts";

/** The filter of the functions view, kept over a restart. */
export class FunctionFilter implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #workspaceState: WorkspaceState;
  #value: string;

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(workspaceState: WorkspaceState) {
    this.#workspaceState = workspaceState;
    this.#value = workspaceState.filter;
    setContext(CONTEXT_KEYS.filtered, this.#value !== "");
  }

  /** A part of the name, or a glob; empty for none. */
  get value(): string {
    return this.#value;
  }

  /** Filters without keeping it, as while a user types. */
  preview(value: string): void {
    if (value.trim() === this.#value) return;
    this.#value = value.trim();
    setContext(CONTEXT_KEYS.filtered, this.#value !== "");
    this.#changed.fire();
  }

  async set(value: string): Promise<void> {
    this.preview(value);
    await this.#workspaceState.setFilter(this.#value);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
