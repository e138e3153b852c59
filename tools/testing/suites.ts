import { runTests } from "@vscode/test-electron";
import { build as bundle } from "esbuild";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, globSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../build.ts";
import { findChromium } from "../host/chromium.ts";
import { installServer } from "../host/install.ts";
import { findOnPath, root } from "../host/paths.ts";
import { quietSettings } from "../host/server.ts";
import type { Counts } from "./mocha.ts";

/** What of the tests to run. */
export interface SuiteOptions {
  grep: string | undefined;
  /** Run the host tests in desktop VS Code instead of the server build. */
  desktop: boolean;
}

const out = join(root, "out");
const testFiles = {
  unit: ["test/unit/**/*.test.ts", "packages/*/test/**/*.test.ts"],
  e2e: ["test/e2e/**/*.test.ts"],
  peer: ["test/peer/**/*.test.ts"],
};
const timeouts = { unit: 10_000, host: 30_000, e2e: 60_000, peer: 120_000 };

/** Runs the tests of the parts that need no VS Code. */
export async function runUnit({ grep }: SuiteOptions): Promise<Counts> {
  return runInProcess("unit", grep);
}

/** Runs the contract of the Lambda API against a neighbour, which proves the suite itself. */
export async function runPeer({ grep }: SuiteOptions): Promise<Counts> {
  return runInProcess("peer", grep);
}

/** Runs a person's way through the workbench in a browser, with the extension as it ships. */
export async function runE2e({ grep }: SuiteOptions): Promise<Counts> {
  await build({ minify: true, sourcemap: false });
  await rm(join(out, "failures"), { recursive: true, force: true });
  return runInProcess("e2e", grep);
}

/** Runs the tests inside a real extension host. */
export async function runHost({ grep, desktop }: SuiteOptions): Promise<Counts> {
  await build({ minify: true, sourcemap: false });
  const tests = await bundleHostTests();
  const results = await emptyResults("host");
  const report = join(out, "host", "report.txt");
  const log = createWriteStream(join(out, "host", "vscode.log"));
  const scratch = await mkdtemp(join(tmpdir(), "lambda-invoke-host-"));
  // Here rather than in the launcher, whose words go into the log: a person sees what takes its time.
  if (!desktop) await Promise.all([installServer(), findChromium()]);
  const executable = desktop ? findDesktop() : join(root, "tools", "host", "launcher.ts");
  try {
    await runTests({
      ...(executable !== undefined && { vscodeExecutablePath: executable }),
      extensionDevelopmentPath: [root, ...["empty-extension", "python-debugger"].map(besideTests)],
      extensionTestsPath: tests,
      launchArgs: [
        await copySamples(scratch),
        `--user-data-dir=${await writeProfile(scratch)}`,
        "--disable-extensions",
      ],
      extensionTestsEnv: {
        TEST_RESULTS: results,
        TEST_REPORT: report,
        TEST_GREP: grep ?? "",
        TEST_TIMEOUT: `${timeouts.host}`,
      },
      stdout: log,
      stderr: log,
    });
  } catch {
    // Failed tests end it with a failing code, and are counted below; a crash leaves no counts.
  }
  log.end();
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  process.stdout.write(await readFile(report, "utf8").catch(() => ""));
  return readCounts("host", "See out/host/vscode.log.");
}

async function runInProcess(suite: "unit" | "e2e" | "peer", grep: string | undefined): Promise<Counts> {
  const files = globSync(testFiles[suite], { cwd: root });
  const results = await emptyResults(suite);
  const main = join(root, "tools", "testing", "mochaMain.ts");
  const paths = files.toSorted().map((file) => join(root, file));
  const args = [main, results, `${timeouts[suite]}`, grep ?? "", ...paths];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  await once(child, "exit");
  return readCounts(suite, "Its last words are above.");
}

function resultsPath(suite: string): string {
  return join(out, suite, "results.json");
}

/** Removes an earlier run's counts: a suite that crashes leaves none. */
async function emptyResults(suite: string): Promise<string> {
  const path = resultsPath(suite);
  await mkdir(join(out, suite), { recursive: true });
  await rm(path, { force: true });
  return path;
}

async function readCounts(suite: string, hint: string): Promise<Counts> {
  try {
    return JSON.parse(await readFile(resultsPath(suite), "utf8")) as Counts;
  } catch {
    console.error(`The ${suite} tests ended without a result. ${hint}`);
    return { passed: 0, failed: 1 };
  }
}

/** Bundles each host test and the index that finds them; returns the index's path. */
async function bundleHostTests(): Promise<string> {
  const folder = join(out, "host", "tests");
  await rm(folder, { recursive: true, force: true });
  const tests = globSync("test/host/**/*.test.ts", { cwd: root });
  await bundle({
    absWorkingDir: root,
    entryPoints: ["test/host/index.ts", ...tests],
    outbase: "test/host",
    outdir: folder,
    outExtension: { ".js": ".cjs" },
    bundle: true,
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

/** Tests write into the workspace, so they get a copy. */
async function copySamples(scratch: string): Promise<string> {
  const folder = join(scratch, "samples");
  await cp(join(root, "samples"), folder, { recursive: true });
  return folder;
}

async function writeProfile(scratch: string): Promise<string> {
  const folder = join(scratch, "profile");
  await mkdir(join(folder, "User"), { recursive: true });
  await writeFile(join(folder, "User", "settings.json"), JSON.stringify(quietSettings));
  return folder;
}

/** A desktop VS Code on PATH is used only where it is named: its own windows could be in the way. */
function findDesktop(): string | undefined {
  return process.env["VSCODE_PATH"] ?? (process.env["CI"] === undefined ? findOnPath("code") : undefined);
}
