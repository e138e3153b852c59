import { execFile } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/** A process, told apart from a later one with the same ID. */
export interface ProcessIdentity {
  pid: number;
  /** Linux: when it started, in clock ticks since the machine did. */
  ticks?: string;
  /** Linux: the namespace in which the ID counts; containers may share a temporary folder, but not their processes. */
  namespace?: string;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, ticks: ticksOf(pid), namespace: ownNamespace() };
}

/** When a process started, in clock ticks; undefined where it has ended or this isn't Linux. Source: proc_pid_stat(5). */
function ticksOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field, in parentheses, may have any character.
    const [state = "", ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return /[ZX]/.test(state) ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

function ownNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

/**
 * Whether a process has ended for certain. `notedAt` is when its identity was noted, in ms since 1970: a process that
 * started later has only its ID.
 */
export async function hasEnded(
  { pid, ticks, namespace }: ProcessIdentity,
  notedAt: number,
  platform: NodeJS.Platform,
): Promise<boolean> {
  if (namespace !== ownNamespace()) return false;
  if (!exists(pid)) return true;
  if (platform === "linux") return ticks !== undefined && ticksOf(pid) !== ticks;
  const startedAt = await startOf(pid, platform);
  return startedAt !== undefined && startedAt > notedAt + CLOCK_TOLERANCE_MS;
}

/** Start times come in whole seconds. */
const CLOCK_TOLERANCE_MS = 2000;

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it's another user's.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** When a process started, in ms since 1970; undefined where the system doesn't tell. */
export async function startOf(pid: number, platform: NodeJS.Platform): Promise<number | undefined> {
  const [file, ...args] =
    platform === "win32"
      ? ["powershell.exe", "-NoProfile", "-Command", `(Get-Process -Id ${pid}).StartTime.ToString("o")`]
      : ["ps", ...`-o lstart= -p ${pid}`.split(" ")];
  const text = await new Promise<string>((resolve) => {
    const env = { ...process.env, LC_ALL: "C" };
    execFile(file, args, { timeout: 10_000, windowsHide: true, env }, (_, stdout) => resolve(stdout));
  });
  const time = Date.parse(text.trim());
  return Number.isNaN(time) ? undefined : time;
}
