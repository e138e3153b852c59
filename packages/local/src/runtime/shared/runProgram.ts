import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { killSandbox } from "../../process/kill.ts";
import type { Reaper } from "../../process/reaperClient.ts";

/** A program to run. */
export interface Program {
  executable: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** The output of a program; `code` is null where it couldn't be started or was killed. */
export interface ProgramResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Longer than any build takes. */
const TIMEOUT_MS = 60_000;

/** Runs a program until it ends. Kills it after a minute, at the signal, and with the service. */
export async function runProgram(
  program: Program,
  reaper: Reaper,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const child = spawn(program.executable, program.args, {
    cwd: program.cwd,
    env: program.env,
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid !== undefined) reaper.watch(pid);
  const kill = () => pid !== undefined && killSandbox(pid, process.platform);
  const timer = setTimeout(kill, TIMEOUT_MS);
  signal.addEventListener("abort", kill, { once: true });
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("exit", resolve);
  });
  try {
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
    if (pid !== undefined) reaper.forget(pid);
  }
}
