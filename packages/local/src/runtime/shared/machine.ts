import { readdirSync, readFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** What a search for installed programs depends on. */
export interface Machine {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
}

/** The paths that a program may have on PATH. Relative folders of PATH are left out: they may be the workspace's. */
export function onPath(name: string, { env, platform }: Machine): string[] {
  const file = platform === "win32" ? `${name}.exe` : name;
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, file));
}

/** The folder that a variable names; undefined where it isn't an absolute path. */
export function folderIn({ env }: Machine, variable: string): string | undefined {
  const folder = env[variable];
  return folder !== undefined && isAbsolute(folder) ? folder : undefined;
}

export function homeOf(machine: Machine): string {
  return folderIn(machine, machine.platform === "win32" ? "USERPROFILE" : "HOME") ?? "/nowhere";
}

/** The folder for a user's application data. */
export function dataFolder(machine: Machine): string {
  const home = homeOf(machine);
  if (machine.platform === "win32")
    return folderIn(machine, "LOCALAPPDATA") ?? join(home, "AppData", "Local");
  return folderIn(machine, "XDG_DATA_HOME") ?? join(home, ".local", "share");
}

/** Sorts older versions first. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** The names in a folder; none where it isn't there. */
export function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The first line of a file, without spaces around it; undefined where the file isn't there. */
export function readLine(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").split("\n")[0]?.trim();
  } catch {
    return undefined;
  }
}
