import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { LocalFunction } from "../model/localFunction.ts";
import { fileStamp } from "../model/codeStamp.ts";
import type { Reaper } from "../process/reaperClient.ts";
import { buildOptions, type BuildOptions } from "./esbuildOptions.ts";
import { runOnce } from "./once.ts";
import { CannotRun, type RuntimeFiles } from "./plan.ts";

/** A function that was built. */
export interface Built {
  /** Where it is, in place of the function's folder. */
  folder: string;
  stamp: string;
  /** Folders of packages that were not bundled. */
  modules: readonly string[];
}

interface Build extends Built {
  /** The stamps of the files that it was made of, packages left out. */
  sources: ReadonlyMap<string, string | undefined>;
  declaration: string;
}

interface Host {
  files: RuntimeFiles;
  executable: string;
  home: string;
  reaper: Reaper;
}

/** So many builds of a function are kept, for the sandboxes that still run them. */
const kept = 3;

/** Builds functions with the workspace's own esbuild; what was built stays until a source changes. */
export class Esbuild {
  readonly #host: Host;
  readonly #current = new Map<string, Build>();
  readonly #running = new Map<string, Promise<Build>>();
  readonly #folders = new Map<string, string[]>();
  #count = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Throws a `CannotRun` where the workspace has no esbuild. */
  check(fn: LocalFunction): void {
    requireEsbuild(fn);
  }

  /** The function as its sources are now. Rejects with a `CannotRun` that has esbuild's errors. */
  async build(fn: LocalFunction, signal: AbortSignal): Promise<Built> {
    const current = this.#current.get(fn.name);
    if (current && isFresh(current, fn)) return current;
    const running = this.#running.get(fn.name) ?? this.#start(fn, signal);
    this.#running.set(fn.name, running);
    return running;
  }

  async #start(fn: LocalFunction, signal: AbortSignal): Promise<Build> {
    try {
      const build = await this.#run(fn, signal);
      this.#current.set(fn.name, build);
      return build;
    } finally {
      this.#running.delete(fn.name);
    }
  }

  async #run(fn: LocalFunction, signal: AbortSignal): Promise<Build> {
    requireEsbuild(fn);
    const folder = await this.#newFolder(fn.name);
    const options = buildOptions(fn, folder);
    if (!options) throw missingEntry(fn);
    const modules = packageFolders(fn.codeRoot);
    linkPackages(folder, modules[0]);
    const declaration = JSON.stringify(fn);
    const inputs = await this.#callEsbuild(fn, options, signal);
    const own = inputs.filter((path) => !path.split(sep).includes("node_modules"));
    const sources = new Map(own.map((path) => [path, fileStamp(path)]));
    return { folder, stamp: `build ${this.#count}`, modules, sources, declaration };
  }

  async #callEsbuild(
    fn: LocalFunction,
    options: BuildOptions,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { executable, files, reaper } = this.#host;
    const args = [files.build, JSON.stringify({ codeRoot: fn.codeRoot, options })];
    const { stdout, stderr } = await runOnce(
      { executable, args, cwd: fn.codeRoot, env: buildEnv() },
      reaper,
      signal,
    );
    const answer = parseAnswer(stdout);
    if (answer?.inputs) return answer.inputs;
    const why = answer?.errors?.join("\n") ?? (stderr.trim() || "esbuild ended without an answer");
    throw new CannotRun(`${fn.name} could not be built: ${why}`, "code");
  }

  async #newFolder(name: string): Promise<string> {
    this.#count += 1;
    // `realpath` of the home is the service's: esbuild writes the paths of sources relative to this one.
    const folder = join(this.#host.home, ".builds", `${name}-${this.#count}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const folders = [...(this.#folders.get(name) ?? []), folder];
    this.#folders.set(name, folders.slice(-kept));
    for (const old of folders.slice(0, -kept)) await rm(old, { recursive: true, force: true });
    return folder;
  }
}

function isFresh(build: Build, fn: LocalFunction): boolean {
  if (build.declaration !== JSON.stringify(fn)) return false;
  for (const [path, stamp] of build.sources) if (fileStamp(path) !== stamp) return false;
  return true;
}

/** Looks for it itself: what `require.resolve` did not find once, it does not find in this process again. */
function requireEsbuild(fn: LocalFunction): void {
  if (packageFolders(fn.codeRoot).some((folder) => existsSync(join(folder, "esbuild", "package.json"))))
    return;
  const command = `npm install --save-dev esbuild --prefix ${JSON.stringify(packageFolder(fn.codeRoot))}`;
  const message = `${fn.name}: TypeScript handlers are built with the workspace's esbuild, and there is none. Run: ${command}`;
  throw new CannotRun(message, "runtime", command);
}

function missingEntry(fn: LocalFunction): CannotRun {
  const entries = (fn.build?.entryPoints ?? []).join(", ");
  const message = `${fn.name}: none of the EntryPoints (${entries}) is in ${fn.codeRoot}. Check Metadata.BuildProperties and CodeUri.`;
  return new CannotRun(message, "code");
}

/** The nearest folder with a package.json, or the function's own. */
function packageFolder(codeRoot: string): string {
  return upward(codeRoot).find((folder) => existsSync(join(folder, "package.json"))) ?? codeRoot;
}

/** The `node_modules` folders from here upward. */
function packageFolders(codeRoot: string): string[] {
  return upward(codeRoot)
    .map((folder) => join(folder, "node_modules"))
    .filter((path) => existsSync(path));
}

function upward(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upward(parent)];
}

/** ES modules look for packages beside themselves and above only. */
function linkPackages(folder: string, modules: string | undefined): void {
  if (modules !== undefined) symlinkSync(modules, join(folder, "node_modules"), "junction");
}

function buildEnv(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: undefined };
}

function parseAnswer(text: string): { inputs?: string[]; errors?: string[] } | undefined {
  try {
    return JSON.parse(text) as { inputs?: string[]; errors?: string[] };
  } catch {
    return undefined;
  }
}
