import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../core/invocation/clock.ts";

/** The machine's own time and randomness. */
export const machineClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  newId: () => randomUUID(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
  after: (ms, late) => {
    const timer = setTimeout(late, ms);
    return () => clearTimeout(timer);
  },
};
