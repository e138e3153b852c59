import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { Readable } from "node:stream";
import { killSandbox } from "../process/kill.ts";
import type { Reaper } from "../process/reaperClient.ts";
import type { LogEvent } from "../logs/logEvent.ts";
import { OutputPump, Pace } from "./outputPump.ts";
import { OutputReader, type OutputOptions } from "./telemetry.ts";

/** A sandbox's process. */
export interface SandboxProcess {
  /** Undefined where it couldn't be started. */
  pid: number | undefined;
  /** Resolves when it has ended and its last lines are read, to the reason as Lambda words it. */
  exited: Promise<string>;
  kill(): void;
  /** Resolves when what it has written so far is read and passed on, incomplete lines too. */
  flushLines(): Promise<void>;
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
  const output = readOutput(child, {
    framedOutput: plan.env["_LAMBDA_TELEMETRY_LOG_FD"] === "1",
    now,
    onLine,
  });
  let hasEnded = false;
  const kill = () => {
    // Its PID may be another process's by now.
    if (pid !== undefined && !hasEnded) killSandbox(pid, process.platform);
  };
  const exited = ending(child, plan.cwd).then(async (reason) => {
    // Its child processes must not outlive it.
    kill();
    hasEnded = true;
    if (pid !== undefined) reaper.forget(pid);
    await output.caughtUp();
    for (const reader of output.readers) reader.end();
    return reason;
  });
  const flushLines = async () => {
    await output.caughtUp();
    for (const reader of output.readers) reader.flush();
  };
  return { pid, exited, kill, flushLines };
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

interface OutputPlan extends Omit<OutputOptions, "framed"> {
  /** Whether frames come on standard output, among the lines; else they have a descriptor of their own. */
  framedOutput: boolean;
}

/** The output of a process: its standard streams, and descriptor 3. */
interface ProcessOutput {
  readers: readonly OutputReader[];
  caughtUp(): Promise<void>;
}

function readOutput(child: ChildProcess, { framedOutput, ...options }: OutputPlan): ProcessOutput {
  const pace = new Pace();
  const streams = [child.stdout, child.stderr, child.stdio[3]].map((stream, index) => ({
    stream,
    reader: new OutputReader({ ...options, framed: index === 2 || (index === 0 && framedOutput) }),
  }));
  const pumps = streams.flatMap(({ stream, reader }) =>
    stream instanceof Readable ? [new OutputPump(stream, reader, pace)] : [],
  );
  return {
    readers: streams.map(({ reader }) => reader),
    caughtUp: async () => void (await Promise.all(pumps.map((pump) => pump.caughtUp()))),
  };
}
