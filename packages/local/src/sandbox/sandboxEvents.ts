import type { RuntimeMessage } from "./runtimeMessages.ts";

/** What can happen to a sandbox while something waits for it. */
export type SandboxEvent = RuntimeMessage | { kind: "exited"; reason: string } | { kind: "timeout" };

/** The events of one sandbox, in order, for one waiter at a time. */
export class SandboxEvents {
  #unread: SandboxEvent[] = [];
  #exit: SandboxEvent | undefined;
  #wake: (() => void) | undefined;

  push(event: SandboxEvent): void {
    if (event.kind === "exited") this.#exit = event;
    else this.#unread.push(event);
    this.#wake?.();
  }

  /** The next event of one of these kinds, passing over others; the exit, however often asked; or the timeout, which may be `Infinity`. */
  async wait(kinds: readonly SandboxEvent["kind"][], timeoutMs: number): Promise<SandboxEvent> {
    // A timer of more than 2³¹ ms would fire at once.
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
    for (let first = this.#unread.shift(); first; first = this.#unread.shift()) {
      if (first.kind === "timeout" || kinds.includes(first.kind)) return first;
    }
    return this.#exit;
  }
}
