import { writeFile } from "node:fs/promises";
import { format } from "node:util";

/** What a suite did. */
export interface Counts {
  passed: number;
  failed: number;
}

/** Which tests to run, and where to say what they did. */
export interface MochaOptions {
  files: readonly string[];
  /** A regular expression on tests' full names. */
  grep?: string | undefined;
  /** Milliseconds that a test may take. */
  timeout: number;
  /** Takes one line of the report. */
  print?: (line: string) => void;
  /** A JSON file that gets the counts; without it the suite counts as crashed. */
  results: string;
}

/** Runs test files with mocha in this process; resolves to the number of failures. */
export async function runMocha(options: MochaOptions): Promise<number> {
  const { default: Mocha } = await import("mocha");
  const { print } = options;
  if (print !== undefined)
    Mocha.reporters.Base.consoleLog = (...values: unknown[]) => print(format(...values));
  Mocha.reporters.Base.useColors = print === undefined && process.stdout.isTTY;
  const mocha = new Mocha({
    ui: "bdd",
    reporter: "spec",
    timeout: options.timeout,
    forbidOnly: process.env["CI"] !== undefined,
    ...(options.grep !== undefined && { grep: new RegExp(options.grep) }),
  });
  for (const file of options.files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const counts: Counts = { passed: 0, failed: 0 };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on("pass", () => counts.passed++);
    runner.on("fail", () => counts.failed++);
  });
  await writeFile(options.results, JSON.stringify(counts));
  return counts.failed;
}
