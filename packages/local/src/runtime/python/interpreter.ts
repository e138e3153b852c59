import { dirname } from "node:path";
import { fileStamp, folderStamp } from "../../model/fileStamp.ts";
import type { Reaper } from "../../process/reaperClient.ts";
import { runProgram } from "../shared/runProgram.ts";
import type { PythonCandidate } from "./candidates.ts";
import { moduleNames } from "./includedModules.ts";

/** A Python 3 that runs. */
export interface Interpreter {
  path: string;
  version: string;
  /** Whether functions run on its version. */
  isSupported: boolean;
  /** Whether it has AWS's runtime client, in a version that Local uses. */
  hasAwsClient: boolean;
  hasDebugpy: boolean;
  hasPip: boolean;
  /** Those of the modules that Lambda's runtimes include that it has. */
  modules: readonly string[];
  /** The user's own site directory, unless the interpreter ignores it. */
  userBase?: string;
  /** Folders with installed packages. */
  packageFolders: readonly string[];
}

interface Answer {
  path: string;
  version: string;
  clientVersion?: string;
  hasDebugpy?: boolean;
  hasPip?: boolean;
  modules?: readonly string[];
  userBase?: string;
  packageFolders?: readonly string[];
}

/**
 * A script that prints what an interpreter has. It runs isolated (`-I`), so that it reads no file of the function or its environment.
 * A virtual environment has the user's own packages only if it was created with those of the system.
 */
const probeScript = `
import json, sys
answer = {"path": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3]}
if sys.version_info >= (3, 9):
    import importlib.machinery, importlib.metadata, os, site
    search = list(sys.path)
    if sys.prefix == sys.base_prefix or sys.base_prefix in site.PREFIXES:
        answer["userBase"] = site.getuserbase()
        search.append(site.getusersitepackages())
    for package in importlib.metadata.distributions(name="awslambdaric", path=search):
        answer["clientVersion"] = package.version
        break
    has = lambda name: importlib.machinery.PathFinder.find_spec(name, search) is not None
    answer["hasDebugpy"] = has("debugpy")
    answer["hasPip"] = has("pip")
    answer["modules"] = list(filter(has, ${JSON.stringify(moduleNames)}))
    answer["packageFolders"] = [path for path in search if path.endswith("-packages")]
print(json.dumps(answer))
`;

/** An interpreter that didn't run isn't started again before this time, in ms. */
const RETRY_AFTER_MS = 5000;

interface Known {
  stamp: string;
  interpreter: Interpreter | undefined;
  askedAt: number;
}

/** Asks interpreters what they have, and again when they change. */
export class Interpreters {
  readonly #host: { env: Readonly<Record<string, string | undefined>>; reaper: Reaper };
  readonly #known = new Map<string, Known>();

  constructor(host: { env: Readonly<Record<string, string | undefined>>; reaper: Reaper }) {
    this.#host = host;
  }

  /** Undefined where the candidate isn't a Python 3 that runs. */
  async ask(candidate: PythonCandidate, signal: AbortSignal): Promise<Interpreter | undefined> {
    const key = [candidate.path, ...candidate.args].join("\0");
    const known = this.#known.get(key);
    if (known !== undefined && isCurrent(known, candidate)) return known.interpreter;
    const before = stampOf(candidate, known?.interpreter);
    const interpreter = await this.#probe(candidate, signal);
    const stamp = stampOf(candidate, interpreter);
    // What changed while it was asked may be missing in its answer: it's asked again then.
    const isSame = before === stampOf(candidate, known?.interpreter);
    if (!signal.aborted && isSame) this.#known.set(key, { stamp, interpreter, askedAt: performance.now() });
    return interpreter;
  }

  async #probe(candidate: PythonCandidate, signal: AbortSignal): Promise<Interpreter | undefined> {
    const { path, args } = candidate;
    const program = {
      executable: path,
      args: [...args, "-I", "-c", probeScript],
      cwd: dirname(path),
      env: this.#host.env,
    };
    try {
      const { code, stdout } = await runProgram(program, this.#host.reaper, signal);
      return code === 0 ? interpreterOf(stdout) : undefined;
    } catch {
      // It can't be started, or isn't a Python.
      return undefined;
    }
  }
}

/** The path is the interpreter's own, not that of a shim, which needs the user's HOME. */
function interpreterOf(stdout: string): Interpreter | undefined {
  const answer = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Answer;
  if (answer.path === "") return undefined;
  const { path, version, clientVersion, userBase, packageFolders = [], modules = [] } = answer;
  return {
    path,
    version,
    isSupported: isAtLeast(version, [3, 9]),
    hasAwsClient: clientVersion !== undefined && isAtLeast(clientVersion, [3, 0]),
    hasDebugpy: answer.hasDebugpy === true,
    hasPip: answer.hasPip === true,
    modules,
    userBase,
    packageFolders,
  };
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [hasMajor = 0, hasMinor = 0] = version.split(".").map(Number);
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}

function isCurrent({ stamp, interpreter, askedAt }: Known, candidate: PythonCandidate): boolean {
  if (stamp !== stampOf(candidate, interpreter)) return false;
  return interpreter !== undefined || performance.now() - askedAt < RETRY_AFTER_MS;
}

/** Changes when the interpreter changes, or a package is installed or removed. */
function stampOf(candidate: PythonCandidate, interpreter: Interpreter | undefined): string {
  const files = [candidate.path, ...(interpreter === undefined ? [] : [interpreter.path])];
  return [...files.map(fileStamp), ...(interpreter?.packageFolders ?? []).map(folderStamp)].join(" ");
}
