/** The waits before the second and the third attempt of an asynchronous invocation, in milliseconds. */
export const RETRY_DELAYS_MS: Readonly<Record<"aws" | "local", readonly [number, number]>> = {
  // AWS Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation"
  aws: [60_000, 120_000],
  local: [1_000, 2_000],
};
