import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchChromium } from "../../../tools/host/chromium.ts";
import { root } from "../../../tools/host/paths.ts";
import { startServer, type ServerOptions } from "../../../tools/host/server.ts";
import { workbenchUrl } from "../../../tools/host/workbenchUrl.ts";

/** How to open a workbench for a test. */
export interface SessionOptions {
  /** Added to the quiet settings that every run has. */
  settings?: Record<string, unknown>;
  /** Added to the extension host's environment, which has no AWS credentials and an empty home. */
  env?: Record<string, string>;
  /** Ask whether the workspace is trusted; by default it is. */
  asksForTrust?: boolean;
  /** Absolute path of the folder to copy and open; `samples/` by default, and `null` for an empty window. */
  folder?: string | null;
  /** Pixels; 1280 × 800 by default. */
  size?: { width: number; height: number };
  /** Pixels of a screenshot to one of the page; 1 by default. */
  scale?: number;
}

/** A browser that shows VS Code with our extension on a copy of the samples, all of it gone when disposed. */
export interface Session extends AsyncDisposable {
  readonly page: Page;
  /** The copy that is open. */
  readonly folder: string;
  /** The home folder that the extension sees; empty at first. */
  readonly home: string;
  /** Where the server keeps settings and logs. */
  readonly dataDir: string;
  /** What the page's console said, a line each. */
  readonly console: readonly string[];
}

/** Starts the server and the browser, and waits until the workbench is usable. */
export async function openSession(options: SessionOptions = {}): Promise<Session> {
  await using opening = new AsyncDisposableStack();
  const scratch = await mkdtemp(join(tmpdir(), "lambda-invoke-e2e-"));
  opening.defer(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }));
  const [folder, home, dataDir] = ["samples", "home", "server"].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  if (options.folder !== null) await cp(options.folder ?? join(root, "samples"), folder, { recursive: true });
  await mkdir(home);
  const server = opening.use(await startServer(serverOptions(options, dataDir, home)));
  const browser = await launchChromium();
  opening.defer(() => browser.close());
  const page = await browser.newPage({
    viewport: options.size ?? { width: 1280, height: 800 },
    deviceScaleFactor: options.scale ?? 1,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const said: string[] = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`uncaught: ${error.stack ?? error.message}`));
  await page.goto(workbenchUrl({ port: server.port, folder: options.folder === null ? undefined : folder }));
  await waitUntilUsable(page);
  const done = opening.move();
  return { page, folder, home, dataDir, console: said, [Symbol.asyncDispose]: () => done.disposeAsync() };
}

/** Waits until the workbench of a page takes clicks. */
export async function waitUntilUsable(page: Page): Promise<void> {
  await page.locator(".activitybar .action-item").first().waitFor();
  await page.locator(".statusbar-item").first().waitFor();
}

/** Keeps a picture and every log of a session in a folder, for a person who asks why a test failed. */
export async function keepEvidence(session: Session, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "console.log"), session.console.join("\n"));
  await cp(join(session.dataDir, "data", "logs"), join(folder, "logs"), { recursive: true });
  await session.page.screenshot({ path: join(folder, "screen.png") });
}

/** What a test types stands there as it was typed. */
const asTyped = {
  "editor.autoClosingBrackets": "never",
  "editor.autoClosingQuotes": "never",
  "editor.autoSurround": "never",
};

function serverOptions(options: SessionOptions, dataDir: string, home: string): ServerOptions {
  const ours = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
  const env = {
    ...Object.fromEntries(ours.map((name) => [name, undefined])),
    HOME: home,
    USERPROFILE: home,
    AWS_EC2_METADATA_DISABLED: "true",
    ...options.env,
  };
  return {
    dataDir,
    env,
    installed: [root],
    settings: { ...asTyped, ...options.settings },
    ...(options.asksForTrust !== undefined && { asksForTrust: options.asksForTrust }),
  };
}
