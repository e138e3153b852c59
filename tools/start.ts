import { downloadAndUnzipVSCode, resolveCliPathFromVSCodeExecutablePath } from "@vscode/test-electron";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.ts";
import { onEnding } from "./host/ending.ts";
import { cache, findOnPath, root } from "./host/paths.ts";
import { startServer } from "./host/server.ts";
import { workbenchUrl } from "./host/workbenchUrl.ts";

const samples = join(root, "samples");
const showSidebar = join(root, "tools", "host", "show-sidebar");

/** Opens the samples in desktop VS Code, with its own settings; ends when the window is closed. */
async function startDesktop(program: string): Promise<void> {
  const args = [
    `--extensionDevelopmentPath=${root}`,
    `--extensionDevelopmentPath=${showSidebar}`,
    `--user-data-dir=${join(cache, "desktop")}`,
    "--disable-workspace-trust",
    "--skip-welcome",
    "--new-window",
    "--wait",
    samples,
  ];
  console.log("VS Code opens on samples/. Close its window, or press Ctrl-C here, to end.");
  const child = spawn(program, args, { stdio: "inherit", shell: process.platform === "win32" });
  await once(child, "exit");
}

/** Opens the samples in VS Code's server build; ends on Ctrl-C. */
async function startInBrowser(port: number | undefined, ended: Promise<void>): Promise<void> {
  const token = randomBytes(16).toString("hex");
  await using server = await startServer({
    dataDir: join(cache, "browser"),
    installed: [root, showSidebar],
    token,
    ...(port !== undefined && { port }),
  });
  const url = workbenchUrl({ port: server.port, folder: samples, token });
  console.log(`\nVS Code is at\n\n  ${url}\n\nPress Ctrl-C to end.`);
  openBrowser(url);
  await Promise.race([server.exited, ended]);
}

/** Opens the user's browser, if there is one; the address is printed anyway. */
function openBrowser(url: string): void {
  const screen = process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"];
  const openers: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ["open", url],
    win32: ["explorer", url],
    linux: screen === undefined ? [] : ["xdg-open", url],
  };
  const [program, ...args] = openers[process.platform] ?? [];
  if (program === undefined) return;
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

async function findDesktop(): Promise<string> {
  const found = findOnPath("code");
  if (found !== undefined) return found;
  return resolveCliPathFromVSCodeExecutablePath(await downloadAndUnzipVSCode());
}

const { values } = parseArgs({
  options: {
    desktop: { type: "boolean", default: false },
    browser: { type: "boolean", default: false },
    port: { type: "string" },
  },
});
const { promise: ended, resolve: end } = Promise.withResolvers<void>();
onEnding(end);

await build({ minify: false, sourcemap: true });
const inBrowser =
  values.browser || values.port !== undefined || (!values.desktop && findOnPath("code") === undefined);
if (inBrowser) await startInBrowser(values.port === undefined ? undefined : Number(values.port), ended);
else await Promise.race([startDesktop(await findDesktop()), ended]);
process.exit(0);
