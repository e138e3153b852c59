import type { DebugTarget } from "../contract/debugTarget.ts";
import type { LocalFunction } from "../model/localFunction.ts";

/** Files that sandboxes and the reaper run, absolute paths. */
export interface RuntimeFiles {
  /** The script that starts AWS's runtime client for Node.js. */
  start: string;
  /** Entry points of that client: version 3 takes callbacks as Lambda does up to nodejs22.x, version 4 does not. */
  client3: string;
  client4: string;
  /** The script that builds a function with the workspace's esbuild. */
  build: string;
  /** The script that starts AWS's runtime client for Python. */
  startPython: string;
  /** The script of the reaper process. */
  reaper: string;
}

/** What runs a function: a process, its folder, and the environment that its runtime needs beside Lambda's. */
export interface RuntimePlan {
  executable: string;
  args: readonly string[];
  /** The folder of the code, `LAMBDA_TASK_ROOT`. */
  taskRoot: string;
  /** What is undefined is taken away. */
  env: Readonly<Record<string, string | undefined>>;
  /** What runs, for the log, e.g. `node 24.1.0`. */
  version: string;
}

/** What runs a function so that it waits for a debugger and says its port. */
export interface DebugPlan {
  plan: RuntimePlan;
  target: (port: number) => DebugTarget;
}

/** A function that can run now. */
export interface Prepared {
  /** Changes when a process that runs already would run older code. */
  stamp: string;
  plan(): RuntimePlan;
  /** Rejects with a `CannotRun`. Absent where there is no debugger for its language. */
  debug?(signal: AbortSignal): Promise<DebugPlan>;
}

/** A way to run functions of one family of runtimes. */
export interface Runtime {
  /** Whether it runs this function. */
  takes(fn: LocalFunction): boolean;
  /** What `prepare` would reject for, as far as that is known without a build. Rejects with a `CannotRun`. */
  check(fn: LocalFunction, signal: AbortSignal): Promise<void>;
  /** Builds and looks up what the function needs. Rejects with a `CannotRun`. Quick where nothing has changed. */
  prepare(fn: LocalFunction, signal: AbortSignal): Promise<Prepared>;
}

/** Why a function cannot run here: a sentence that says what to do. */
export class CannotRun extends Error {
  /** The runtime is not there, or the function's code is not fit for it. */
  readonly lacks: "runtime" | "code";
  /** A shell command that mends it. */
  readonly command: string | undefined;

  constructor(message: string, lacks: CannotRun["lacks"], command?: string) {
    super(message);
    this.lacks = lacks;
    this.command = command;
  }
}
