import { type Disposable, type Event, EventEmitter } from "vscode";
import type { Clock } from "../core/invocation/clock.ts";

/** VS Code asks for the rows under one that changed within this time, in milliseconds, unless the change was lost. */
const ASKED_WITHIN_MS = 1000;

/** A row under which nothing is in sight isn't asked about; so a change isn't told again for ever. */
const TOLD_AGAIN = 2;

/**
 * Tells VS Code which rows of a tree changed. While rows are on their way to the workbench, it drops a change of what
 * they are under: it then shows rows that the extension host has forgotten, or none, and no click on them arrives. So a
 * change is told again where VS Code hasn't asked for the rows since.
 */
export class TreeChanges<Node extends object> implements Disposable {
  readonly #changed = new EventEmitter<Node | undefined>();
  readonly #clock: Pick<Clock, "after">;
  /** The rows whose children are being found. */
  readonly #asking = new Set<Node | undefined>();
  /** The rows whose children may still be on their way to the workbench. */
  readonly #onTheirWay = new Map<Node | undefined, () => void>();
  /** The tree has been in sight. */
  #hasAnswered = false;
  /** The changed rows that VS Code hasn't asked about yet. */
  readonly #unheard = new Map<Node | undefined, () => void>();

  readonly event: Event<Node | undefined> = this.#changed.event;

  constructor(clock: Pick<Clock, "after">) {
    this.#clock = clock;
  }

  /** A row that has none under it looks different. */
  fireLeaf(node: Node): void {
    this.#changed.fire(node);
  }

  /** A row changed, and what is under it; without one, the whole tree. */
  fire(node?: Node): void {
    this.#changed.fire(node);
    // What is being found now is what it's changed to; only a change of the whole tree makes VS Code throw it away.
    if (node === undefined)
      for (const each of [...this.#asking, ...this.#onTheirWay.keys()]) this.#watch(each);
    if (node === undefined || !this.#asking.has(node)) this.#watch(node);
  }

  /** Answers VS Code's question for the rows under one, or for the first. */
  async answer<T>(node: Node | undefined, find: () => T | Promise<T>): Promise<T> {
    this.#forget(this.#unheard, node);
    this.#hasAnswered = true;
    this.#asking.add(node);
    try {
      return await find();
    } finally {
      this.#asking.delete(node);
      this.#forget(this.#onTheirWay, node);
      const arrived = this.#clock.after(ASKED_WITHIN_MS, () => this.#onTheirWay.delete(node));
      this.#onTheirWay.set(node, arrived);
    }
  }

  dispose(): void {
    for (const stop of [...this.#unheard.values(), ...this.#onTheirWay.values()]) stop();
    this.#changed.dispose();
  }

  #watch(node: Node | undefined, times = TOLD_AGAIN): void {
    if (!this.#hasAnswered) return;
    this.#forget(this.#unheard, node);
    const tellAgain = (): void => {
      this.#unheard.delete(node);
      this.#changed.fire(node);
      if (times > 1) this.#watch(node, times - 1);
    };
    this.#unheard.set(node, this.#clock.after(ASKED_WITHIN_MS, tellAgain));
  }

  #forget(waiting: Map<Node | undefined, () => void>, node: Node | undefined): void {
    waiting.get(node)?.();
    waiting.delete(node);
  }
}
