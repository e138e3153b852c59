import { delimiter, dirname, join } from "node:path";
import type { LocalFunction } from "../model/localFunction.ts";
import { fileStamp } from "../model/codeStamp.ts";
import type { Reaper } from "../process/reaperClient.ts";
import { joined } from "./layers.ts";
import { runOnce } from "./once.ts";

/** Where to look for Python. */
export interface PythonFinder {
  pythonPath?: string;
  folders: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
}

/** A Python 3 that runs, and what it has. */
export interface Interpreter {
  path: string;
  /** Of its file. */
  stamp: string | undefined;
  version: string;
  /** Whether `awslambdaric` can be imported. */
  hasClient: boolean;
  hasDebugpy: boolean;
  /** Where what a person installed for themselves is, unless the interpreter leaves that out. */
  userBase: string | undefined;
}

/** Files that may be interpreters, best first: the one set, or a virtual environment near the function, or those on the PATH. */
export function interpreters(fn: LocalFunction, finder: PythonFinder): string[] {
  if (finder.pythonPath !== undefined) return [finder.pythonPath];
  const windows = finder.platform === "win32";
  const inside = windows ? ["Scripts/python.exe"] : ["bin/python", "bin/python3"];
  const near = upTo(fn.codeRoot, finder.folders).flatMap((folder) =>
    [".venv", "venv", "env"].flatMap((name) => inside.map((path) => join(folder, name, path))),
  );
  const names = windows ? ["python.exe"] : [fn.runtime, "python3", "python"];
  const path = (finder.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = names.flatMap((name) => path.map((folder) => join(folder, name)));
  return [...near, ...onPath].filter((file) => fileStamp(file) !== undefined);
}

/** The folder and those above it, to the workspace folder that holds it. */
function upTo(folder: string, roots: readonly string[]): string[] {
  if (roots.includes(folder) || folder === dirname(folder)) return [folder];
  return [folder, ...upTo(dirname(folder), roots)];
}

const question = `
import importlib.util, json, site, sys
has = lambda name: importlib.util.find_spec(name) is not None
print(json.dumps({
  "path": sys.executable or sys.argv[1],
  "version": "%d.%d.%d" % sys.version_info[:3],
  "hasClient": has("awslambdaric"),
  "hasDebugpy": has("debugpy"),
  **({"userBase": site.getuserbase()} if site.ENABLE_USER_SITE else {}),
}))`;

/** Asks an interpreter what it has; undefined where it is no Python 3 that runs. */
export async function probe(
  path: string,
  layers: readonly string[],
  fn: LocalFunction,
  host: { env: Readonly<Record<string, string | undefined>>; reaper: Reaper },
  signal: AbortSignal,
): Promise<Interpreter | undefined> {
  const env = {
    ...host.env,
    ...joined("PYTHONPATH", [...layers, fn.environment["PYTHONPATH"], fn.codeRoot]),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const program = { executable: path, args: ["-c", question, path], cwd: dirname(path), env };
  const { code, stdout } = await runOnce(program, host.reaper, signal);
  if (code !== 0) return undefined;
  // What a shim stands for is run itself: with another home, a shim does not find its way.
  const answer = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Omit<Interpreter, "stamp">;
  return { ...answer, userBase: answer.userBase, stamp: fileStamp(answer.path) };
}
