import { realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileStamp } from "../model/codeStamp.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import {
  interpretersIn,
  isVersionOf,
  managedInstallations,
  projectEnvironments,
  type PythonMachine,
} from "./pythonEnvironments.ts";

/** Where to look for Python. */
export interface PythonFinder extends PythonMachine {
  /** The interpreter to use, whatever else there is. */
  pythonPath?: string;
  /** The workspace's folders; virtual environments are looked for up to them. */
  folders: readonly string[];
}

/** A file that may be an interpreter, and what it is to be given before its own arguments. */
export interface PythonCandidate {
  path: string;
  args: readonly string[];
}

/**
 * Files that may be the function's interpreter, best first: the one that is set, a virtual environment near the function,
 * the active one, the version that the function asks for, and then any.
 */
export function findCandidates(fn: LocalFunction, finder: PythonFinder): PythonCandidate[] {
  if (finder.pythonPath !== undefined) return [{ path: finder.pythonPath, args: [] }];
  const { env, platform } = finder;
  const near = projectFolders(fn, finder.folders).flatMap((folder) => projectEnvironments(folder, finder));
  const active = [env["VIRTUAL_ENV"], env["CONDA_PREFIX"]].filter((folder) => folder !== undefined);
  const managed = managedInstallations(finder);
  const inFolders = (folders: readonly string[]): PythonCandidate[] =>
    folders.flatMap((folder) => interpretersIn(folder, platform)).map(plain);
  const candidates = [
    ...inFolders([...near, ...active]),
    ...onPath([fn.runtime], finder),
    ...inFolders(managed.filter((folder) => isVersionOf(folder, fn.runtime))),
    ...withLauncher([`-${fn.runtime.replace("python", "")}`], finder),
    ...onPath(["python3", "python"], finder),
    ...withLauncher(["-3"], finder),
    ...inFolders(managed),
    ...wellKnown(platform).map(plain),
  ];
  return candidates.filter(({ path }) => fileStamp(path) !== undefined && !isAppleStub(path, platform));
}

function plain(path: string): PythonCandidate {
  return { path, args: [] };
}

/** Folders that may be the function's project: that of its code and that of its template, and those above in the workspace. */
function projectFolders(fn: LocalFunction, roots: readonly string[]): string[] {
  return [...new Set([...upTo(fn.codeRoot, roots), ...upTo(dirname(fn.place.file), roots)])];
}

/** The folder and those above it, to the workspace folder that holds it; alone where none does. */
function upTo(folder: string, roots: readonly string[]): string[] {
  const folders = [folder];
  for (let at = folder; !roots.includes(at); at = dirname(at)) {
    if (at === dirname(at)) return [folder];
    folders.push(dirname(at));
  }
  return folders;
}

function onPath(names: readonly string[], { env, platform }: PythonMachine): PythonCandidate[] {
  const ending = platform === "win32" ? ".exe" : "";
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => plain(join(folder, name + ending))));
}

/** Python's launcher for Windows, which knows the versions that are installed. */
function withLauncher(args: readonly string[], machine: PythonMachine): PythonCandidate[] {
  if (machine.platform !== "win32") return [];
  const windows = machine.env["SystemRoot"];
  const launchers = onPath(["py"], machine).map(({ path }) => path);
  return [...launchers, ...(windows === undefined ? [] : [join(windows, "py.exe")])].map((path) => ({
    path,
    args,
  }));
}

/** Where Python is on a machine whose windows don't have the PATH of its terminals. */
function wellKnown(platform: NodeJS.Platform): string[] {
  if (platform === "win32") return [];
  if (platform !== "darwin") return ["/usr/local/bin/python3", "/usr/bin/python3"];
  return [
    "/opt/homebrew/bin/python3",
    "/usr/local/bin/python3",
    "/var/db/xcode_select_link/usr/bin/python3",
    "/Library/Developer/CommandLineTools/usr/bin/python3",
  ];
}

/**
 * Whether it is what macOS has at `/usr/bin/python3`: it opens a window that offers the Command Line Tools where they are
 * missing, and where they are not, their own Python is found beside it.
 */
function isAppleStub(path: string, platform: NodeJS.Platform): boolean {
  return platform === "darwin" && realpathSync(path).startsWith("/usr/bin/");
}
