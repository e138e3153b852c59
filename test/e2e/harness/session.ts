import { cp, glob, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../../tools/host/chromium.ts";
import { root } from "../../../tools/host/paths.ts";
import {
  quietSettings,
  type Server,
  type ServerOptions,
  startServer,
  writeSettings,
} from "../../../tools/host/server.ts";
import { filesWithSecrets, SECRET_ENVIRONMENT } from "../../../tools/testing/secrets.ts";
import { WAIT_MS } from "../../../tools/testing/limits.ts";
import { workbenchUrl } from "../../../tools/host/workbenchUrl.ts";

/** How to start a host. */
export interface HostOptions {
  /** Added to the extension host's environment, which has no AWS credentials and an empty home. */
  env?: Record<string, string>;
  /** Ask whether the workspace is trusted; by default it is. */
  asksForTrust?: boolean;
}

/** How to open a window. */
export interface WindowOptions {
  /** Added to the quiet settings that every run has. */
  settings?: Record<string, unknown>;
  /** Absolute path of the folder to copy and open; `samples/` by default, and `null` for an empty window. */
  folder?: string | null;
  /** Folders that are opened beside the copy, as one workspace: what is in each file of each. */
  roots?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Pixels; 1280 × 800 by default. */
  size?: { width: number; height: number };
  /** Pixels of a screenshot to one of the page; 1 by default. */
  scale?: number;
}

/** VS Code's server and a browser, which show windows one after the other. */
export interface Host extends AsyncDisposable {
  readonly server: Server;
  readonly browser: Browser;
  /** The home folder that the extension sees; empty at first. */
  readonly home: string;
}

/** A window that shows VS Code with our extension on a copy of the samples, all of it gone when disposed. */
export interface Session extends AsyncDisposable {
  readonly page: Page;
  /** The copy that is open. */
  readonly folder: string;
  /** The home folder that the extension sees. */
  readonly home: string;
  /** Where the server keeps settings and logs. */
  readonly dataDir: string;
  /** The files of output channels that earlier windows have left there. */
  readonly earlierOutput: ReadonlySet<string>;
  /** What the page's console said, a line each. */
  readonly console: readonly string[];
}

/** Nothing moves by itself: drawing takes most of the time where there's no graphics card. */
const still = {
  "workbench.reduceMotion": "on",
  "editor.cursorBlinking": "solid",
};

/** Starts the server and the browser. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  await using starting = new AsyncDisposableStack();
  const scratch = await temporaryFolder(starting, "e2e-host-");
  const [home, dataDir] = [join(scratch, "home"), join(scratch, "server")];
  await mkdir(home);
  const server = starting.use(await startServer(serverOptions(options, dataDir, home)));
  const browser = await launchChromium();
  starting.defer(() => browser.close());
  const done = starting.move();
  const dispose = async (): Promise<void> => {
    const leaks = await filesWithSecrets(dataDir);
    await done.disposeAsync();
    if (leaks.length > 0) throw new Error(`Something secret was written to ${leaks.join(", ")}`);
  };
  return { server, browser, home, [Symbol.asyncDispose]: dispose };
}

/** Opens a window that knows nothing of earlier ones, and waits until its workbench is usable. */
export async function openWindow(host: Host, options: WindowOptions = {}): Promise<Session> {
  const { dataDir, port } = host.server;
  await using opening = new AsyncDisposableStack();
  const folder = join(await temporaryFolder(opening, "e2e-"), "samples");
  if (options.folder !== null) await cp(options.folder ?? join(root, "samples"), folder, { recursive: true });
  const workspace = options.roots && (await makeWorkspace(folder, options.roots));
  await writeSettings(dataDir, "User", { ...quietSettings, ...asTyped, ...still, ...options.settings });
  await writeSettings(dataDir, "Machine", {});
  const earlierOutput = new Set(await outputFiles(dataDir));
  const page = await host.browser.newPage({
    viewport: options.size ?? { width: 1280, height: 800 },
    deviceScaleFactor: options.scale ?? 1,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  opening.defer(() => closePage(page));
  page.setDefaultTimeout(WAIT_MS);
  const said: string[] = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`uncaught: ${error.stack ?? error.message}`));
  await page.goto(workbenchUrl({ port, workspace, folder: options.folder === null ? undefined : folder }));
  await waitUntilUsable(page);
  await page.evaluate("navigator.clipboard.writeText('')");
  const done = opening.move();
  return {
    page,
    folder,
    home: host.home,
    dataDir,
    earlierOutput,
    console: said,
    [Symbol.asyncDispose]: () => done.disposeAsync(),
  };
}

/** Makes folders beside one, and a workspace of them all; resolves to its file. */
async function makeWorkspace(folder: string, roots: NonNullable<WindowOptions["roots"]>): Promise<string> {
  for (const [name, files] of Object.entries(roots)) {
    await mkdir(join(folder, "..", name));
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, "..", name, file), text);
  }
  const folders = [basename(folder), ...Object.keys(roots)].map((path) => ({ path }));
  const file = join(folder, "..", "all.code-workspace");
  await writeFile(file, JSON.stringify({ folders }));
  return file;
}

/** Opens a window in a host of its own. */
export async function openSession(options: HostOptions & WindowOptions = {}): Promise<Session> {
  const host = await startHost(options);
  try {
    const session = await openWindow(host, options);
    const close = async (): Promise<void> => {
      await session[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    };
    return { ...session, [Symbol.asyncDispose]: close };
  } catch (error) {
    await host[Symbol.asyncDispose]();
    throw error;
  }
}

/** The files behind our output channel, of every window. */
export async function outputFiles(dataDir: string): Promise<string[]> {
  const logs = join(dataDir, "data", "logs");
  const files: string[] = [];
  for await (const file of glob("**/output_logging_*/*-Lambda.log", { cwd: logs }))
    files.push(join(logs, file));
  return files;
}

async function temporaryFolder(stack: AsyncDisposableStack, prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Leaves the workbench before the page goes: the server keeps the extension host of a window that is only cut off. */
async function closePage(page: Page): Promise<void> {
  // An unsaved editor would show a dialog.
  page.on("dialog", (dialog) => void dialog.accept().catch(() => {}));
  await page.goto("about:blank");
  await page.close();
}

/** Waits until the workbench of a page takes clicks. */
export async function waitUntilUsable(page: Page): Promise<void> {
  await page.locator(".activitybar .action-item").first().waitFor();
  await page.locator(".statusbar-item").first().waitFor();
}

/**
 * Keeps a picture and every log of a session in a folder, for a user who asks why a test failed, and prints what the
 * window said: the machine that the test failed on may be out of reach.
 */
export async function keepEvidence(session: Session, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  console.error(await visibleText(session.page));
  await writeFile(join(folder, "console.log"), session.console.join("\n"));
  await cp(join(session.dataDir, "data", "logs"), join(folder, "logs"), { recursive: true });
  await session.page.screenshot({ path: join(folder, "screen.png") });
}

/** What stands in the parts of the window that tests act on, a line each. */
async function visibleText(page: Page): Promise<string> {
  const parts = {
    Sidebar: ".sidebar .monaco-list-row",
    Editor: ".tab.active",
    Panel: ".panel .view-line",
    "Status bar": ".statusbar-item",
    Notification: ".notification-list-item",
    "Quick input": ".quick-input-widget",
    Dialog: ".monaco-dialog-box",
    Menu: ".monaco-menu",
    Hover: ".monaco-hover",
  };
  const lines = Object.entries(parts).map(async ([part, selector]) => {
    const seen = await page.locator(`${selector}:visible`).allInnerTexts();
    return seen.map((text) => `${part}: ${text.replaceAll(/\s+/g, " ")}`);
  });
  return (await Promise.all(lines)).flat().join("\n");
}

/** What a test types stands there as it was typed. */
const asTyped = {
  "editor.autoClosingBrackets": "never",
  "editor.autoClosingQuotes": "never",
  "editor.autoSurround": "never",
};

function serverOptions(options: HostOptions, dataDir: string, home: string): ServerOptions {
  const ours = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
  const env = {
    ...Object.fromEntries(ours.map((name) => [name, undefined])),
    HOME: home,
    USERPROFILE: home,
    AWS_EC2_METADATA_DISABLED: "true",
    ...SECRET_ENVIRONMENT,
    ...options.env,
  };
  return {
    dataDir,
    env,
    installed: [root],
    ...(options.asksForTrust !== undefined && { asksForTrust: options.asksForTrust }),
  };
}
