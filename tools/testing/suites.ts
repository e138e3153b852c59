import { runTests } from "@vscode/test-electron";
import { build as bundle } from "esbuild";
import { createWriteStream } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { build } from "../build.ts";
import { findChromium } from "../host/chromium.ts";
import { installServer } from "../host/install.ts";
import { findOnPath, root } from "../host/paths.ts";
import { quietSettings } from "../host/server.ts";
import { testFiles } from "./files.ts";
import { type Job, printReport, runPool } from "./pool.ts";
import { seededRandom, shuffled } from "./random.ts";
import { brokenRun, type Failure, readResults, type Results, sum } from "./results.ts";
import { filesWithSecrets, SECRET_ENVIRONMENT, withSecret } from "./secrets.ts";
import type { Scratch, ScratchFolders } from "./scratch.ts";
import { type Variation, variationEnvironment } from "./variation.ts";

/** What of the tests to run, and how. */
export interface SuiteOptions {
  grep: string | undefined;
  /** Only the test files whose paths have this in them. */
  file: string | undefined;
  /** Run the host tests in desktop VS Code instead of the server build. */
  desktop: boolean;
  variation: Variation;
  scratch: ScratchFolders;
}

const out = join(root, "out");

/** Runs the tests of the parts that need no VS Code, several files at a time. */
export async function runUnit(options: SuiteOptions): Promise<Results> {
  await buildOnce();
  const files = inOrder(testFiles("unit", options.file), options.variation);
  const pool = {
    ...options,
    suite: "unit",
    // Tests of Local run the service that ships: it starts faster than its sources.
    env: { TEST_LOCAL_SERVICE: join(root, "dist", "local", "main.cjs") },
  };
  // Every file has to be loaded to know which of its tests match: quicker in one process.
  if (options.grep !== undefined) return runPool([{ name: "test/unit", files }], { ...pool, workers: 1 });
  const each = files.map((name): Job => ({ name, files: [name] }));
  return runPool(each, { ...pool, workers: availableParallelism() });
}

/** Runs the contract of the Lambda API against a neighbor, which proves the suite itself. */
export async function runPeer(options: SuiteOptions): Promise<Results> {
  const files = testFiles("peer", options.file);
  return runPool([{ name: "test/peer", files }], { ...options, suite: "peer", workers: 1 });
}

/** Runs a user's way through the workbench in a browser, with the extension as it ships. */
export async function runE2e(options: SuiteOptions): Promise<Results> {
  await Promise.all([buildOnce(), installServer(), findChromium()]);
  await rm(join(out, "failures"), { recursive: true, force: true });
  const files = inOrder(testFiles("e2e", options.file), options.variation);
  if (files.length === 0) return sum([]);
  const pool = { ...options, suite: "e2e", workers: 1, steps: true };
  return runPool([{ name: "test/e2e", files }], pool);
}

/** Runs the tests inside a real extension host. */
export async function runHost(options: SuiteOptions): Promise<Results> {
  const { desktop, grep, variation } = options;
  // Here rather than in the launcher, whose words go into the log: a user sees what takes its time.
  await Promise.all([buildOnce(), ...(desktop ? [] : [installServer(), findChromium()])]);
  const tests = await bundleHostTests(options.file);
  const [results, report] = [join(out, "host", "results.json"), join(out, "host", "report.txt")];
  await Promise.all([results, report].map((path) => rm(path, { force: true })));
  const scratch = options.scratch.make("host");
  const leaks = await runInHost(scratch, desktop, {
    tests,
    env: {
      ...variationEnvironment(variation),
      TEST_RESULTS: results,
      TEST_REPORT: report,
      TEST_GREP: grep ?? "",
    },
  });
  printReport("test/host", await readFile(report, "utf8").catch(() => ""));
  const left = await options.scratch.clear(scratch, "test/host");
  const own = await readResults(results);
  const crash = brokenRun("test/host", "It ended without a result. See out/host/vscode.log.");
  return sum([own ?? crash, { passed: 0, failures: [...left, ...leaks.map(secretIn)] }]);
}

interface HostRun {
  /** The index that finds the tests. */
  tests: string;
  env: Record<string, string>;
}

/** Resolves to the files in which the run left something secret. */
async function runInHost({ folder, env }: Scratch, desktop: boolean, run: HostRun): Promise<string[]> {
  const logFile = join(out, "host", "vscode.log");
  const log = createWriteStream(logFile);
  const executable = desktop ? findDesktop() : join(root, "tools", "host", "launcher.ts");
  const samples = join(folder, "samples");
  const profile = join(folder, "profile");
  // Tests write into the workspace, so they get a copy.
  await cp(join(root, "samples"), samples, { recursive: true });
  await writeProfile(profile);
  try {
    await runTests({
      ...(executable !== undefined && { vscodeExecutablePath: executable }),
      extensionDevelopmentPath: [root, ...["empty-extension", "python-debugger"].map(besideTests)],
      extensionTestsPath: run.tests,
      launchArgs: [samples, `--user-data-dir=${profile}`, "--disable-extensions"],
      extensionTestsEnv: { ...run.env, ...env, ...SECRET_ENVIRONMENT },
      stdout: log,
      stderr: log,
    });
  } catch {
    // Failed tests end it with a failing code, and are counted; a crash leaves no results.
  }
  await new Promise<void>((resolve) => log.end(resolve));
  const leaks = [...(await filesWithSecrets(profile)), ...(await withSecret([logFile]))];
  await Promise.all([samples, profile].map((path) => rm(path, { recursive: true, force: true })));
  return leaks;
}

function secretIn(path: string): Failure {
  return { name: "test/host", reason: `Something secret was written to ${path}.` };
}

let built: Promise<unknown> | undefined;

/** Every suite of a run uses the same build. */
function buildOnce(): Promise<unknown> {
  built ??= build({ minify: true, sourcemap: false });
  return built;
}

function inOrder(files: string[], { seed, shuffle }: Variation): string[] {
  return shuffle ? shuffled(files, seededRandom(seed)) : files;
}

/** Bundles each host test and the index that finds them; returns the index's path. */
async function bundleHostTests(containing: string | undefined): Promise<string> {
  const folder = join(out, "host", "tests");
  await rm(folder, { recursive: true, force: true });
  const tests = testFiles("host", containing);
  await bundle({
    absWorkingDir: root,
    entryPoints: ["test/host/index.ts", ...tests],
    outbase: "test/host",
    outdir: folder,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    mainFields: ["module", "main"],
    format: "cjs",
    platform: "node",
    target: "node20",
    external: ["vscode", "mocha", "*.node"],
    sourcemap: "inline",
  });
  return join(folder, "index.cjs");
}

/** An extension that the host tests need beside ours. */
function besideTests(name: string): string {
  return join(root, "test", "host", name);
}

async function writeProfile(folder: string): Promise<void> {
  await mkdir(join(folder, "User"), { recursive: true });
  await writeFile(join(folder, "User", "settings.json"), JSON.stringify(quietSettings));
}

/** A desktop VS Code on PATH is used only where it is named: its own windows could be in the way. */
function findDesktop(): string | undefined {
  return process.env["VSCODE_PATH"] ?? (process.env["CI"] === undefined ? findOnPath("code") : undefined);
}
