import type { Locator } from "playwright-core";
import { WAIT_MS } from "../../../tools/testing/limits.ts";

/** Waits for an effect that no locator can wait for; throws with what `describe` says when it does not come. */
export async function waitUntil(
  isThere: () => boolean | Promise<boolean>,
  describe: () => string,
): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!(await isThere())) {
    if (Date.now() > end) throw new Error(`It never came: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether something comes in sight within so many milliseconds: for what is tried anew where it doesn't. */
export function appears(what: Locator, withinMs: number): Promise<boolean> {
  return what.waitFor({ timeout: withinMs }).then(
    () => true,
    () => false,
  );
}
