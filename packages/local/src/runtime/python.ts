import { delimiter } from "node:path";
import type { LocalFunction } from "../model/localFunction.ts";
import { codeStamp } from "../model/codeStamp.ts";
import type { Reaper } from "../process/reaperClient.ts";
import { pythonFolders } from "./layers.ts";
import { CannotRun, type Runtime, type RuntimeFiles, type RuntimePlan } from "./plan.ts";
import { findCandidates, type PythonFinder } from "./pythonCandidates.ts";
import { Interpreters, type Interpreter } from "./pythonInterpreter.ts";

/** What a person may set about Python. */
export interface PythonSettings {
  /** The interpreter to use, whatever else there is. */
  pythonPath?: string;
  /** A folder with debugpy. */
  debugpyPath?: string;
  /** The workspace's folders; virtual environments are looked for up to them. */
  folders: readonly string[];
}

interface Host {
  files: RuntimeFiles;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  home: string;
  reaper: Reaper;
  settings: () => PythonSettings;
}

/** Python functions, in the workspace's own interpreter: on AWS's runtime client where that is installed, else on ours. */
export function python(host: Host): Runtime {
  const interpreters = new Interpreters(host);
  return {
    takes: (fn) => fn.runtime.startsWith("python3"),
    async check(fn, signal) {
      await findInterpreter(fn, host, interpreters, signal);
    },
    async prepare(fn, signal) {
      const interpreter = await findInterpreter(fn, host, interpreters, signal);
      return {
        stamp: `${interpreter.path} ${interpreter.hasAwsClient} ${codeStamp(fn)}`,
        plan: () => planOf(fn, interpreter, host),
        async debug() {
          const folder = debugpyFolder(fn, interpreter, host.settings());
          return {
            plan: debugged(planOf(fn, interpreter, host), folder),
            target: (port) => ({
              debugger: "python",
              host: "127.0.0.1",
              port,
              localRoot: fn.codeRoot,
              remoteRoot: fn.codeRoot,
            }),
          };
        },
      };
    },
  };
}

/** The options are those of `start.py`. */
function planOf(fn: LocalFunction, interpreter: Interpreter, host: Host): RuntimePlan {
  return {
    executable: interpreter.path,
    args: [
      host.files.startPython,
      `--client=${interpreter.hasAwsClient ? "awslambdaric" : "own"}`,
      `--layers=${pythonFolders(fn.layers ?? [], fn.runtime).join(delimiter)}`,
      `--python-path=${fn.environment["PYTHONPATH"] ?? ""}`,
      `--cache=${host.home}`,
    ],
    taskRoot: fn.codeRoot,
    env: environment(fn, interpreter),
    version: `python ${interpreter.version}`,
  };
}

/** Without what debugpy warns of at each start. */
function debugged(plan: RuntimePlan, debugpy: string): RuntimePlan {
  return {
    ...plan,
    args: ["-Xfrozen_modules=off", ...plan.args, `--debugger=${debugpy}`],
    env: { ...plan.env, PYDEVD_DISABLE_FILE_VALIDATION: "1" },
  };
}

function environment(fn: LocalFunction, { userBase }: Interpreter): RuntimePlan["env"] {
  return {
    // `start.py` sets it once nothing there can take the place of a module that Python itself needs.
    PYTHONPATH: undefined,
    // The home is another one; what was installed for the person alone is found all the same.
    ...(userBase !== undefined && { PYTHONUSERBASE: userBase }),
    // Files and streams are UTF-8 on every system, as on Lambda.
    PYTHONUTF8: fn.environment["PYTHONUTF8"] ?? "1",
    // One channel with what is printed keeps the order of both.
    _LAMBDA_TELEMETRY_LOG_FD: "1",
  };
}

/** The first interpreter that runs and is new enough. */
async function findInterpreter(
  fn: LocalFunction,
  host: Host,
  interpreters: Interpreters,
  signal: AbortSignal,
): Promise<Interpreter> {
  const finder: PythonFinder = { ...host.settings(), env: host.env, platform: host.platform };
  let tooOld: Interpreter | undefined;
  for (const candidate of findCandidates(fn, finder)) {
    const found = await interpreters.ask(candidate, signal);
    if (found?.isSupported) return found;
    tooOld ??= found;
  }
  throw tooOld ? oldInterpreter(fn, tooOld) : noInterpreter(fn, finder);
}

function oldInterpreter(fn: LocalFunction, { path, version }: Interpreter): CannotRun {
  const message = `${fn.name}: ${path} is Python ${version}, and functions need 3.9 or newer. Install one, or set the interpreter's path in the settings.`;
  return new CannotRun(message, "runtime");
}

function noInterpreter(fn: LocalFunction, { pythonPath }: PythonFinder): CannotRun {
  const message =
    pythonPath === undefined
      ? `${fn.name}: Python 3 wasn't found, neither in a virtual environment of the workspace nor on this machine. Install it, or set the interpreter's path in the settings.`
      : `${fn.name}: ${pythonPath} isn't a Python 3 that runs. Check the interpreter's path in the settings.`;
  return new CannotRun(message, "runtime");
}

function debugpyFolder(fn: LocalFunction, interpreter: Interpreter, settings: PythonSettings): string {
  if (interpreter.hasDebugpy) return "";
  if (settings.debugpyPath !== undefined) return settings.debugpyPath;
  const command = `${quoted(interpreter.path)} -m pip install debugpy`;
  const message = `${fn.name}: to debug it, ${interpreter.path} needs debugpy. Run: ${command}`;
  throw new CannotRun(message, "runtime", command);
}

function quoted(path: string): string {
  return /[\s"'$]/.test(path) ? JSON.stringify(path) : path;
}
