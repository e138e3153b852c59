import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const vendored = fileURLToPath(new URL("../vendor/python", import.meta.url));

/** A Python 3 of this machine, on Windows by its other name; undefined where there is none. */
export async function findPython(): Promise<string | undefined> {
  const name = process.platform === "win32" ? "python" : "python3";
  try {
    const { stdout } = await run(name, ["-c", "import sys, venv; print(sys.executable)"]);
    return stdout.trim();
  } catch {
    return undefined;
  }
}

/** Makes a virtual environment that has AWS's runtime client, as `pip install awslambdaric` does. */
export async function makeVenv(python: string, folder: string): Promise<void> {
  await run(python, ["-m", "venv", "--without-pip", folder]);
  const interpreter = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  const where = ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"];
  const { stdout } = await run(join(folder, ...interpreter), where);
  await cp(vendored, stdout.trim(), { recursive: true });
}
