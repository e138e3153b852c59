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
  /** Undefined where it could not be started. */
  pid: number | undefined;
  /** Resolves when it has ended and its last lines are read, to the reason in Lambda's words. */
  exited: Promise<string>;
  kill(): void;
  /** Gives the lines that are unfinished, at the end of an invocation. */
  flushLines(): void;
}

/** What to start, and where. */
export interface ProcessPlan {
  executable: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The folder that goes with the process. */
  home: string;
}

/** Starts a sandbox's process in a group of its own; it gets a log channel on descriptor 3 beside its standard streams. */
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
  let over = false;
  const kill = () => {
    // Once it is over, its number may be another process's.
    if (pid !== undefined && !over) killSandbox(pid, process.platform);
  };
  const exited = ending(child, plan.cwd).then(async (reason) => {
    // What it started must not outlive it; and what it wrote before is read in the next turn of the event loop.
    kill();
    over = true;
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

/** Resolves when all that was in the pipes at the time of the call has been read: one whole poll phase later. */
export async function pipesRead(): Promise<void> {
  await immediate();
  await immediate();
}

function ending(child: ChildProcess, cwd: string): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      // Node.js blames the executable also where the folder to start in is missing.
      const why = existsSync(cwd)
        ? error.message
        : `the folder ${cwd} does not exist; check CodeUri, or build it`;
      resolve(`Runtime failed to start: ${why}`);
    });
    child.once("exit", (code, signal) => {
      if (signal !== null) resolve(`Runtime exited with error: signal: ${signalWords.get(signal) ?? signal}`);
      else if (code === 0) resolve("Runtime exited without providing a reason");
      else resolve(`Runtime exited with error: exit status ${code}`);
    });
  });
}

/** How Lambda names what ended a process. */
const signalWords = new Map<string, string>([
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
