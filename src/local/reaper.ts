// A process that outlives the service by a moment: it knows the sandboxes, and ends them when the service is gone,
// however that went. The service writes `+pid` and `-pid` lines to it; the end of that pipe is the end of the service.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { killSandbox } from "./sandbox/kill.ts";

const root = process.argv[2] ?? "";
const alive = new Set<number>();

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const pid = Number(line.slice(1));
  if (line.startsWith("+")) alive.add(pid);
  else alive.delete(pid);
});
lines.on("close", () => {
  for (const pid of alive) killSandbox(pid, process.platform);
  if (process.platform === "linux") killMarked(`HOME=${root}`);
  if (root !== "") rmSync(root, { recursive: true, force: true, maxRetries: 3 });
});

/** Ends what left its sandbox's process group: it still carries the environment that only our sandboxes have. */
function killMarked(mark: string): void {
  for (let round = 0; round < 5; round += 1) {
    const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && carries(name, mark));
    if (found.length === 0) return;
    for (const name of found) kill(Number(name));
  }
}

function carries(name: string, mark: string): boolean {
  try {
    return (
      name !== String(process.pid) && readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(mark)
    );
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
