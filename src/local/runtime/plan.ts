import type { DebugTarget } from "../../core/ports.ts";
import type { LocalFunction } from "../discovery/localFunction.ts";

/** Files that sandboxes and the reaper run, absolute paths. */
export interface RuntimeFiles {
  /** The script that starts AWS's runtime client for Node.js. */
  start: string;
  /** Entry points of that client: version 3 takes callbacks as Lambda does up to nodejs22.x, version 4 does not. */
  client3: string;
  client4: string;
  /** The script of the reaper process. */
  reaper: string;
}

/** What runs a function: a process, its folder, and the environment that its runtime needs beside Lambda's. */
export interface RuntimePlan {
  executable: string;
  args: readonly string[];
  /** The folder of the code, `LAMBDA_TASK_ROOT`. */
  taskRoot: string;
  env: Readonly<Record<string, string>>;
  /** Changes when a process that runs already would run older code. */
  stamp: string;
}

/** Where a process that is debugged may be attached to, once its port is known. */
export type DebugTargetAt = (port: number) => DebugTarget;

/** A way to run functions of one family of runtimes. */
export interface Runtime {
  /** Whether it runs this function. */
  takes(fn: LocalFunction): boolean;
  /** What to run now. Throws a `CannotRun`. */
  plan(fn: LocalFunction, signal: AbortSignal): Promise<RuntimePlan>;
  /** What to run under a debugger. Throws a `CannotRun`. */
  debugPlan(fn: LocalFunction, signal: AbortSignal): Promise<{ plan: RuntimePlan; target: DebugTargetAt }>;
}

/** Why a function cannot run here: a sentence that says what to do. */
export class CannotRun extends Error {}
