import type { RuntimeMessage } from "./runtimeMessages.ts";

/** What can happen to a sandbox while something waits for it. */
export type Happening = RuntimeMessage | { kind: "exited"; reason: string } | { kind: "timeout" };

/** The happenings of one sandbox, in order, for one who waits at a time. */
export class Happenings {
  #unread: Happening[] = [];
  #exit: Happening | undefined;
  #wake: (() => void) | undefined;

  push(happening: Happening): void {
    if (happening.kind === "exited") this.#exit = happening;
    else this.#unread.push(happening);
    this.#wake?.();
  }

  /** The next happening of one of these kinds, passing over others; the exit, however often asked; or the timeout, which may be `Infinity`. */
  async wait(kinds: readonly Happening["kind"][], timeoutMs: number): Promise<Happening> {
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

  #take(kinds: readonly Happening["kind"][]): Happening | undefined {
    for (let first = this.#unread.shift(); first; first = this.#unread.shift()) {
      if (first.kind === "timeout" || kinds.includes(first.kind)) return first;
    }
    return this.#exit;
  }
}
