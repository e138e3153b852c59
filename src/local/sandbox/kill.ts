import { spawn } from "node:child_process";

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
