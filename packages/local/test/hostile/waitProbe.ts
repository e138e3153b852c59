import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { LocalAddress } from "../../src/contract/service.ts";

// Calls a service again and again from a process of its own, as a user with its key does, each time over a new connection.
// Says how long it was kept waiting when it's told to end.

const PAUSE_MS = 2;
// Not by its arguments or variables, which every function can look for.
const [{ credentials, endpoint }] = (await once(process, "message")) as [LocalAddress];
const requestHandler = new NodeHttpHandler({ httpAgent: { keepAlive: false } });
const client = new LambdaClient({
  region: "us-east-1",
  endpoint,
  credentials,
  maxAttempts: 1,
  requestHandler,
});
const call = () => client.send(new ListFunctionsCommand({ MaxItems: 1 }));
const waits: number[] = [];
const over = new AbortController();

process.once("message", () => over.abort());
// The first calls load and compile what others need too.
for (let n = 0; n < 20; n += 1) await call();
process.send?.("ready");
while (!over.signal.aborted) {
  const startedAt = performance.now();
  await call();
  waits.push(performance.now() - startedAt);
  await sleep(PAUSE_MS);
}
process.send?.(waits);
process.disconnect();
