import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LocalFunction } from "../../packages/local/src/model/localFunction.ts";

/** A function as AWS's SAM translator has it, its values as text. */
interface SamFunction {
  /** An absolute path. */
  file: string;
  logicalId: string;
  handler: string;
  runtime: string;
  timeoutSeconds: string;
  memorySizeMb: string;
}

interface Translated {
  functions: readonly SamFunction[];
  /** Templates that the translator refuses. */
  failed: readonly { file: string; why: string }[];
}

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Asks the translator of a Python that has the package aws-sam-translator for the functions of a folder's templates. */
export async function translateWithSam(folder: string, python: string): Promise<Translated> {
  const script = join(import.meta.dirname, "sam_functions.py");
  const { stdout } = await promisify(execFile)(python, [script, folder], { maxBuffer: MAX_OUTPUT_BYTES });
  return JSON.parse(stdout) as Translated;
}

/** What differs between the translator's functions and ours, a line for each function that isn't the same. */
export function differencesFrom(expected: readonly SamFunction[], ours: readonly LocalFunction[]): string[] {
  const byPlace = new Map(ours.map((fn) => [`${fn.place.file} ${fn.logicalId}`, fn]));
  return expected.flatMap((each) => {
    const fn = byPlace.get(`${each.file} ${each.logicalId}`);
    if (!fn) return [`${each.file}: ${each.logicalId} is missing`];
    const names = ["handler", "runtime", "timeoutSeconds", "memorySizeMb"] as const;
    const wrong = names.filter((name) => String(fn[name]) !== each[name]);
    if (wrong.length === 0) return [];
    const told = wrong.map((name) => `${name} is ${fn[name]}, SAM has ${each[name]}`);
    return [`${each.file}: ${each.logicalId}: ${told.join("; ")}`];
  });
}
