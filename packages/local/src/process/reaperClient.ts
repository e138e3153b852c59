import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";

/** Keeps the reaper process informed, so that no sandbox outlives the service even when that is killed. */
export interface Reaper {
  /** A sandbox's process comes with the sandbox's home, which goes with it. */
  watch(pid: number, home?: string): void;
  forget(pid: number): void;
  /** Ends the reaper, and with it every sandbox it still knows, and removes the folder `root`. */
  dispose(): void;
}

/** A reaper that does not stay up is not started for ever. */
const mostStarts = 20;

/** Starts the reaper with the first sandbox, and again if it should end; it makes the folder `root`, and removes it at the end. */
export function createReaper(executable: string, script: string, root: string): Reaper {
  const known = new Map<number, string>();
  let child: ChildProcess | undefined;
  let disposed = false;
  let starts = 0;
  const start = () => {
    starts += 1;
    child = startReaper(executable, script, root);
    for (const [pid, home] of known) child.stdin?.write(`+${pid} ${home}\n`);
    child.once("exit", () => {
      child = undefined;
      if (!disposed && known.size > 0 && starts < mostStarts) start();
    });
  };
  return {
    watch(pid, home = "") {
      known.set(pid, home);
      if (child) child.stdin?.write(`+${pid} ${home}\n`);
      else start();
    },
    forget(pid) {
      known.delete(pid);
      child?.stdin?.write(`-${pid}\n`);
    },
    dispose() {
      disposed = true;
      child?.stdin?.end();
      // Where no sandbox ever started, there is no reaper; others may have put something into the folder all the same.
      if (!child) rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function startReaper(executable: string, script: string, root: string): ChildProcess {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  // Detached, so that nothing that ends the service's own process group ends this too.
  const child = spawn(executable, [script, root], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    windowsHide: true,
  });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  return child;
}
