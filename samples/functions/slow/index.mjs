import { setTimeout as sleep } from "node:timers/promises";

/** Sleeps for `seconds`, telling each one that has passed. */
export const handler = async ({ seconds = 2 }, context) => {
  const start = Date.now();
  for (let passed = 1; passed <= seconds; passed += 1) {
    await sleep(1000);
    console.log(
      "%d of %d s, %d s left until the timeout",
      passed,
      seconds,
      Math.floor(context.getRemainingTimeInMillis() / 1000),
    );
  }
  await sleep((seconds % 1) * 1000);
  return { sleptSeconds: (Date.now() - start) / 1000 };
};
