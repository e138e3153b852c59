import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { installServer } from "./install.ts";

/** How to start VS Code's server build. */
export interface ServerOptions {
  /** Where it keeps settings, state and logs; settings are in `data/User/settings.json` there. */
  dataDir: string;
  settings?: Record<string, unknown>;
  /** Absolute paths of extensions that are there as if they had been installed. */
  installed?: readonly string[];
  /** Take extensions under development and their tests from the address; hides notifications and dialogs. */
  forTests?: boolean;
  /** Extra environment of the server, and so of the extension host; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  /** A free port where it is left out. */
  port?: number;
  /** What a browser must bring; without it, any local program may connect. */
  token?: string;
  /** Ask whether the workspace is trusted, as VS Code does for a user; by default it is. */
  asksForTrust?: boolean;
}

/** A running server. */
export interface Server extends AsyncDisposable {
  readonly port: number;
  readonly dataDir: string;
  readonly exited: Promise<void>;
}

/** Settings that keep a run quiet and the same every time. */
export const quietSettings: Record<string, unknown> = {
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoCheckUpdates": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "workbench.colorTheme": "Dark Modern",
  "workbench.iconTheme": null,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "git.openRepositoryInParentFolders": "never",
  // It would install packages of types from the network.
  "typescript.disableAutomaticTypeAcquisition": true,
  "remote.autoForwardPorts": false,
  // From processes, it would read all of the machine's every two seconds, and start one to do so.
  "remote.autoForwardPortsSource": "output",
  "window.menuBarVisibility": "classic",
  "editor.minimap.enabled": false,
};

/** Starts the server build on 127.0.0.1 and waits until it listens; throws with its output when it does not. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const main = await installServer();
  // A user's own changes in a folder that is kept are left alone.
  if (!existsSync(join(options.dataDir, "data", "User", "settings.json"))) {
    await writeSettings(options.dataDir, "User", { ...quietSettings, ...options.settings });
  }
  await linkExtensions(options.dataDir, options.installed ?? []);
  // A group of its own, so that its children end with it.
  const child = spawn(process.execPath, [main, ...flags(options)], {
    detached: true,
    // An empty gallery: nothing is looked up on the network.
    env: { ...process.env, EXTENSIONS_GALLERY: "{}", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit").then(() => {});
  const killNow = (): void => endGroup(child, "SIGKILL");
  process.once("exit", killNow);
  const stop = async (): Promise<void> => {
    process.off("exit", killNow);
    const timer = setTimeout(killNow, 3000);
    endGroup(child, "SIGTERM");
    await exited;
    clearTimeout(timer);
    killNow();
  };
  try {
    return {
      port: await listeningPort(child),
      dataDir: options.dataDir,
      exited,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Replaces a server's settings: the user's are read when a workbench opens, the machine's, which win over them, are
 * taken by an open workbench at once.
 */
export async function writeSettings(
  dataDir: string,
  scope: "User" | "Machine",
  settings: Record<string, unknown>,
): Promise<void> {
  const folder = join(dataDir, "data", scope);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "settings.json"), JSON.stringify(settings, undefined, 2));
}

async function linkExtensions(dataDir: string, paths: readonly string[]): Promise<void> {
  const folder = join(dataDir, "extensions");
  await mkdir(folder, { recursive: true });
  for (const path of paths) {
    const link = join(folder, basename(path));
    await rm(link, { force: true });
    await symlink(path, link, "junction");
  }
}

function flags(options: ServerOptions): string[] {
  return [
    "--host=127.0.0.1",
    `--port=${options.port ?? 0}`,
    options.token === undefined ? "--without-connection-token" : `--connection-token=${options.token}`,
    `--server-data-dir=${options.dataDir}`,
    "--accept-server-license-terms",
    "--telemetry-level=off",
    "--disable-experiments",
    "--disable-getting-started-override",
    ...(options.forTests === true ? ["--enable-smoke-test-driver"] : []),
    ...(options.asksForTrust === true ? [] : ["--disable-workspace-trust"]),
  ];
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

/** The port that the server names once it listens; what it prints afterwards is read and dropped. */
async function listeningPort(child: ChildProcess): Promise<number> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("The server was started without pipes.");
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const said: string[] = [];
  let listening = false;
  const read = (line: string): void => {
    const port = /agent listening on (\d+)/.exec(line)?.[1];
    if (port !== undefined) resolve(Number(port));
    if (port !== undefined) listening = true;
    if (!listening) said.push(line);
  };
  createInterface(stdout).on("line", read);
  createInterface(stderr).on("line", read);
  child.once("error", reject);
  child.once("exit", (code) => {
    reject(new Error(`VS Code's server ended with code ${code} before it listened:\n${said.join("\n")}`));
  });
  return promise;
}
