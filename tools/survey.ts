// Reads a collection of applications as Local does: shows what it finds and how long that takes, whether AWS's SAM
// translator finds the same, and which functions reach their handlers. The last runs the collection's code, so name only
// a collection that you would run yourself.
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { LocalFunction } from "../packages/local/src/model/localFunction.ts";
import { onEnding } from "./host/ending.ts";
import { root } from "./host/paths.ts";
import { invokeEach } from "./survey/invoking.ts";
import { readFunctions } from "./survey/reading.ts";
import { differencesFrom, translateWithSam } from "./survey/samFunctions.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** A Python that has the package aws-sam-translator. */
    sam: { type: "string" },
    /** Invokes each function with `{}`. */
    invoke: { type: "boolean", default: false },
    /** A folder with the packages that Lambda's runtimes include, as Local installs them. */
    packages: { type: "string" },
    /** The `typescript.js` of VS Code. */
    typescript: { type: "string" },
  },
});

async function read(folder: string): Promise<readonly LocalFunction[]> {
  const temp = await mkdtemp(join(await realpath(tmpdir()), "survey-"));
  try {
    const { functions, ...times } = await readFunctions(folder, temp);
    const [first, all, longest] = [times.firstMs, times.allMs, times.longestMs].map(Math.round);
    console.log(`${functions.length} functions: the first after ${first} ms, all after ${all} ms`);
    console.log(`The longest piece of work: ${longest} ms`);
    return functions;
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

async function compareWithSam(
  folder: string,
  functions: readonly LocalFunction[],
  python: string,
): Promise<void> {
  const sam = await translateWithSam(folder, python);
  const differences = differencesFrom(sam.functions, functions);
  const same = sam.functions.length - differences.length;
  console.log(`\nThe same as in SAM's translator: ${same} of its ${sam.functions.length} functions`);
  for (const line of differences) console.log(`  ${line}`);
  for (const { file, why } of sam.failed) console.log(`  The translator refuses ${file}: ${why}`);
}

async function invoke(folder: string, functions: readonly LocalFunction[]): Promise<void> {
  const pathOf = (path: string | undefined): string | undefined => path && resolve(path);
  const outcomes = await invokeEach(
    // Others don't run locally, and their rows say why.
    functions.filter((fn) => fn.handlerFiles !== undefined && fn.cannotRun === undefined),
    {
      folder,
      script: join(root, "dist", "local", "main.cjs"),
      packagesPath: pathOf(values.packages),
      typescriptPath: pathOf(values.typescript),
    },
  );
  const others = outcomes.filter(({ isReached }) => !isReached);
  console.log(`\nReached their handlers: ${outcomes.length - others.length} of ${outcomes.length}`);
  for (const { fn, error } of others) console.log(`  ${fn.name} (${fn.runtime}): ${error}`);
}

onEnding(() => process.exit(1));
const [given] = positionals;
if (given === undefined) throw new Error("Name the collection's folder: npm run survey -- FOLDER");
const folder = await realpath(resolve(given));
const functions = await read(folder);
if (values.sam !== undefined) await compareWithSam(folder, functions, values.sam);
if (values.invoke) await invoke(folder, functions);
