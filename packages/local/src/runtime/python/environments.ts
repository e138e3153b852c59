import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { realPath } from "../../discovery/code/boundary.ts";
import { compareVersions, dataFolder, entriesOf, homeOf, readLine, type Machine } from "../shared/machine.ts";

/** The files that may be the interpreter of a virtual environment or an installation. */
export function interpretersIn(folder: string, platform: NodeJS.Platform): string[] {
  const inside = platform === "win32" ? ["Scripts/python.exe", "python.exe"] : ["bin/python", "bin/python3"];
  return inside.map((path) => join(folder, path));
}

/** Folders that may be the virtual environment of a project created by venv, uv, Poetry, Pipenv or pyenv. */
export function projectEnvironments(project: string, machine: Machine): string[] {
  const uv = machine.env["UV_PROJECT_ENVIRONMENT"];
  const names = [...(uv === undefined || uv === "" ? [] : [uv]), ".venv", "venv", "env"];
  return [
    ...names.map((name) => join(project, name)),
    ...poetryEnvironments(project, machine),
    ...pipenvEnvironments(project, machine),
    ...pyenvChoice(project, machine),
  ];
}

/** The installations of pyenv and uv, newest first. */
export function managedInstallations(machine: Machine): string[] {
  const uv = machine.env["UV_PYTHON_INSTALL_DIR"] ?? join(dataFolder(machine), "uv", "python");
  const found = [join(pyenvRoot(machine), "versions"), uv].flatMap((root) =>
    entriesOf(root).map((name) => join(root, name)),
  );
  return found.toSorted((a, b) => compareVersions(basename(b), basename(a)));
}

/** Whether an installation's folder has the version of a runtime such as `python3.13` in its name. */
export function isVersionOf(folder: string, runtime: string): boolean {
  const wanted = runtime.replace("python", "").replaceAll(".", "\\.");
  return new RegExp(`(^|-)${wanted}(\\.|$)`).test(basename(folder));
}

/** Poetry names an environment after its project and a hash of the project's path. Source: Poetry's documentation, "Managing environments". */
function poetryEnvironments(project: string, machine: Machine): string[] {
  if (!existsSync(join(project, "pyproject.toml"))) return [];
  const root = machine.env["POETRY_VIRTUALENVS_PATH"] ?? join(poetryCache(machine), "virtualenvs");
  const path = machine.platform === "win32" ? realPath(project).toLowerCase() : realPath(project);
  const hash = createHash("sha256").update(path).digest("base64url").slice(0, 8);
  return entriesOf(root)
    .filter((name) => name.includes(`-${hash}-py`))
    .toSorted((a, b) => compareVersions(b, a))
    .map((name) => join(root, name));
}

/** Pipenv writes the project's path to a file in the environment. */
function pipenvEnvironments(project: string, machine: Machine): string[] {
  if (!existsSync(join(project, "Pipfile"))) return [];
  const root = machine.env["WORKON_HOME"] ?? join(pipenvHome(machine), "virtualenvs");
  const isOfProject = (name: string): boolean => {
    const path = readLine(join(root, name, ".project"));
    return path !== undefined && realPath(path) === realPath(project);
  };
  return entriesOf(root)
    .filter(isOfProject)
    .map((name) => join(root, name));
}

/** The version in a project's `.python-version`, where the last part is optional. */
function pyenvChoice(project: string, machine: Machine): string[] {
  const wanted = readLine(join(project, ".python-version"));
  if (wanted === undefined || !/^[\w.-]+$/.test(wanted)) return [];
  const root = join(pyenvRoot(machine), "versions");
  return entriesOf(root)
    .filter((name) => name === wanted || name.startsWith(`${wanted}.`))
    .toSorted((a, b) => compareVersions(b, a))
    .map((name) => join(root, name));
}

function pyenvRoot(machine: Machine): string {
  const inHome = machine.platform === "win32" ? join(".pyenv", "pyenv-win") : ".pyenv";
  return machine.env["PYENV_ROOT"] ?? machine.env["PYENV"] ?? join(homeOf(machine), inHome);
}

function poetryCache(machine: Machine): string {
  const set = machine.env["POETRY_CACHE_DIR"];
  if (set !== undefined) return set;
  const home = homeOf(machine);
  if (machine.platform === "darwin") return join(home, "Library", "Caches", "pypoetry");
  if (machine.platform === "win32") return join(dataFolder(machine), "pypoetry", "Cache");
  return join(machine.env["XDG_CACHE_HOME"] ?? join(home, ".cache"), "pypoetry");
}

function pipenvHome(machine: Machine): string {
  return machine.platform === "win32" ? homeOf(machine) : dataFolder(machine);
}
