import { parseArgs } from "node:util";
import { onEnding } from "./host/ending.ts";
import { runE2e, runHost, runPeer, runUnit, type SuiteOptions } from "./testing/suites.ts";
import type { Counts } from "./testing/mocha.ts";

const { values } = parseArgs({
  options: {
    unit: { type: "boolean", default: false },
    host: { type: "boolean", default: false },
    e2e: { type: "boolean", default: false },
    peer: { type: "boolean", default: false },
    desktop: { type: "boolean", default: false },
    grep: { type: "string" },
  },
});

type Run = (options: SuiteOptions) => Promise<Counts>;

const suites = { unit: runUnit, host: runHost, e2e: runE2e };
/** Installs a neighbour, 280 MB, so it runs only where it is named. */
const onDemand = { peer: runPeer };

/** Runs the suites that were named, or all, one after the other; a suite that could not run counts as one failure. */
async function main(): Promise<Counts> {
  const named = Object.entries({ ...suites, ...onDemand }).filter(
    ([name]) => values[name as keyof typeof suites | keyof typeof onDemand],
  );
  const total: Counts = { passed: 0, failed: 0 };
  for (const [name, run] of named.length > 0 ? named : Object.entries(suites)) {
    console.log(`\n── ${name} ──`);
    const { passed, failed } = await runOne(name, run);
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}

async function runOne(name: string, run: Run): Promise<Counts> {
  try {
    const counts = await run({ grep: values.grep, desktop: values.desktop });
    if (counts.passed + counts.failed > 0 || values.grep !== undefined) return counts;
    console.error(`There was no ${name} test to run.`);
  } catch (error) {
    console.error(`The ${name} tests could not run:`, error);
  }
  return { passed: 0, failed: 1 };
}

onEnding(() => process.exit(1));
const { passed, failed } = await main();
console.log(`\n${passed} passed, ${failed} failed`);
// With --grep a suite may have nothing to run; all of them together may not.
process.exit(failed === 0 && passed > 0 ? 0 : 1);
