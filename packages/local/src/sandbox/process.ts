import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { Readable } from "node:stream";
import { setImmediate as immediate } from "node:timers/promises";
import { killSandbox } from "../process/kill.ts";
import type { Reaper } from "../process/reaperClient.ts";
import type { LogEvent } from "../logs/logEvent.ts";
import { logFrameReader, outputReader, type OutputReader } from "./telemetry.ts";

/** A sandbox's process. */
export interface SandboxProcess {
  /** Undefined where it couldn't be started. */
  pid: number | undefined;
  /** Resolves when it has ended and its last lines are read, to the reason as Lambda words it. */
  exited: Promise<string>;
  kill(): void;
  /** Passes on incomplete lines at the end of an invocation. */
  flushLines(): void;
}

/** The process to start. */
export interface ProcessPlan {
  executable: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** A folder that's deleted with the process. */
  home: string;
}

/** Starts a sandbox's process in its own process group, with a log channel on file descriptor 3. */
export function startProcess(
  plan: ProcessPlan,
  reaper: Reaper,
  now: () => number,
  onLine: (line: LogEvent) => void,
): SandboxProcess {
  const child = spawn(plan.executable, plan.args, {
    cwd: plan.cwd,
    env: plan.env,
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid !== undefined) reaper.watch(pid, plan.home);
  const readers = readLines(child, now, onLine);
  let hasEnded = false;
  const kill = () => {
    // Its PID may be another process's by now.
    if (pid !== undefined && !hasEnded) killSandbox(pid, process.platform);
  };
  const exited = ending(child, plan.cwd).then(async (reason) => {
    // Its child processes must not outlive it. Its last output is read in the next turn of the event loop.
    kill();
    hasEnded = true;
    if (pid !== undefined) reaper.forget(pid);
    await pipesRead();
    for (const reader of readers) reader.end();
    return reason;
  });
  const flushLines = () => {
    for (const reader of readers) reader.flush();
  };
  return { pid, exited, kill, flushLines };
}

/** Resolves when everything in the pipes at the time of the call has been read, which takes one poll phase of the event loop. */
export async function pipesRead(): Promise<void> {
  await immediate();
  await immediate();
}

function ending(child: ChildProcess, cwd: string): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      // Node.js reports a missing working directory as a missing executable.
      const why = existsSync(cwd)
        ? error.message
        : `the folder ${cwd} doesn't exist; check CodeUri, or build the function`;
      resolve(`Runtime failed to start: ${why}`);
    });
    child.once("exit", (code, signal) => {
      if (signal !== null) resolve(`Runtime exited with error: signal: ${signalNames.get(signal) ?? signal}`);
      else if (code === 0) resolve("Runtime exited without providing a reason");
      else resolve(`Runtime exited with error: exit status ${code}`);
    });
  });
}

/** Lambda's names for signals. */
const signalNames = new Map<string, string>([
  ["SIGABRT", "aborted"],
  ["SIGINT", "interrupt"],
  ["SIGKILL", "killed"],
  ["SIGSEGV", "segmentation fault"],
  ["SIGTERM", "terminated"],
]);

function readLines(child: ChildProcess, now: () => number, onLine: (line: LogEvent) => void): OutputReader[] {
  const plain = [child.stdout, child.stderr].map((stream) => {
    const reader = outputReader(onLine, now);
    stream?.on("data", (chunk: Buffer) => reader.write(chunk));
    return reader;
  });
  const frames = child.stdio[3];
  if (frames instanceof Readable) frames.on("data", logFrameReader(onLine));
  return plain;
}
