import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { noteSandbox } from "./leftovers.ts";

/** Tells the reaper process which sandboxes run, so that none outlives the service, even if that is killed. */
export interface Reaper {
  /** Adds a process; `home` is the home folder of a sandbox, which is deleted when the process has ended. */
  watch(pid: number, home?: string): void;
  forget(pid: number): void;
  /** Ends the reaper and the sandboxes that still run, and deletes the folder `root`. */
  dispose(): void;
}

/** A reaper that keeps ending isn't started more often. */
const MAX_STARTS = 20;

/** Starts the reaper with the first sandbox, and again if it ends early. It owns the folder `root`. */
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
      if (!disposed && known.size > 0 && starts < MAX_STARTS) start();
    });
  };
  return {
    watch(pid, home = "") {
      known.set(pid, home);
      if (home !== "") noteSandbox(home, pid);
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
      // Without a sandbox there's no reaper, but the folder may exist.
      if (!child) rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function startReaper(executable: string, script: string, root: string): ChildProcess {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  // Detached, so that it survives a signal to the service's process group.
  const child = spawn(executable, [script, root], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    windowsHide: true,
  });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  return child;
}
