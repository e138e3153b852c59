import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../host/paths.ts";
import { brokenRun, readResults, type Results, sum } from "./results.ts";
import type { Scratch, ScratchFolders } from "./scratch.ts";
import { type Variation, variationEnvironment } from "./variation.ts";

/** Test files that one process runs. */
export interface Job {
  /** As a user knows them, e.g. `test/unit/core/format.test.ts`. */
  name: string;
  /** Relative to the repository's folder. */
  files: readonly string[];
}

/** How to run test files. */
export interface PoolOptions {
  suite: string;
  /** How many processes run at the same time. */
  workers: number;
  grep: string | undefined;
  /** The tests of one `describe` are steps of one way. */
  steps?: boolean;
  variation: Variation;
  scratch: ScratchFolders;
  /** Added to the environment of each process. */
  env?: Record<string, string>;
}

const main = join(root, "tools", "testing", "mochaMain.ts");
/** A process whose tests neither end nor time out is ended; milliseconds. */
const PROCESS_MS = 30 * 60_000;
const SOAK_PROCESS_MS = 6 * 60 * 60_000;

/** Runs each job in a process with a temporary folder of its own; prints what it says once it has ended. */
export async function runPool(jobs: readonly Job[], options: PoolOptions): Promise<Results> {
  const left = [...jobs.entries()];
  const results: Results[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, job] = next;
      results.push(await runJob(job, `${options.suite}${index}`, options));
    }
  };
  await Promise.all(Array.from({ length: options.workers }, work));
  return sum(results);
}

async function runJob(job: Job, id: string, options: PoolOptions): Promise<Results> {
  const scratch = options.scratch.make(id);
  const folder = join(root, "out", options.suite);
  mkdirSync(folder, { recursive: true });
  const [resultsPath, reportPath] = [join(folder, `${id}.json`), join(folder, `${id}.txt`)];
  rmSync(resultsPath, { force: true });
  await runProcess(job, { scratch, resultsPath, reportPath }, options);
  const left = await options.scratch.clear(scratch, job.name);
  const report = readFileSync(reportPath, "utf8");
  printReport(job.name, report);
  const results = await readResults(resultsPath);
  const lastWords = report.trim().split("\n").slice(-10).join("\n");
  const own = results ?? brokenRun(job.name, `It ended without a result. Its last words:\n${lastWords}`);
  return sum([own, { passed: 0, failures: left }]);
}

/** Prints the report of tests in one piece: others may end at the same time. */
export function printReport(tests: string, report: string): void {
  process.stdout.write(`\n── ${tests} ──\n${report}`);
}

interface Paths {
  scratch: Scratch;
  resultsPath: string;
  /** Gets what the tests print: a file, so that nothing that outlives them keeps it open. */
  reportPath: string;
}

async function runProcess(job: Job, paths: Paths, options: PoolOptions): Promise<void> {
  const report = openSync(paths.reportPath, "w");
  const limitMs = options.variation.soak ? SOAK_PROCESS_MS : PROCESS_MS;
  const child = spawn(process.execPath, [main, ...argumentsFor(job, paths.resultsPath, options)], {
    cwd: root,
    env: {
      ...process.env,
      // Node.js compiles a module once, and not for each of the hundreds of processes of a run.
      NODE_COMPILE_CACHE: join(root, "out", "compile-cache"),
      ...variationEnvironment(options.variation),
      ...options.env,
      ...paths.scratch.env,
    },
    stdio: ["ignore", report, report],
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  closeSync(report);
  await once(child, "exit");
}

function argumentsFor(job: Job, results: string, { grep, steps }: PoolOptions): string[] {
  return [
    `--results=${results}`,
    ...(grep === undefined ? [] : [`--grep=${grep}`]),
    ...(steps === true ? ["--steps"] : []),
    ...job.files.map((file) => join(root, file)),
  ];
}
