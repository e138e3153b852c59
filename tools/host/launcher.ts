#!/usr/bin/env node
// Takes the flags of desktop VS Code and runs the same extension tests on VS Code's server build, in a
// headless browser, so that @vscode/test-electron's runTests can start it in place of the desktop program.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launchChromium } from "./chromium.ts";
import { onEnding } from "./ending.ts";
import { startServer } from "./server.ts";
import { HOST_TESTS_MS } from "../testing/limits.ts";
import { workbenchUrl } from "./workbenchUrl.ts";

interface Request {
  extension: string;
  /** Extensions under development after the first; the workbench in a browser takes one, so these are installed. */
  others: string[];
  tests: string;
  folder: string | undefined;
  settings: Record<string, unknown>;
}

async function readRequest(args: string[]): Promise<Request> {
  // Not strict: runTests adds flags that only the desktop program knows, all of them without a separate value.
  const { values, positionals } = parseArgs({
    args,
    strict: false,
    allowPositionals: true,
    options: {
      extensionDevelopmentPath: { type: "string", multiple: true },
      extensionTestsPath: { type: "string" },
      "user-data-dir": { type: "string" },
    },
  });
  const { extensionTestsPath: tests, extensionDevelopmentPath = [], "user-data-dir": profile } = values;
  const [extension, ...others] = extensionDevelopmentPath.filter((path) => typeof path === "string");
  if (typeof tests !== "string") throw new Error("--extensionTestsPath=… is missing.");
  if (extension === undefined) throw new Error("--extensionDevelopmentPath=… is missing.");
  return {
    tests,
    extension,
    others,
    folder: positionals[0],
    settings: typeof profile === "string" ? await readSettings(profile) : {},
  };
}

async function readSettings(profile: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(join(profile, "User", "settings.json"), "utf8")) as Record<
      string,
      unknown
    >;
  } catch {
    return {};
  }
}

/** Runs the tests and resolves to their exit code. */
async function run(request: Request, signal: AbortSignal): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), "vscode-server-"));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  const { settings, others: installed } = request;
  const server = cleanup.use(await startServer({ dataDir, settings, installed, forTests: true }));
  const browser = await launchChromium();
  cleanup.defer(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  // It may be refused while the page is still loading, before anyone waits for it.
  promise.catch(() => {});
  await page.exposeFunction("codeAutomationLog", (type: string, args: unknown[]) => {
    const strings = args.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
    (type === "error" ? process.stderr : process.stdout).write(`${strings.join(" ")}\n`);
  });
  await page.exposeFunction("codeAutomationExit", (code: number) => resolve(code));
  page.once("crash", () => reject(new Error("The browser's page crashed.")));
  browser.once("disconnected", () => reject(new Error("The browser ended before the tests did.")));
  server.exited.then(() => reject(new Error("VS Code's server ended before the tests did.")), reject);
  // A test run that hangs must end too, and before the program that started it gives up.
  const limit = setTimeout(() => reject(new Error("The tests took longer than two hours.")), HOST_TESTS_MS);
  cleanup.defer(() => clearTimeout(limit));
  signal.addEventListener("abort", () => resolve(143), { once: true });
  await page.goto(workbenchUrl({ port: server.port, folder: request.folder, test: request }));
  return await promise;
}

const ending = new AbortController();
onEnding(() => ending.abort());
try {
  process.exitCode = await run(await readRequest(process.argv.slice(2)), ending.signal);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
