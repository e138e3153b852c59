import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileStamp } from "../../model/fileStamp.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { onPath, type Machine } from "../shared/machine.ts";
import { interpretersIn, isVersionOf, managedInstallations, projectEnvironments } from "./environments.ts";

/** Where to search for Python. */
export interface PythonFinder extends Machine {
  /** The only interpreter to use. */
  pythonPath?: string;
  /** The workspace's folders; virtual environments are searched up to them. */
  folders: readonly string[];
}

/** A file that may be an interpreter, with the arguments that go before Python's own. */
export interface PythonCandidate {
  path: string;
  args: readonly string[];
}

/**
 * Files that may be the function's interpreter, best first: the configured one, virtual environments near the function,
 * the active one, the version of the function's runtime, and then any other.
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
    ...onPath(fn.runtime, finder).map(plain),
    ...inFolders(managed.filter((folder) => isVersionOf(folder, fn.runtime))),
    ...withLauncher([`-${fn.runtime.replace("python", "")}`], finder),
    ...["python3", "python"].flatMap((name) => onPath(name, finder)).map(plain),
    ...withLauncher(["-3"], finder),
    ...inFolders(managed),
    ...usualPlaces(platform).map(plain),
  ];
  return candidates.filter(({ path }) => fileStamp(path) !== undefined && !isAppleStub(path, platform));
}

function plain(path: string): PythonCandidate {
  return { path, args: [] };
}

/** Folders that may be the function's project: those of its code and its template, and their parents in the workspace. */
function projectFolders(fn: LocalFunction, roots: readonly string[]): string[] {
  return [...new Set([...upTo(fn.codeRoot, roots), ...upTo(dirname(fn.place.file), roots)])];
}

/** The folder and its parents up to the workspace folder; outside the workspace, the folder alone. */
function upTo(folder: string, roots: readonly string[]): string[] {
  const folders = [folder];
  for (let current = folder; !roots.includes(current); current = dirname(current)) {
    if (current === dirname(current)) return [folder];
    folders.push(dirname(current));
  }
  return folders;
}

/** Python's launcher for Windows, which knows the installed versions. */
function withLauncher(args: readonly string[], machine: Machine): PythonCandidate[] {
  if (machine.platform !== "win32") return [];
  const windows = machine.env["SystemRoot"];
  return [...onPath("py", machine), ...(windows === undefined ? [] : [join(windows, "py.exe")])].map(
    (path) => ({
      path,
      args,
    }),
  );
}

/** Usual places: on some machines, a program with a window doesn't have the PATH of a terminal. */
function usualPlaces(platform: NodeJS.Platform): string[] {
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
 * Whether it's the stub of macOS at `/usr/bin/python3`, which offers to install the Command Line Tools where they're missing.
 * Where they're installed, their own Python is in the list.
 */
function isAppleStub(path: string, platform: NodeJS.Platform): boolean {
  return platform === "darwin" && realpathSync(path).startsWith("/usr/bin/");
}
