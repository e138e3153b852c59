import { EventEmitter, type Memento, Uri, workspace } from "vscode";
import { isSame, type Target } from "../core/functions/target.ts";
import type { InvocationMode } from "../core/invocation/invocationSpec.ts";
import { isBelow, moved } from "./fileMoves.ts";

const RECENT = "recentTargets";
const BOUND = "boundTargets";
const FILTER = "filter";
const ENTERED = "enteredFunctions";
const UNFINISHED = "unfinishedInvocations";
const MOST_RECENT = 20;
const MOST_BOUND = 500;
const MAX_ENTERED = 50;

/** An invocation that is under way, or was when its window ended. */
export interface UnfinishedInvocation {
  function: string;
  connection: string;
  mode: InvocationMode;
  /** Milliseconds since the epoch. */
  startedAtMs: number;
}

/** What the workspace keeps over a restart: the functions used last, each file's function, the filter, what is under way. No payload, no secret. */
export class WorkspaceState {
  readonly #state: Memento;
  readonly #changed = new EventEmitter<void>();
  /** Of documents without a file that can be written: the next window's "Untitled-1" is another one. */
  readonly #temporary = new Map<string, Target>();

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
    const temporary = this.#temporary.get(file.toString());
    return temporary ?? this.#bindings().find(([key]) => key === file.toString())?.[1];
  }

  /** Notes that a file's payload is meant for a function. */
  async bind(file: Uri, target: Target): Promise<void> {
    if (workspace.fs.isWritableFileSystem(file.scheme)) await this.#bindForLong(file, target);
    else this.#temporary.set(file.toString(), target);
    this.#changed.fire();
  }

  /** Notes that a document was closed: one without a file is gone. */
  closed(file: Uri): void {
    this.#temporary.delete(file.toString());
  }

  /** Notes that a file or a folder was moved. */
  async move(from: Uri, to: Uri): Promise<void> {
    await this.#replaceBindings((file) => moved(file, from, to) ?? file);
  }

  /** Forgets a file that was deleted, or all in a folder. */
  async forget(deleted: Uri): Promise<void> {
    const isDeleted = (file: Uri): boolean =>
      file.toString() === deleted.toString() || isBelow(file, deleted);
    await this.#replaceBindings((file) => (isDeleted(file) ? undefined : file));
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

  /** The invocations under way, or those that the last window left when it ended. */
  get unfinished(): readonly UnfinishedInvocation[] {
    return this.#state.get<UnfinishedInvocation[]>(UNFINISHED, []);
  }

  async setUnfinished(unfinished: readonly UnfinishedInvocation[]): Promise<void> {
    await this.#state.update(UNFINISHED, unfinished.length === 0 ? undefined : unfinished);
  }

  async #bindForLong(file: Uri, target: Target): Promise<void> {
    const others = this.#bindings().filter(([key]) => key !== file.toString());
    await this.#state.update(BOUND, [[file.toString(), target], ...others].slice(0, MOST_BOUND));
  }

  /** Gives each bound file its new name, or takes its function away. */
  async #replaceBindings(rename: (file: Uri) => Uri | undefined): Promise<void> {
    const bindings = this.#bindings();
    const renamed = bindings.flatMap(([key, target]): [string, Target][] => {
      const file = rename(Uri.parse(key));
      return file ? [[file.toString(), target]] : [];
    });
    if (JSON.stringify(renamed) === JSON.stringify(bindings)) return;
    // What was moved over another file comes first.
    const moves = renamed.filter(([key]) => !bindings.some(([old]) => old === key));
    const unique = new Map([...renamed, ...moves]);
    await this.#state.update(BOUND, [...unique]);
    this.#changed.fire();
  }

  #bindings(): [string, Target][] {
    return this.#state.get<[string, Target][]>(BOUND, []);
  }
}
