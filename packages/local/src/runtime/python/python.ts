import { delimiter, join } from "node:path";
import type { LocalWorkspace } from "../../contract/workspace.ts";
import { folderStamp } from "../../model/fileStamp.ts";
import { handlerStamp } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { ParseDebuggerLine } from "../shared/debuggerLine.ts";
import { installCommand } from "../shared/includedPackages.ts";
import { inLayers } from "../shared/layers.ts";
import { quoted } from "../shared/quoted.ts";
import {
  CannotRun,
  type DebugPlan,
  type Runtime,
  type RuntimeHost,
  type RuntimePlan,
} from "../shared/runtime.ts";
import { findCandidates, type PythonFinder } from "./candidates.ts";
import { includedFor } from "./includedModules.ts";
import { Interpreters, type Interpreter } from "./interpreter.ts";
import { installerFor, packagesFolder, PythonPackages } from "./runtimePackages.ts";

/** Python functions, run by the workspace's own interpreter: by AWS's runtime client if it's installed there, else by ours. */
export const python: Runtime = {
  label: "Python",
  includes: (runtime) => runtime.startsWith("python3"),
  handlerFiles({ codeRoot, handler, layers = [], runtime }) {
    const module = handler.slice(0, Math.max(0, handler.lastIndexOf("."))).replaceAll(".", "/");
    const folders = modulesIn(runtime).flatMap((each) =>
      layers.toReversed().map((layer) => join(layer, each)),
    );
    return [codeRoot, ...folders].flatMap((folder) => [
      join(folder, `${module}.py`),
      join(folder, module, "__init__.py"),
    ]);
  },
  inlineFile: "index.py",
  layerFolders: (layers, runtime) => modulesIn(runtime).flatMap((folder) => inLayers(layers, [folder])),
  setUp(host) {
    const interpreters = new Interpreters(host);
    const packages = new PythonPackages(host);
    const checkPackages = (fn: LocalFunction, interpreter: Interpreter): void =>
      packages.check(fn, interpreter, python.layerFolders(fn.layers ?? [], fn.runtime));
    return {
      async check(fn, signal) {
        checkPackages(fn, await findInterpreter(fn, host, interpreters, signal));
        return undefined;
      },
      async prepare(fn, signal) {
        const interpreter = await findInterpreter(fn, host, interpreters, signal);
        const folder = packagesFolder(host);
        return {
          stamp: [
            interpreter.path,
            interpreter.hasAwsClient,
            handlerStamp(fn),
            // A process doesn't look again for what it didn't find.
            folder && folderStamp(folder),
          ].join(" "),
          // Only before a process starts: reading what a function imports takes longer than a warm invocation.
          plan() {
            checkPackages(fn, interpreter);
            return planOf(fn, interpreter, host);
          },
          async debug() {
            checkPackages(fn, interpreter);
            return debugPlan(fn, interpreter, host);
          },
        };
      },
    };
  },
};

/** The folders of layers with modules. Installed packages of all layers come before the rest, as in `/opt`. */
function modulesIn(runtime: string): string[] {
  return [`python/lib/${runtime}/site-packages`, "python"];
}

/** Runs `start.py`, which describes its options. */
function planOf(fn: LocalFunction, interpreter: Interpreter, host: RuntimeHost): RuntimePlan {
  return {
    executable: interpreter.path,
    args: [
      join(host.files.scripts, "python", "start.py"),
      `--client=${interpreter.hasAwsClient ? "awslambdaric" : "own"}`,
      `--layers=${python.layerFolders(fn.layers ?? [], fn.runtime).join(delimiter)}`,
      `--opt=${(fn.layers ?? []).join(delimiter)}`,
      `--python-path=${fn.environment["PYTHONPATH"] ?? ""}`,
      `--packages=${packagesFolder(host) ?? ""}`,
      `--included=${JSON.stringify(includedFor(fn))}`,
      `--install=${installCommand(installerFor(interpreter, host), []) ?? ""}`,
      `--cache=${host.home}`,
    ],
    taskRoot: fn.codeRoot,
    env: environment(fn, interpreter),
    version: `python ${interpreter.version}`,
  };
}

function debugPlan(fn: LocalFunction, interpreter: Interpreter, host: RuntimeHost): DebugPlan {
  const plan = planOf(fn, interpreter, host);
  const debugpy = debugpyFolder(fn, interpreter, host.workspace());
  return {
    plan: {
      ...plan,
      // Both prevent warnings that debugpy prints at each start.
      args: ["-Xfrozen_modules=off", ...plan.args, `--debugger=${debugpy}`],
      env: { ...plan.env, PYDEVD_DISABLE_FILE_VALIDATION: "1" },
    },
    parseLine,
    target: ({ port }) => ({
      debugger: "python",
      host: "127.0.0.1",
      port,
      localRoot: fn.codeRoot,
      remoteRoot: fn.codeRoot,
    }),
  };
}

/** `start.py` writes one line about the debugger. */
const parseLine: ParseDebuggerLine = (line) => {
  const port = /^Debugger listening on 127\.0\.0\.1:(\d+)\s*$/.exec(line)?.[1];
  return port === undefined ? undefined : { kind: "listening", port: Number(port) };
};

function environment(fn: LocalFunction, { userBase }: Interpreter): RuntimePlan["env"] {
  return {
    // `start.py` sets it once nothing in it can replace a module that Python itself needs.
    PYTHONPATH: undefined,
    // Finds the packages of the user's own site directory, although HOME is another folder.
    ...(userBase !== undefined && { PYTHONUSERBASE: userBase }),
    // Files and streams are UTF-8 on every system, as on Lambda.
    PYTHONUTF8: fn.environment["PYTHONUTF8"] ?? "1",
    // One channel for log records and printed lines keeps their order.
    _LAMBDA_TELEMETRY_LOG_FD: "1",
  };
}

/** The first interpreter that runs and is new enough. */
async function findInterpreter(
  fn: LocalFunction,
  host: RuntimeHost,
  interpreters: Interpreters,
  signal: AbortSignal,
): Promise<Interpreter> {
  const finder: PythonFinder = { ...host.workspace(), env: host.env, platform: host.platform };
  let tooOld: Interpreter | undefined;
  for (const candidate of findCandidates(fn, finder)) {
    const found = await interpreters.ask(candidate, signal);
    if (found?.isSupported) return found;
    tooOld ??= found;
  }
  const text = tooOld ? tooOldText(tooOld) : notFoundText(finder);
  throw new CannotRun({ subject: fn.name, text, lacks: "runtime" });
}

function tooOldText({ path, version }: Interpreter): string {
  return `${path} is Python ${version}, and functions need 3.9 or newer. Install a newer one, or set the interpreter's path in Settings.`;
}

function notFoundText({ pythonPath }: PythonFinder): string {
  return pythonPath === undefined
    ? "Python 3 wasn't found, neither in a virtual environment of the workspace nor on this machine. Install it, or set the interpreter's path in Settings."
    : `${pythonPath} isn't a Python 3 that runs. Check the interpreter's path in Settings.`;
}

function debugpyFolder(fn: LocalFunction, interpreter: Interpreter, { debugpyPath }: LocalWorkspace): string {
  if (interpreter.hasDebugpy) return "";
  if (debugpyPath !== undefined) return debugpyPath;
  const command = `${quoted(interpreter.path)} -m pip install debugpy`;
  const text = `To debug the function, ${interpreter.path} needs debugpy. Run: ${command}`;
  throw new CannotRun({ subject: fn.name, text, lacks: "runtime", fix: { command } });
}
