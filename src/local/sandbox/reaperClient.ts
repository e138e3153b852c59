import { spawn, type ChildProcess } from "node:child_process";

/** Keeps the reaper process informed, so that no sandbox outlives the service even when that is killed. */
export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  /** Ends the reaper, and with it every sandbox it still knows. */
  dispose(): void;
}

/** Starts the reaper with the first sandbox, and again if it should end; `root` is the folder that it removes at the end. */
export function createReaper(executable: string, script: string, root: string): Reaper {
  const known = new Set<number>();
  let process: ChildProcess | undefined;
  let disposed = false;
  const start = () => {
    const child = spawn(executable, [script, root], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      windowsHide: true,
    });
    child.on("error", () => {});
    child.stdin.on("error", () => {});
    child.on("exit", () => {
      if (process === child) process = undefined;
      if (!disposed && known.size > 0) start();
    });
    process = child;
    for (const pid of known) child.stdin.write(`+${pid}\n`);
  };
  return {
    watch(pid) {
      known.add(pid);
      if (process) process.stdin?.write(`+${pid}\n`);
      else start();
    },
    forget(pid) {
      known.delete(pid);
      process?.stdin?.write(`-${pid}\n`);
    },
    dispose() {
      disposed = true;
      process?.stdin?.end();
    },
  };
}
