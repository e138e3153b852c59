import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** Where a program is on PATH, as an absolute path; undefined where it isn't. */
export async function programOnPath(
  name: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const folders = (valueOf("PATH", environment) ?? "").split(delimiter).filter(isAbsolute);
  for (const folder of folders) {
    for (const extension of extensions(environment)) {
      const path = join(folder, `${name}${extension}`);
      if (await isProgram(path)) return path;
    }
  }
  return undefined;
}

function extensions(environment: NodeJS.ProcessEnv): readonly string[] {
  if (process.platform !== "win32") return [""];
  return (valueOf("PATHEXT", environment) ?? ".EXE;.CMD;.BAT").split(";");
}

/** Windows writes the names of variables in any case. */
function valueOf(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  if (process.platform !== "win32") return environment[name];
  const found = Object.keys(environment).find((key) => key.toUpperCase() === name);
  return found === undefined ? undefined : environment[found];
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
