import type { CodeLayout } from "../model/handler.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { nodejs } from "./nodejs/nodejs.ts";
import { provided } from "./provided.ts";
import { python } from "./python/python.ts";
import { CannotRun, type Runner, type Runtime, type RuntimeHost } from "./shared/runtime.ts";

/** Every runtime of Local. */
const runtimes: readonly Runtime[] = [nodejs, python, provided];

function findRuntime(runtime: string): Runtime | undefined {
  return runtimes.find((each) => each.includes(runtime));
}

/** Where functions of a runtime such as `nodejs24.x` have their code; undefined for one that doesn't run locally. */
export function codeLayoutOf(runtime: string): CodeLayout | undefined {
  return findRuntime(runtime);
}

/** Runs functions of every runtime of Local, set up on first use. */
export function createRunner(host: RuntimeHost): Runner {
  const runners = new Map<Runtime, Runner>();
  const runnerOf = (fn: LocalFunction): Runner => {
    const runtime = findRuntime(fn.runtime);
    if (!runtime) throw notLocal(fn);
    const runner = runners.get(runtime) ?? runtime.setUp(host);
    runners.set(runtime, runner);
    return runner;
  };
  return {
    async check(fn, signal) {
      // The problems of its template are reported with the template.
      return fn.cannotRun === undefined ? runnerOf(fn).check(fn, signal) : undefined;
    },
    async prepare(fn, signal) {
      if (fn.cannotRun !== undefined)
        throw new CannotRun({ subject: fn.name, text: fn.cannotRun, lacks: "code" });
      return runnerOf(fn).prepare(fn, signal);
    },
  };
}

function notLocal({ name, runtime }: LocalFunction): CannotRun {
  const labels = new Intl.ListFormat("en").format(runtimes.map(({ label }) => label));
  const text = `The runtime ${runtime} doesn't run locally; ${labels} do. Invoke the function on AWS.`;
  return new CannotRun({ subject: name, text, lacks: "runtime" });
}
