import type { LocalFunction } from "../model/localFunction.ts";
import { codeStamp, fileStamp } from "../model/codeStamp.ts";
import type { Reaper } from "../process/reaperClient.ts";
import { joined, pythonFolders } from "./layers.ts";
import { CannotRun, type Runtime, type RuntimeFiles, type RuntimePlan } from "./plan.ts";
import { interpreters, probe, type Interpreter, type PythonFinder } from "./pythonInterpreter.ts";

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

/** Python functions, on AWS's runtime client for Python in the workspace's own interpreter. */
export function python(host: Host): Runtime {
  const known = new Map<string, Interpreter>();
  const planOf = (fn: LocalFunction, interpreter: Interpreter, args: readonly string[]): RuntimePlan => ({
    executable: interpreter.path,
    args: [host.files.startPython, ...args],
    taskRoot: fn.codeRoot,
    env: environment(fn, interpreter, host),
    version: `python ${interpreter.version}`,
  });
  return {
    takes: (fn) => fn.runtime.startsWith("python3"),
    async check(fn, signal) {
      await find(fn, host, known, signal);
    },
    async prepare(fn, signal) {
      const interpreter = await find(fn, host, known, signal);
      return {
        stamp: `${interpreter.path} ${codeStamp(fn)}`,
        plan: () => planOf(fn, interpreter, []),
        async debug() {
          const folder = debugpyFolder(fn, interpreter, host.settings());
          return {
            plan: debugged(planOf(fn, interpreter, ["debug", folder])),
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

/** Without what debugpy warns of at each start. */
function debugged(plan: RuntimePlan): RuntimePlan {
  return {
    ...plan,
    args: ["-Xfrozen_modules=off", ...plan.args],
    env: { ...plan.env, PYDEVD_DISABLE_FILE_VALIDATION: "1" },
  };
}

function environment(fn: LocalFunction, interpreter: Interpreter, host: Host): RuntimePlan["env"] {
  return {
    ...joined("PYTHONPATH", [...pythonFolders(fn.layers ?? [], fn.runtime), fn.environment["PYTHONPATH"]]),
    // The home is another one; what was installed for the person alone is found all the same.
    ...(interpreter.userBase !== undefined && { PYTHONUSERBASE: interpreter.userBase }),
    PYTHONPYCACHEPREFIX: host.home,
    // One channel with what is printed keeps the order of both.
    _LAMBDA_TELEMETRY_LOG_FD: "1",
  };
}

/** The first interpreter that has AWS's runtime client. One that was found stays; one that had nothing is asked again. */
async function find(
  fn: LocalFunction,
  host: Host,
  known: Map<string, Interpreter>,
  signal: AbortSignal,
): Promise<Interpreter> {
  const finder: PythonFinder = { ...host.settings(), env: host.env, platform: host.platform };
  const key = JSON.stringify([fn.codeRoot, fn.runtime, fn.layers, finder.pythonPath]);
  const before = known.get(key);
  if (before && fileStamp(before.path) === before.stamp) return before;
  let without: Interpreter | undefined;
  for (const path of interpreters(fn, finder)) {
    const found = await probe(path, pythonFolders(fn.layers ?? [], fn.runtime), fn, host, signal);
    if (found?.hasClient) {
      known.set(key, found);
      return found;
    }
    without ??= found;
  }
  throw without ? noClient(fn, without) : noInterpreter(fn, finder);
}

function noClient(fn: LocalFunction, { path }: Interpreter): CannotRun {
  const command = `${quoted(path)} -m pip install awslambdaric`;
  const message = `${fn.name}: Python functions run on AWS's runtime client, and ${path} does not have it. Run: ${command}`;
  return new CannotRun(message, "runtime", command);
}

function noInterpreter(fn: LocalFunction, { pythonPath }: PythonFinder): CannotRun {
  const message =
    pythonPath === undefined
      ? `${fn.name}: there is no Python 3, neither in a virtual environment of the workspace nor on the PATH. Install it, or set the interpreter's path.`
      : `${fn.name}: ${pythonPath} is no Python 3 that runs. Check the interpreter's path in the settings.`;
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
