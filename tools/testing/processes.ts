import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process of this machine. */
export interface FoundProcess {
  pid: number;
  /** Its program and arguments. */
  command: string;
}

/**
 * Every process with a string in its environment, its arguments or its working folder. Only Linux tells this of
 * every process; elsewhere none is found.
 */
export function processesWith(text: string): FoundProcess[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => carries(pid, text) && !hasEnded(pid))
    .map((pid) => ({ pid: Number(pid), command: read(pid, "cmdline").replaceAll("\0", " ").trim() }));
}

/** A running process for a person who asks why it doesn't end: each thread's state, and where it waits in the kernel. */
export function describeProcess({ pid, command }: FoundProcess): string {
  const thread = (id: string): string => {
    const [, state = "?"] = /^State:\s+(\w)/m.exec(read(`${pid}`, `task/${id}/status`)) ?? [];
    return `${state} ${read(`${pid}`, `task/${id}/wchan`)}`.trim();
  };
  return `process ${pid}: ${command} (threads: ${list(`/proc/${pid}/task`).map(thread).join(", ")})`;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Ends processes at once; one that has ended already is left alone. */
export function killAll(processes: readonly FoundProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}

function carries(pid: string, text: string): boolean {
  return (
    read(pid, "environ").includes(text) || read(pid, "cmdline").includes(text) || folderOf(pid).includes(text)
  );
}

/** A process that has ended and whose parent has not asked for its exit code yet. */
function hasEnded(pid: string): boolean {
  return /^State:\s+[ZX]/m.test(read(pid, "status"));
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

function folderOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}
