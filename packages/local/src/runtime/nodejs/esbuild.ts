import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, sep } from "node:path";
import type { LocalFunction } from "../../model/localFunction.ts";
import { fileStamp, isChangedSince, stampOf } from "../../model/fileStamp.ts";
import { statOf } from "../../model/statOf.ts";
import { buildOptions, type BuildOptions } from "./esbuildOptions.ts";
import { packageFolders } from "./packageFolders.ts";
import { packagesFolder } from "./runtimePackages.ts";
import { runProgram } from "../shared/runProgram.ts";
import { CannotRun, type RuntimeHost } from "../shared/runtime.ts";

/** The output of a build. */
export interface Built {
  /** Runs instead of the function's own folder. */
  folder: string;
  stamp: string;
  /** Folders of packages that weren't bundled. */
  modules: readonly string[];
}

interface Build extends Built {
  /** The stamps of the source files, without packages. */
  sources: ReadonlyMap<string, string>;
  declaration: string;
}

type Host = Pick<RuntimeHost, "files" | "executable" | "home" | "reaper" | "workspace">;

/** How many builds of a function are kept, for the sandboxes that still run them. */
const MAX_BUILDS = 3;

/** Builds functions with the workspace's own esbuild, and again when a source changes. */
export class Esbuild {
  readonly #host: Host;
  readonly #current = new Map<string, Build>();
  readonly #running = new Map<string, Promise<Build>>();
  readonly #folders = new Map<string, string[]>();
  #count = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Builds the current sources, if they have changed. Rejects with a `CannotRun` that lists esbuild's errors. */
  async build(fn: LocalFunction, signal: AbortSignal): Promise<Built> {
    // One that's running already may have read older sources.
    await this.#running.get(fn.name)?.catch(() => {});
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
    const folder = await this.#newFolder(fn.name);
    const options = buildOptions(fn, folder, packagesFolder(this.#host));
    if (!options) throw missingEntry(fn);
    const modules = packageFolders(fn.codeRoot);
    linkPackages(folder, modules[0]);
    const declaration = JSON.stringify(fn);
    const startedAt = Date.now();
    const inputs = await this.#callEsbuild(fn, options, signal);
    const own = inputs.filter((path) => !path.split(sep).includes("node_modules"));
    const sources = new Map(own.map((path) => [path, sourceStamp(path, startedAt)]));
    return { folder, stamp: `build ${this.#count}`, modules, sources, declaration };
  }

  async #callEsbuild(
    fn: LocalFunction,
    options: BuildOptions,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { executable, files, reaper } = this.#host;
    const args = [
      join(files.scripts, "nodejs", "build.mjs"),
      JSON.stringify({ codeRoot: fn.codeRoot, layers: fn.layers ?? [], options }),
    ];
    const { stdout, stderr } = await runProgram(
      { executable, args, cwd: fn.codeRoot, env: buildEnv() },
      reaper,
      signal,
    );
    const answer = parseAnswer(stdout);
    if (answer?.inputs) return answer.inputs;
    const why = answer?.errors?.join("\n") ?? (stderr.trim() || "esbuild ended without a result");
    throw new CannotRun({ subject: fn.name, text: `The build failed: ${why}`, lacks: "code" });
  }

  async #newFolder(name: string): Promise<string> {
    this.#count += 1;
    // Without links in it: esbuild writes the paths of sources relative to it.
    const folder = join(this.#host.home, ".builds", `${name}-${this.#count}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const folders = [...(this.#folders.get(name) ?? []), folder];
    this.#folders.set(name, folders.slice(-MAX_BUILDS));
    for (const old of folders.slice(0, -MAX_BUILDS)) await rm(old, { recursive: true, force: true });
    return folder;
  }
}

/** Matches no file where a source was changed during the build, because esbuild may have read it before. */
function sourceStamp(path: string, startedAt: number): string {
  const stats = statOf(path);
  return !stats || isChangedSince(stats, startedAt) ? "changed" : stampOf(stats);
}

function isFresh(build: Build, fn: LocalFunction): boolean {
  if (build.declaration !== JSON.stringify(fn)) return false;
  for (const [path, stamp] of build.sources) if (fileStamp(path) !== stamp) return false;
  return true;
}

/** Whether the workspace has an esbuild for a function. Looks for the folder, because `require.resolve` remembers what it didn't find. */
export function hasEsbuild({ codeRoot }: LocalFunction): boolean {
  return packageFolders(codeRoot).some((folder) => existsSync(join(folder, "esbuild", "package.json")));
}

/** None of the declared entry points is there. */
export function missingEntry(fn: LocalFunction): CannotRun {
  const entries = (fn.build?.entryPoints ?? []).join(", ");
  const text = `None of the EntryPoints (${entries}) is in ${fn.codeRoot}. Check Metadata.BuildProperties and CodeUri.`;
  return new CannotRun({ subject: fn.name, text, lacks: "code" });
}

/** ES modules find packages only in `node_modules` of their own folder and its parents. */
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
