// A process that outlives the service by a moment: it knows the sandboxes, and ends them when the service is gone,
// however that went. The service writes `+pid home` and `-pid` lines to it, without a home for a process that is no
// sandbox's; the end of that pipe is the end of the service. What is left of a sandbox that has ended, it clears away.
import { rmSync } from "node:fs";
import { sep } from "node:path";
import { createInterface } from "node:readline";
import { killEscaped, killSandbox } from "./kill.ts";

const root = process.argv[2] ?? "";
/** The homes of the processes that run, by their number. */
const alive = new Map<number, string>();
/** The homes of the sandboxes that have ended since the last look. */
let ended = new Set<string>();

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const [number = "", home = ""] = line.slice(1).split(/ (.*)/);
  const pid = Number(number);
  if (line.startsWith("+")) alive.set(pid, home);
  else forget(pid);
});
lines.on("close", () => {
  for (const pid of alive.keys()) killSandbox(pid, process.platform);
  if (root === "") return;
  killEscaped((home) => home.startsWith(root + sep));
  remove(root);
});

function forget(pid: number): void {
  const home = alive.get(pid);
  alive.delete(pid);
  if (home === undefined || home === "") return;
  // Many may end at once: one look is for all of them.
  if (ended.size === 0) setImmediate(clearAway);
  ended.add(home);
}

function clearAway(): void {
  const homes = ended;
  ended = new Set();
  killEscaped((home) => homes.has(home));
  for (const home of homes) remove(home);
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Something in it is in use, or not ours: a home goes with the root, the root stays.
  }
}
