import { dirname } from "node:path";
import { fileStamp, folderStamp } from "../model/codeStamp.ts";
import type { Reaper } from "../process/reaperClient.ts";
import { runOnce } from "./once.ts";
import type { PythonCandidate } from "./pythonCandidates.ts";

/** A Python 3 that runs, and what it has. */
export interface Interpreter {
  path: string;
  version: string;
  /** Whether it is of a version that functions run on. */
  isSupported: boolean;
  /** Whether AWS's runtime client is there, in a version that is used. */
  hasAwsClient: boolean;
  hasDebugpy: boolean;
  /** Where what a person installed for themselves is, unless the interpreter leaves that out. */
  userBase?: string;
  /** Folders that packages are installed in. */
  packageFolders: readonly string[];
}

interface Answer {
  path: string;
  version: string;
  clientVersion?: string;
  hasDebugpy?: boolean;
  userBase?: string;
  packageFolders?: readonly string[];
}

/**
 * What an interpreter is asked. It runs isolated (`-I`), so that no file of the function or of its environment is read.
 * A virtual environment leaves a user's own packages out unless it was made with those of the system.
 */
const question = `
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
    answer["hasDebugpy"] = importlib.machinery.PathFinder.find_spec("debugpy", search) is not None
    answer["packageFolders"] = [path for path in search if path.endswith("-packages")]
print(json.dumps(answer))
`;

/** How long an interpreter that did not run is left alone, in ms. */
const failureLastsMs = 5000;

interface Known {
  stamp: string;
  interpreter: Interpreter | undefined;
  askedAt: number;
}

/** Asks interpreters what they have, once until something of them changes. */
export class Interpreters {
  readonly #host: { env: Readonly<Record<string, string | undefined>>; reaper: Reaper };
  readonly #known = new Map<string, Known>();

  constructor(host: { env: Readonly<Record<string, string | undefined>>; reaper: Reaper }) {
    this.#host = host;
  }

  /** What a candidate has; undefined where it isn't a Python 3 that runs. */
  async ask(candidate: PythonCandidate, signal: AbortSignal): Promise<Interpreter | undefined> {
    const key = [candidate.path, ...candidate.args].join("\0");
    const known = this.#known.get(key);
    if (known !== undefined && isCurrent(known, candidate)) return known.interpreter;
    const interpreter = await this.#probe(candidate, signal);
    const stamp = stampOf(candidate, interpreter);
    if (!signal.aborted) this.#known.set(key, { stamp, interpreter, askedAt: performance.now() });
    return interpreter;
  }

  async #probe(candidate: PythonCandidate, signal: AbortSignal): Promise<Interpreter | undefined> {
    const { path, args } = candidate;
    const program = {
      executable: path,
      args: [...args, "-I", "-c", question],
      cwd: dirname(path),
      env: this.#host.env,
    };
    try {
      const { code, stdout } = await runOnce(program, this.#host.reaper, signal);
      return code === 0 ? interpreterOf(stdout) : undefined;
    } catch {
      // It cannot be started at all, or answers something else than it was asked.
      return undefined;
    }
  }
}

/** A shim is replaced by what it stands for: with another home, a shim doesn't find its way. */
function interpreterOf(stdout: string): Interpreter | undefined {
  const answer = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Answer;
  if (answer.path === "") return undefined;
  const { path, version, clientVersion, hasDebugpy = false, userBase, packageFolders = [] } = answer;
  return {
    path,
    version,
    isSupported: isAtLeast(version, [3, 9]),
    hasAwsClient: clientVersion !== undefined && isAtLeast(clientVersion, [3, 0]),
    hasDebugpy,
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
  return interpreter !== undefined || performance.now() - askedAt < failureLastsMs;
}

/** Changes when the interpreter does, or when a package is installed or removed. */
function stampOf(candidate: PythonCandidate, interpreter: Interpreter | undefined): string {
  const files = [candidate.path, ...(interpreter === undefined ? [] : [interpreter.path])];
  return [...files.map(fileStamp), ...(interpreter?.packageFolders ?? []).map(folderStamp)].join(" ");
}
