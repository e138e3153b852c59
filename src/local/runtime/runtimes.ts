import type { LocalFunction } from "../discovery/localFunction.ts";
import { nodejs } from "./nodejs.ts";
import { CannotRun, type Runtime, type RuntimeFiles } from "./plan.ts";

/** The runtimes that run here. */
export interface Runtimes {
  plan: Runtime["plan"];
  debugPlan: Runtime["debugPlan"];
}

/** The runtimes of this machine; `executable` is the Node.js that runs functions. */
export function createRuntimes(files: RuntimeFiles, executable: string): Runtimes {
  const all = [nodejs(files, executable)];
  const runtimeOf = (fn: LocalFunction): Runtime => {
    const runtime = all.find((each) => each.takes(fn));
    if (!runtime) {
      throw new CannotRun(`${fn.name}: the runtime ${fn.runtime} does not run locally yet; Node.js does.`);
    }
    return runtime;
  };
  return {
    plan: async (fn, signal) => runtimeOf(fn).plan(fn, signal),
    debugPlan: async (fn, signal) => runtimeOf(fn).debugPlan(fn, signal),
  };
}
