import { execFile } from "node:child_process";
import { globSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A Python of this machine. */
export interface FoundPython {
  path: string;
  version: string;
  hasAwsClient: boolean;
  hasDebugpy: boolean;
}

const question = `
import sys, importlib.metadata as metadata, importlib.util as util
try: major = int(metadata.version("awslambdaric").split(".")[0])
except metadata.PackageNotFoundError: major = 0
print(sys.executable, *sys.version_info[:3], major, util.find_spec("debugpy") is not None, sep="\\n")`;

/** Every installation of Python 3.9 or newer on the PATH, in the system or in pyenv. */
export async function findPythons(): Promise<FoundPython[]> {
  const windows = process.platform === "win32";
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const names = windows ? ["python.exe"] : ["python3", "python3.[0-9]*"];
  const pyenv = join(
    process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"),
    "versions",
    "*",
    "bin",
    "python",
  );
  const paths = [...folders.flatMap((folder) => names.map((name) => join(folder, name))), pyenv];
  const found = new Map<string, FoundPython>();
  for (const path of paths.flatMap((pattern) => globSync(pattern))) {
    const python = await look(path);
    // An environment's interpreter is a link to another one, and has packages of its own.
    if (python) found.set(`${realpathSync(python.path)} ${python.hasAwsClient} ${python.hasDebugpy}`, python);
  }
  return [...found.values()];
}

async function look(path: string): Promise<FoundPython | undefined> {
  try {
    const { stdout } = await run(path, ["-I", "-c", question]);
    const [executable = "", major = "", minor = "", patch = "", client = "", debugpy = ""] = stdout
      .trim()
      .split(/\r?\n/);
    if (Number(major) !== 3 || Number(minor) < 9) return undefined;
    return {
      path: executable,
      version: `${major}.${minor}.${patch}`,
      hasAwsClient: Number(client) >= 3,
      hasDebugpy: debugpy === "True",
    };
  } catch {
    return undefined;
  }
}
