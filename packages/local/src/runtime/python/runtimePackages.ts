import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { findHandler } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { statOf } from "../../model/statOf.ts";
import { ImportWalk, type ImportSyntax } from "../shared/importWalk.ts";
import { installedForLocal, notInstalled, type Installer } from "../shared/includedPackages.ts";
import { pathsInLayers } from "../shared/layers.ts";
import { onPath } from "../shared/machine.ts";
import type { RuntimeHost } from "../shared/runtime.ts";
import { includedFor, packagesFor } from "./includedModules.ts";
import type { Interpreter } from "./interpreter.ts";

type Host = Pick<RuntimeHost, "workspace" | "env" | "platform">;

/** Finds the packages that Lambda's Python runtimes include and this machine doesn't have. */
export class PythonPackages {
  readonly #host: Host;
  readonly #walk = new ImportWalk();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Throws a `CannotRun` if the handler, or a module that it imports, needs a package that isn't here. */
  check(fn: LocalFunction, interpreter: Interpreter, layerFolders: readonly string[]): void {
    const handler = findHandler(fn)?.path;
    if (handler === undefined) return;
    const folders = [fn.codeRoot, ...layerFolders, ...pythonPath(fn)];
    const installed = packagesFolder(this.#host);
    const searched = [...folders, ...(installed === undefined ? [] : [installed])];
    const included = includedFor(fn);
    const missing = new Set<string>();
    for (const { specifier } of this.#walk.from(handler, syntaxFor(folders))) {
      const [module = ""] = specifier.split(".");
      if (!Object.hasOwn(included, module) || interpreter.modules.includes(module)) continue;
      if (!searched.some((folder) => isIn(folder, module))) missing.add(module);
    }
    if (missing.size === 0) return;
    throw notInstalled(fn, packagesFor(fn, missing), installerFor(interpreter, this.#host));
  }
}

/** The folder of packages that were installed for Local; it's searched after all others. */
export function packagesFolder({ workspace }: Pick<Host, "workspace">): string | undefined {
  return installedForLocal(workspace(), "python");
}

/** Installs into the interpreter itself where there's no folder for packages. */
export function installerFor({ path, hasPip }: Interpreter, host: Host): Installer {
  const folder = packagesFolder(host);
  const target = folder === undefined ? [] : ["--target", folder];
  const uv = onPath("uv", host).find((file) => existsSync(file));
  return {
    label: "Python",
    program: hasPip ? path : uv,
    args: [...(hasPip ? ["-m", "pip", "install"] : ["pip", "install", "--python", path]), ...target],
    isOwn: folder !== undefined,
    otherwise: `To install it, ${path} needs pip, which it doesn't have. Install pip there, or set another interpreter's path in Settings.`,
  };
}

function pythonPath({ codeRoot, layers = [], environment }: LocalFunction): string[] {
  return pathsInLayers(layers, environment["PYTHONPATH"]).map((folder) => resolve(codeRoot, folder));
}

function isIn(folder: string, module: string): boolean {
  return existsSync(join(folder, module)) || existsSync(join(folder, `${module}.py`));
}

function syntaxFor(folders: readonly string[]): ImportSyntax {
  return { specifiersOf, fileOf: (specifier, importer) => fileOf(specifier, importer, folders) };
}

/** Statements at the start of a line: those of a function or a condition may never run. */
const statements =
  /^(?:import[ \t]+(?<modules>[^\n;#]{1,500})|from[ \t]+(?<from>[\w.]{1,500})[ \t]+import[ \t]+(?<names>\([^)]{0,2000}|[^\n;#]{0,500}))/gm;

const longStrings = /"""[^]*?"""|'''[^]*?'''/g;

/** The modules that are loaded when a file is, relative ones with their dots. What is imported from a package may be a module too. */
function specifiersOf(text: string): string[] {
  const found = new Set<string>();
  for (const { groups } of text.replaceAll(longStrings, "").matchAll(statements)) {
    const { modules, from = "", names } = groups ?? {};
    for (const module of firstWords(modules)) found.add(module);
    if (names === undefined) continue;
    found.add(from);
    for (const name of firstWords(names)) found.add(from.endsWith(".") ? from + name : `${from}.${name}`);
  }
  return [...found].flatMap(withParents);
}

/** The names of `a, b as c`, with or without brackets and comments. */
function firstWords(list = ""): string[] {
  const parts = list.replaceAll(/#[^\n]*|[()\\]/g, " ").split(",");
  return parts.map((part) => part.trim().split(/\s/)[0] ?? "").filter((word) => /^[\w.]+$/.test(word));
}

/** Python loads a module's packages before it. */
function withParents(module: string): string[] {
  const [, dots = "", rest = ""] = /^(\.*)(.*)$/.exec(module) ?? [];
  const parts = rest.split(".");
  return parts.map((_, index) => dots + parts.slice(0, index + 1).join("."));
}

function fileOf(specifier: string, importer: string, folders: readonly string[]): string | undefined {
  const [, dots = "", rest = ""] = /^(\.*)(.*)$/.exec(specifier) ?? [];
  const package_ = resolve(dirname(importer), ...Array<string>(Math.max(0, dots.length - 1)).fill(".."));
  const path = rest.replaceAll(".", "/");
  const paths = (dots === "" ? folders : [package_]).map((folder) => join(folder, path));
  const candidates = paths.flatMap((each) => [join(each, "__init__.py"), `${each}.py`]);
  return candidates.find((each) => statOf(each)?.isFile());
}
