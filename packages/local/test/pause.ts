import { setTimeout } from "node:timers/promises";

/** Waits for a moment before something is looked at again, and leaves the processor to what is waited for. */
export async function pause(): Promise<void> {
  await setTimeout(5);
}
