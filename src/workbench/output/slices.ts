import { setImmediate } from "node:timers/promises";
import type { Steps } from "../../core/output/steps.ts";

/** How long the extension host works in one piece, in milliseconds. */
const SLICE_MS = 8;

/** Does work in steps, and lets other work be done in between. */
export async function inSlices<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const end = performance.now() + SLICE_MS;
    while (performance.now() < end) {
      const step = steps.next();
      if (step.done) return step.value;
    }
    await setImmediate();
  }
}
