import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { onEnding } from "./host/ending.ts";
import { brokenRun, describeFailures, type Results, sum } from "./testing/results.ts";
import { ScratchFolders } from "./testing/scratch.ts";
import { runE2e, runHost, runPeer, runUnit, type SuiteOptions } from "./testing/suites.ts";

const { values } = parseArgs({
  options: {
    unit: { type: "boolean", default: false },
    host: { type: "boolean", default: false },
    e2e: { type: "boolean", default: false },
    peer: { type: "boolean", default: false },
    desktop: { type: "boolean", default: false },
    /** Only tests whose full names match. */
    grep: { type: "string" },
    /** Only test files whose paths have this in them. */
    file: { type: "string" },
    /** Shuffles files, suites and tests, and draws every random number from it. */
    seed: { type: "string" },
    /** Full counts of the tests that repeat themselves. */
    soak: { type: "boolean", default: false },
  },
});

type Run = (options: SuiteOptions) => Promise<Results>;

const suites = { unit: runUnit, host: runHost, e2e: runE2e };
/** Installs a neighbor, 280 MB, so it runs only where it is named. */
const onDemand = { peer: runPeer };

const scratch = new ScratchFolders();
const options: SuiteOptions = {
  grep: values.grep,
  file: values.file,
  desktop: values.desktop,
  variation: { seed: seed(), soak: values.soak, shuffle: values.seed !== undefined },
  scratch,
};

/** The same in every run unless one is named; `--soak` looks further each time. */
function seed(): number {
  if (values.seed === undefined) return values.soak ? Date.now() % 2 ** 31 : 1;
  const given = Number(values.seed);
  if (!Number.isSafeInteger(given)) throw new Error(`--seed takes a whole number, not ${values.seed}.`);
  return given;
}

/**
 * Runs the suites that were named, or all; a suite that could not run counts as one failure. Those that show a workbench
 * wait for it most of the time, so the unit tests run beside them where the machine has two cores.
 */
async function main(): Promise<Results> {
  const named = Object.entries({ ...suites, ...onDemand }).filter(
    ([name]) => values[name as keyof typeof suites | keyof typeof onDemand],
  );
  const wanted = named.length > 0 ? named : Object.entries(suites);
  const isUnit = ([name]: [string, Run]): boolean => name === "unit";
  const [unit, workbench] = [wanted.filter(isUnit), wanted.filter((each) => !isUnit(each))];
  if (availableParallelism() < 2) return runEach([...unit, ...workbench]);
  return sum(await Promise.all([runEach(unit), runEach(workbench)]));
}

async function runEach(each: readonly [string, Run][]): Promise<Results> {
  const results: Results[] = [];
  for (const [name, run] of each) results.push(await runOne(name, run));
  return sum(results);
}

async function runOne(name: string, run: Run): Promise<Results> {
  try {
    const results = await run(options);
    const isWhole = values.grep === undefined && values.file === undefined;
    if (results.passed + results.failures.length > 0 || !isWhole) return results;
    return brokenRun(`test/${name}`, "There was no test to run.");
  } catch (error) {
    console.error(error);
    return brokenRun(`test/${name}`, `The tests could not run. ${String(error)}`);
  }
}

process.once("exit", () => scratch.removeAll());
onEnding(() => process.exit(1));
const { passed, failures } = await main();
const { seed: drawn, shuffle, soak } = options.variation;
if (shuffle || soak) console.log(`\nTo repeat this run: npm test -- --seed ${drawn}${soak ? " --soak" : ""}`);
if (failures.length > 0) console.log(`\n${describeFailures(failures)}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
// With --grep a suite may have nothing to run; all of them together may not.
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);
