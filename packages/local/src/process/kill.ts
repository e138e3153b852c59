import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** The variable that every process of a sandbox carries, and that a function's own cannot replace: the sandbox's home. */
export const sandboxMark = "_LAMBDA_LOCAL_SANDBOX";

/**
 * Ends a sandbox at once, with every process it started: on POSIX its process group, on Windows its tree.
 * A sandbox that is gone already is no error.
 */
export function killSandbox(pid: number, platform: NodeJS.Platform): void {
  if (platform === "win32") {
    spawn("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore", windowsHide: true }).on(
      "error",
      () => {},
    );
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // ESRCH: nothing of it is left.
  }
}

/**
 * On Linux, ends what left its sandbox's process group, as `setsid` does: it still carries the mark. The test tells
 * whose, by the home. It looks at every process of the machine.
 */
export function killEscaped(belongs: (home: string) => boolean): void {
  if (process.platform !== "linux") return;
  for (let round = 0; round < 5; round += 1) {
    const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && belongs(homeOf(name)));
    if (found.length === 0) return;
    for (const name of found) killOne(Number(name));
  }
}

/** The home of the sandbox that a process belongs to; empty where there is none. */
function homeOf(name: string): string {
  try {
    const variables = readFileSync(`/proc/${name}/environ`, "utf8").split("\0");
    return variables.find((each) => each.startsWith(`${sandboxMark}=`))?.slice(sandboxMark.length + 1) ?? "";
  } catch {
    return "";
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
