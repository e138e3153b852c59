import { readdirSync, readFileSync } from "node:fs";
import { pause } from "./pause.ts";

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isZombie(pid);
  } catch {
    return false;
  }
}

/** Whether a process is a zombie, which may stay in a container without an init process. */
function isZombie(pid: number): boolean {
  try {
    return process.platform === "linux" && /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
}

/** On Linux, every process with the string in its environment. */
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

/** Resolves when the test is true. Polls, because there's no event for the end of a process that isn't a child. */
export async function until(test: () => boolean): Promise<void> {
  while (!test()) await pause();
}
