import { writeFile } from "node:fs/promises";
import { format } from "node:util";
import type { Suite } from "mocha";
import { SOAK_TEST_MS, TEST_MS } from "./limits.ts";
import { type Random, seededRandom, shuffled } from "./random.ts";
import type { Failure, Results } from "./results.ts";
import { variation } from "./variation.ts";

/** Which tests to run, and where to say what they did. */
export interface MochaOptions {
  files: readonly string[];
  /** A regular expression on tests' full names. */
  grep?: string | undefined;
  /** The tests of one `describe` are steps of one way, and keep their order when the rest is shuffled. */
  steps?: boolean;
  /** Clears up after each test, whatever became of it. */
  afterEach?: () => Promise<void>;
  /** Takes one line of the report. */
  print?: (line: string) => void;
  /** A JSON file that gets the results; without it the tests count as crashed. */
  results: string;
}

/** Runs test files with mocha in this process; resolves to what they came to. */
export async function runMocha(options: MochaOptions): Promise<Results> {
  const { default: Mocha } = await import("mocha");
  const { print } = options;
  if (print !== undefined)
    Mocha.reporters.Base.consoleLog = (...values: unknown[]) => print(format(...values));
  Mocha.reporters.Base.useColors = print === undefined && process.stdout.isTTY;
  const mocha = new Mocha({
    ui: "bdd",
    reporter: "spec",
    timeout: variation.soak ? SOAK_TEST_MS : TEST_MS,
    forbidOnly: process.env["CI"] !== undefined,
    grep: options.grep === undefined ? /(?:)/ : new RegExp(options.grep),
    rootHooks: options.afterEach ? { afterEach: options.afterEach } : {},
  });
  for (const file of options.files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  if (variation.shuffle) shuffle(mocha.suite, seededRandom(variation.seed), options.steps === true);
  const results = await runLoaded(mocha);
  await writeFile(options.results, JSON.stringify(results));
  return results;
}

function shuffle(suite: Suite, random: Random, steps: boolean): void {
  suite.suites = shuffled(suite.suites, random);
  if (!steps) suite.tests = shuffled(suite.tests, random);
  for (const each of suite.suites) shuffle(each, random, steps);
}

async function runLoaded(mocha: Mocha): Promise<Results> {
  const failures: Failure[] = [];
  let passed = 0;
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on("pass", () => (passed += 1));
    runner.on("fail", (test, error: unknown) => {
      failures.push({ name: test.titlePath().join(" › "), reason: reasonOf(error) });
    });
  });
  return { passed, failures };
}

/** The longest part of a reason that is shown again at the end of a run: the report above has all of it. */
const REASON_LINES = 30;

/** An error's message, and the place in the tests or the sources where it came up. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const lines = `${error.name}: ${error.message}`.split("\n");
  const cut = lines.length > REASON_LINES ? [...lines.slice(0, REASON_LINES), "…"] : lines;
  const place = error.stack
    ?.split("\n")
    .find((line) => /^\s+at .*[\\/](?:test|src|out|packages)[\\/]/.test(line));
  return [...cut, ...(place === undefined ? [] : [place.trim()])].join("\n");
}
