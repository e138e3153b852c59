import { EventEmitter, type Memento, type Uri } from "vscode";
import { isSame, type Target } from "../core/functions/target.ts";

const RECENT = "recentTargets";
const BOUND = "boundTargets";
const FILTER = "filter";
const ENTERED = "enteredFunctions";
const MOST_RECENT = 20;
const MOST_BOUND = 500;
const MAX_ENTERED = 50;

/** What the workspace keeps over a restart: the functions used last, each file's function, the filter. No payload, no secret. */
export class WorkspaceState {
  readonly #state: Memento;
  readonly #changed = new EventEmitter<void>();
  /** Of documents without a file: the next window's "Untitled-1" is another one. */
  readonly #untitled = new Map<string, Target>();

  readonly onDidChange = this.#changed.event;

  constructor(state: Memento) {
    this.#state = state;
  }

  /** The functions used last, the latest first. */
  get recent(): readonly Target[] {
    return this.#state.get<Target[]>(RECENT, []);
  }

  get filter(): string {
    return this.#state.get(FILTER, "");
  }

  async setFilter(filter: string): Promise<void> {
    await this.#state.update(FILTER, filter === "" ? undefined : filter);
  }

  /** The function a file's payload was last meant for. */
  boundTo(file: Uri): Target | undefined {
    const untitled = this.#untitled.get(file.toString());
    return untitled ?? this.#bindings().find(([key]) => key === file.toString())?.[1];
  }

  /** Notes that a file's payload is meant for a function. */
  async bind(file: Uri, target: Target): Promise<void> {
    if (file.scheme === "untitled") this.#untitled.set(file.toString(), target);
    else await this.#bindForLong(file, target);
    this.#changed.fire();
  }

  /** Forgets the function of a document without a file, at its end. */
  forget(file: Uri): void {
    this.#untitled.delete(file.toString());
  }

  /** Notes that a function was used. */
  async use(target: Target): Promise<void> {
    const others = this.recent.filter((each) => !isSame(each, target));
    await this.#state.update(RECENT, [target, ...others].slice(0, MOST_RECENT));
  }

  /** The functions that were entered by name, the latest first. */
  get entered(): readonly Target[] {
    return this.#state.get<Target[]>(ENTERED, []);
  }

  /** Notes that a function was entered by name: it may not be in a list. */
  async enter(target: Target): Promise<void> {
    const others = this.entered.filter((each) => !isSame(each, target));
    await this.#state.update(ENTERED, [target, ...others].slice(0, MAX_ENTERED));
  }

  async #bindForLong(file: Uri, target: Target): Promise<void> {
    const others = this.#bindings().filter(([key]) => key !== file.toString());
    await this.#state.update(BOUND, [[file.toString(), target], ...others].slice(0, MOST_BOUND));
  }

  #bindings(): [string, Target][] {
    return this.#state.get<[string, Target][]>(BOUND, []);
  }
}
