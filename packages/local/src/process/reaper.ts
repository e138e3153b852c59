// A process that kills the sandboxes when the service has ended, even if it crashed. The service writes `+pid home` and
// `-pid` lines to its standard input, without a home folder for processes that aren't sandboxes, and has ended when that
// pipe is closed. The reaper also deletes what ended sandboxes left.
import { rmSync } from "node:fs";
import { sep } from "node:path";
import { createInterface } from "node:readline";
import { killEscaped, killSandbox } from "./kill.ts";
import { pidFileOf } from "./leftovers.ts";

const root = process.argv[2] ?? "";
/** The home folders of running processes, by PID. */
const alive = new Map<number, string>();
/** The home folders of sandboxes that have ended since the last clean-up. */
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
  // One clean-up is enough for all that end at the same time.
  if (ended.size === 0) setImmediate(cleanUp);
  ended.add(home);
}

function cleanUp(): void {
  const homes = ended;
  ended = new Set();
  killEscaped((home) => homes.has(home));
  for (const home of homes) {
    remove(home);
    remove(pidFileOf(home));
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A file in it is in use, or belongs to someone else. A home folder is deleted with the root.
  }
}
