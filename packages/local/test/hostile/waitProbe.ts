import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

// Asks a service again and again from a process of its own, and says how long it was kept waiting when it's told to end.

const PAUSE_MS = 2;
const [endpoint = ""] = process.argv.slice(2);
const waits: number[] = [];
const over = new AbortController();

process.once("message", () => over.abort());
await ask();
process.send?.("ready");
while (!over.signal.aborted) {
  const startedAt = performance.now();
  await ask();
  waits.push(performance.now() - startedAt);
  await sleep(PAUSE_MS);
}
process.send?.(waits);
process.disconnect();

/** A request without a signature is refused by the part of the service that everybody shares. */
function ask(): Promise<void> {
  return new Promise((resolve) => {
    const sent = request(endpoint, { agent: false }, (response) => {
      response.resume().once("close", resolve);
    });
    // A service that is attacked may refuse a connection.
    sent.once("error", () => resolve()).end();
  });
}
