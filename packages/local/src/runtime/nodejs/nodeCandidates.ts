import { readFileSync } from "node:fs";
import { join } from "node:path";
import { realPath } from "../../discovery/code/boundary.ts";
import { fileStamp } from "../../model/fileStamp.ts";
import {
  compareVersions,
  dataFolder,
  entriesOf,
  folderIn,
  homeOf,
  onPath,
  readLine,
  type Machine,
} from "../shared/machine.ts";

/**
 * Files that may be a Node.js: on PATH, and then those that nvm, fnm and Volta have installed, the default of each first and
 * then the newest. Of several links to a file, the first.
 */
export function findNodes(machine: Machine): string[] {
  const file = machine.platform === "win32" ? "node.exe" : join("bin", "node");
  const installations = [...nvm(machine), ...fnm(machine), ...volta(machine)];
  const found = [...onPath("node", machine), ...installations.map((folder) => join(folder, file))];
  const files = found.filter((path) => fileStamp(path) !== undefined);
  return [...Map.groupBy(files, realPath).values()].flatMap(([first = ""]) => first);
}

/**
 * An alias of nvm is a file with a version or another alias; nvm for Windows has no aliases.
 * Source: nvm's README, "Installing and Updating", "Usage" and "Default global packages".
 */
function nvm(machine: Machine): string[] {
  if (machine.platform === "win32") {
    const root = folderIn(machine, "NVM_HOME");
    return root === undefined ? [] : newestFirst(root).map((name) => join(root, name));
  }
  const config = folderIn(machine, "XDG_CONFIG_HOME");
  const usual = [...(config === undefined ? [] : [join(config, "nvm")]), join(homeOf(machine), ".nvm")];
  return rootsOf(machine, "NVM_DIR", usual).flatMap((root) => {
    const versions = newestFirst(join(root, "versions", "node"));
    return defaultFirst(defaultOfNvm(root, versions), versions).map((name) =>
      join(root, "versions", "node", name),
    );
  });
}

/** Follows `default` from alias to alias, to the newest installed version that fits, such as `v22.16.0` for `22`. */
function defaultOfNvm(root: string, versions: readonly string[]): string | undefined {
  const names = new Set<string>();
  let name: string | undefined = "default";
  let last = name;
  while (name !== undefined && !names.has(name)) {
    names.add(name);
    last = name;
    name = readLine(join(root, "alias", name));
  }
  if (last === "node" || last === "stable") return versions[0];
  const wanted = last.replace(/^v?/, "v");
  return versions.find((version) => version === wanted || version.startsWith(`${wanted}.`));
}

/** Source: fnm's documentation, "Configuration": `FNM_DIR`; earlier versions used `~/.fnm`. */
function fnm(machine: Machine): string[] {
  const home = homeOf(machine);
  const usual = {
    win32: [join(folderIn(machine, "APPDATA") ?? join(home, "AppData", "Roaming"), "fnm")],
    darwin: [join(home, "Library", "Application Support", "fnm"), join(dataFolder(machine), "fnm")],
    linux: [join(dataFolder(machine), "fnm")],
  };
  const { platform } = machine;
  const places = platform === "win32" || platform === "darwin" ? usual[platform] : usual.linux;
  return rootsOf(machine, "FNM_DIR", [...places, join(home, ".fnm")]).flatMap((root) => [
    join(root, "aliases", "default"),
    ...newestFirst(join(root, "node-versions")).map((name) =>
      join(root, "node-versions", name, "installation"),
    ),
  ]);
}

/** Source: Volta's documentation, "Environment variables": `VOLTA_HOME`. */
function volta(machine: Machine): string[] {
  const usual =
    machine.platform === "win32" ? join(dataFolder(machine), "Volta") : join(homeOf(machine), ".volta");
  return rootsOf(machine, "VOLTA_HOME", [usual]).flatMap((root) => {
    const images = join(root, "tools", "image", "node");
    return defaultFirst(defaultOfVolta(root), newestFirst(images)).map((name) => join(images, name));
  });
}

/** The version that Volta uses outside projects. */
function defaultOfVolta(root: string): string | undefined {
  try {
    const text = readFileSync(join(root, "tools", "user", "platform.json"), "utf8");
    const { node } = JSON.parse(text) as { node?: { runtime?: string } | null };
    return node?.runtime;
  } catch {
    return undefined;
  }
}

/** The folder of a version manager: the one that its variable names, else the usual ones. */
function rootsOf(machine: Machine, variable: string, usual: readonly string[]): readonly string[] {
  const named = folderIn(machine, variable);
  return named === undefined ? usual : [named];
}

function newestFirst(folder: string): string[] {
  return entriesOf(folder).toSorted((a, b) => compareVersions(b, a));
}

/** The default may not be installed. */
function defaultFirst(name: string | undefined, versions: readonly string[]): string[] {
  const [first, rest] = [versions.filter((each) => each === name), versions.filter((each) => each !== name)];
  return [...first, ...rest];
}
