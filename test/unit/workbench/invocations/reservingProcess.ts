import { randomUUID } from "node:crypto";
import { SharedLogCalls } from "../../../../src/workbench/invocations/sharedLogCalls.ts";

// A window that reserves calls as fast as it can, and prints when each may be made.

const [folder = "", place = "", count = ""] = process.argv.slice(2);
let askedAt = 0;
const calls = new SharedLogCalls(folder, { newId: randomUUID, now: () => (askedAt = Date.now()) });
for (let index = 0; index < Number(count); index++) {
  const wait = await calls.reserve(place);
  console.log(askedAt + wait);
}
