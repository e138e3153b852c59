import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** An environment variable of every process of a sandbox: the sandbox's home folder. A function can't replace it. */
export const SANDBOX_VARIABLE = "_LAMBDA_LOCAL_SANDBOX";

/**
 * Kills a sandbox with the processes it started: its process group, or its process tree on Windows. Does nothing if the
 * sandbox has ended.
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
    // ESRCH: it has ended.
  }
}

/**
 * On Linux, kills processes that left their sandbox's process group, for example by `setsid`. They still have the sandbox's
 * variable. Looks at every process of the machine.
 */
export function killEscaped(matches: (home: string) => boolean): void {
  if (process.platform !== "linux") return;
  for (let round = 0; round < 5; round += 1) {
    const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && matches(homeOf(name)));
    if (found.length === 0) return;
    for (const name of found) killOne(Number(name));
  }
}

/** The home folder of a process's sandbox; empty for other processes. */
function homeOf(name: string): string {
  try {
    const variables = readFileSync(`/proc/${name}/environ`, "utf8").split("\0");
    return (
      variables.find((each) => each.startsWith(`${SANDBOX_VARIABLE}=`))?.slice(SANDBOX_VARIABLE.length + 1) ??
      ""
    );
  } catch {
    return "";
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
