import type { Disposable } from "vscode";

/** The accepted events whose outcome is awaited in this window, by request id. */
export class FollowedEvents {
  /** What ends the following of each. */
  readonly #followed = new Map<string, AbortController>();
  readonly #listeners = new Set<() => void>();

  get size(): number {
    return this.#followed.size;
  }

  has(requestId: string | undefined): boolean {
    return requestId !== undefined && this.#followed.has(requestId);
  }

  /** An event is followed once: following it anew ends what followed it before. */
  begin(requestId: string): AbortController {
    this.#followed.get(requestId)?.abort();
    const own = new AbortController();
    this.#followed.set(requestId, own);
    this.#changed();
    return own;
  }

  /** Notes that what `begin` gave out has ended. */
  end(requestId: string, own: AbortController): void {
    if (this.#followed.get(requestId) !== own) return;
    this.#followed.delete(requestId);
    this.#changed();
  }

  /** Stops following an event, which changes nothing for the event itself. */
  stop(requestId: string): void {
    this.#followed.get(requestId)?.abort();
    if (this.#followed.delete(requestId)) this.#changed();
  }

  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
