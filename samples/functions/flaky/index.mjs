import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Fails the first `failures` attempts at an event. Every attempt carries the same request id, so a file of that name
 * counts them, also where another sandbox makes the next attempt.
 */
export const handler = async ({ failures = 2 }, context) => {
  const file = join(tmpdir(), `flaky-${context.awsRequestId}`);
  const attempt = Number(await readFile(file, "utf8").catch(() => 0)) + 1;
  if (attempt <= failures) {
    await writeFile(file, String(attempt));
    throw new Error(`Attempt ${attempt} fails; ${failures - attempt + 1} more to go.`);
  }
  await rm(file, { force: true });
  console.log("Attempt %d succeeds.", attempt);
  return { attempts: attempt };
};
