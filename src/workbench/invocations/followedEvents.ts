import type { Disposable } from "vscode";
import type { NextAttempt } from "../../core/invocation/nextAttempt.ts";

/** The accepted events whose outcome is awaited in this window, by request id. */
export class FollowedEvents {
  /** What ends the following of each. */
  readonly #followed = new Map<string, AbortController>();
  readonly #next = new Map<string, NextAttempt>();
  readonly #listeners = new Set<() => void>();

  get size(): number {
    return this.#followed.size;
  }

  has(requestId: string | undefined): boolean {
    return requestId !== undefined && this.#followed.has(requestId);
  }

  /** When events are tried again, as far as that's known. */
  get nextAttempts(): readonly NextAttempt[] {
    return [...this.#next.values()];
  }

  nextAttempt(requestId: string | undefined): NextAttempt | undefined {
    return requestId === undefined ? undefined : this.#next.get(requestId);
  }

  /** Notes when an event that is followed is tried again. */
  expect(requestId: string, own: AbortController, next: NextAttempt | undefined): void {
    if (this.#followed.get(requestId) !== own) return;
    if (next) this.#next.set(requestId, next);
    else if (!this.#next.delete(requestId)) return;
    this.#changed();
  }

  /** An event is followed once: following it anew ends what followed it before. */
  begin(requestId: string): AbortController {
    this.#followed.get(requestId)?.abort();
    const own = new AbortController();
    this.#followed.set(requestId, own);
    this.#next.delete(requestId);
    this.#changed();
    return own;
  }

  /** Notes that what `begin` gave out has ended. */
  end(requestId: string, own: AbortController): void {
    if (this.#followed.get(requestId) !== own) return;
    this.#followed.delete(requestId);
    this.#next.delete(requestId);
    this.#changed();
  }

  /** Stops following an event, which changes nothing for the event itself. */
  stop(requestId: string): void {
    this.#followed.get(requestId)?.abort();
    this.#next.delete(requestId);
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
