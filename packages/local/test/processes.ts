import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** Whether a process is there and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isZombie(pid);
  } catch {
    return false;
  }
}

/** One that has ended, but whose parent has not asked: in a container nobody may. */
function isZombie(pid: number): boolean {
  try {
    return process.platform === "linux" && /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
}

/** On Linux, every process that has the text in its environment. */
export function marked(text: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && carries(name, text))
    .map(Number)
    .filter(isAlive);
}

function carries(pid: string, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").includes(text);
  } catch {
    return false;
  }
}

/**
 * Resolves when the test holds. Nothing tells the end of a process that is not one's own child; the pause leaves the
 * processor to what is waited for.
 */
export async function until(test: () => boolean): Promise<void> {
  while (!test()) await setTimeout(5);
}
