import { readFile } from "node:fs/promises";

/** A test that failed, or a thing that had to hold around the tests. */
export interface Failure {
  /** The test's full name. */
  name: string;
  reason: string;
}

/** What tests came to. */
export interface Results {
  passed: number;
  failures: readonly Failure[];
}

/** Adds results up. */
export function sum(results: readonly Results[]): Results {
  return {
    passed: results.reduce((total, { passed }) => total + passed, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}

/** The results of something that could not even run its tests. */
export function brokenRun(name: string, reason: string): Results {
  return { passed: 0, failures: [{ name, reason }] };
}

/** Reads the file of results that a process of tests leaves; undefined where it ended before it wrote one. */
export async function readResults(path: string): Promise<Results | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Results;
  } catch {
    return undefined;
  }
}

/** The failures with their reasons, as a run prints them above its last line. */
export function describeFailures(failures: readonly Failure[]): string {
  const each = failures.map(
    ({ name, reason }, index) => `${index + 1}) ${name}\n${reason.replaceAll(/^(?=.)/gm, "     ")}`,
  );
  return ["Failed:", ...each].join("\n\n");
}
