import type { RuntimeMessage } from "../runtime/shared/runtimeMessages.ts";

/** An event of a sandbox. */
export type SandboxEvent = RuntimeMessage | { kind: "exited"; reason: string } | { kind: "timeout" };

/** A queue of a sandbox's events, for one reader at a time. */
export class SandboxEvents {
  #unread: SandboxEvent[] = [];
  #exit: SandboxEvent | undefined;
  #wake: (() => void) | undefined;

  push(event: SandboxEvent): void {
    if (event.kind === "exited") this.#exit = event;
    else this.#unread.push(event);
    this.#wake?.();
  }

  /**
   * The next event of these kinds, skipping others; or the exit, again in later calls; or the timeout, which may be
   * `Infinity`. Requests for the next event aren't skipped: one may overtake the response before it, on another connection.
   */
  async wait(kinds: readonly SandboxEvent["kind"][], timeoutMs: number): Promise<SandboxEvent> {
    // A timer of more than 2³¹ ms would fire immediately.
    const timer =
      timeoutMs === Infinity ? undefined : setTimeout(() => this.push({ kind: "timeout" }), timeoutMs);
    try {
      for (;;) {
        const found = this.#take(kinds);
        if (found) return found;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
    }
  }

  #take(kinds: readonly SandboxEvent["kind"][]): SandboxEvent | undefined {
    const index = this.#unread.findIndex(({ kind }) => kind === "timeout" || kinds.includes(kind));
    const skipped = this.#unread.splice(0, index === -1 ? this.#unread.length : index);
    const found = this.#unread.shift();
    this.#unread.unshift(...skipped.filter(({ kind }) => kind === "next"));
    return found ?? this.#exit;
  }
}
