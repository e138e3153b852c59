import type { LocalFunction } from "../model/localFunction.ts";
import type { Reaper } from "../process/reaperClient.ts";
import { Esbuild } from "./esbuild.ts";
import { nodejs } from "./nodejs.ts";
import { CannotRun, type Runtime, type RuntimeFiles } from "./plan.ts";
import { provided } from "./provided.ts";
import { python, type PythonSettings } from "./python.ts";

/** What the runtimes need of the service. */
export interface RuntimesHost {
  files: RuntimeFiles;
  /** The Node.js that runs functions. */
  executable: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** A folder of the service's own; what is built goes below it. */
  home: string;
  reaper: Reaper;
  settings: () => PythonSettings;
}

/** The runtimes of this machine. */
export type Runtimes = Pick<Runtime, "check" | "prepare">;

/** Node.js, Python, and those that functions bring along. */
export function createRuntimes(host: RuntimesHost): Runtimes {
  const all = [nodejs(host.files, host.executable, new Esbuild(host)), python(host), provided(host.platform)];
  const runtimeOf = (fn: LocalFunction): Runtime => {
    const runtime = all.find((each) => each.takes(fn));
    if (runtime) return runtime;
    const message = `${fn.name}: the runtime ${fn.runtime} does not run locally; Node.js, Python and provided.* do. Invoke it on AWS.`;
    throw new CannotRun(message, "runtime");
  };
  return {
    async check(fn, signal) {
      // What its template keeps it from was said where that was read.
      if (fn.cannotRun === undefined) await runtimeOf(fn).check(fn, signal);
    },
    async prepare(fn, signal) {
      if (fn.cannotRun !== undefined) throw new CannotRun(fn.cannotRun, "code");
      return runtimeOf(fn).prepare(fn, signal);
    },
  };
}
