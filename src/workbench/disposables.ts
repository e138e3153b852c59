import type { Disposable } from "vscode";

/** Holds what must be disposed; what arrives after the store's own end is disposed at once. */
export class DisposableStore implements Disposable {
  readonly #held = new Set<Disposable>();
  #disposed = false;

  add<T extends Disposable>(disposable: T): T {
    if (this.#disposed) disposable.dispose();
    else this.#held.add(disposable);
    return disposable;
  }

  dispose(): void {
    this.#disposed = true;
    for (const disposable of this.#held) disposable.dispose();
    this.#held.clear();
  }
}
