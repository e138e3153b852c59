import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { LocalFunction } from "../../../src/model/localFunction.ts";
import { findCandidates, type PythonFinder } from "../../../src/runtime/python/candidates.ts";
import { writeFiles } from "../../workspace.ts";

describe("local: the search for Python", () => {
  let root: string;
  let project: string;
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "python-search-")));
    project = join(root, "work", "api");
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** Creates these files and searches; returns those that were found, without their arguments. */
  async function search(files: readonly string[], finder: Partial<PythonFinder> = {}): Promise<string[]> {
    await writeFiles(root, Object.fromEntries(files.map((file) => [file, ""])));
    return searchAgain(finder);
  }

  function searchAgain({ env = {}, platform = "linux", ...rest }: Partial<PythonFinder>): string[] {
    const fn = {
      name: "f",
      runtime: "python3.13",
      codeRoot: join(project, "src"),
      place: { file: join(project, "template.yaml"), line: 1 },
    } as unknown as LocalFunction;
    const home = join(root, "home");
    const machine = { HOME: home, USERPROFILE: home, LOCALAPPDATA: join(home, "local"), ...env };
    const folders = [join(root, "work")];
    return findCandidates(fn, { folders, env: machine, platform, ...rest })
      .map(({ path, args }) => [relative(root, path).replaceAll("\\", "/"), ...args].join(" "))
      .filter((path) => !path.startsWith(".."));
  }

  it("starts with virtual environments near the code, and ends at the workspace folder", async () => {
    const found = await search([
      "work/api/src/.venv/bin/python",
      "work/api/venv/bin/python",
      "work/.venv/bin/python",
      ".venv/bin/python",
    ]);
    assert.deepEqual(found, [
      "work/api/src/.venv/bin/python",
      "work/api/venv/bin/python",
      "work/.venv/bin/python",
    ]);
  });

  it("knows where Poetry keeps a project's environment", async () => {
    const hash = createHash("sha256").update(project).digest("base64url").slice(0, 8);
    const cache = "home/.cache/pypoetry/virtualenvs";
    const found = await search([
      "work/api/pyproject.toml",
      `${cache}/api-${hash}-py3.9/bin/python`,
      `${cache}/api-${hash}-py3.13/bin/python`,
      `${cache}/api-AAAAAAAA-py3.13/bin/python`,
    ]);
    assert.deepEqual(found, [
      `${cache}/api-${hash}-py3.13/bin/python`,
      `${cache}/api-${hash}-py3.9/bin/python`,
    ]);
  });

  it("knows where Pipenv keeps a project's environment", async () => {
    const environments = join(root, "home", ".local", "share", "virtualenvs");
    await writeFiles(environments, { "api-x/.project": project, "other-y/.project": "/elsewhere" });
    const found = await search([
      "work/api/Pipfile",
      "home/.local/share/virtualenvs/api-x/bin/python",
      "home/.local/share/virtualenvs/other-y/bin/python",
    ]);
    assert.deepEqual(found, ["home/.local/share/virtualenvs/api-x/bin/python"]);
  });

  it("uses pyenv's version for the project, then the version of the function's runtime", async () => {
    const versions = ["3.9.18", "3.11.7", "3.13.0", "3.13.10"];
    const python = (version: string): string => `home/.pyenv/versions/${version}/bin/python`;
    await writeFiles(root, { "work/.python-version": "3.11\n" });
    const found = await search(["path/python3", ...versions.map(python)], {
      env: { PATH: join(root, "path") },
    });
    assert.deepEqual(
      [...new Set(found)],
      [python("3.11.7"), python("3.13.10"), python("3.13.0"), "path/python3", python("3.9.18")],
    );
  });

  it("finds installations of uv", async () => {
    const uv = "home/.local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu/bin/python3";
    assert.deepEqual(await search([uv]), [uv]);
    assert.deepEqual(
      await search(["work/api/custom/bin/python"], { env: { UV_PROJECT_ENVIRONMENT: "custom" } }),
      ["work/api/custom/bin/python", uv],
    );
  });

  it("prefers the function's version on the PATH", async () => {
    const PATH = [join(root, "a"), join(root, "b")].join(delimiter);
    const found = await search(["a/python3", "b/python3.13", "b/python"], { env: { PATH } });
    assert.deepEqual(found, ["b/python3.13", "a/python3", "b/python"]);
  });

  it("asks Python's launcher on Windows, for the function's version and then for any", async () => {
    const found = await search(["bin/py.exe", "bin/python.exe", "work/api/.venv/Scripts/python.exe"], {
      env: { PATH: join(root, "bin") },
      platform: "win32",
    });
    assert.deepEqual(found, [
      "work/api/.venv/Scripts/python.exe",
      "bin/py.exe -3.13",
      "bin/python.exe",
      "bin/py.exe -3",
    ]);
  });

  it("skips broken and circular links, and folders with an interpreter's name", async () => {
    await writeFiles(root, { "work/api/.venv/bin/python/file": "" });
    await symlink(join(root, "nowhere"), join(root, "work/api/.venv/bin/python3"));
    await symlink("venv", join(project, "venv"));
    assert.deepEqual(await search(["work/.venv/bin/python3"]), ["work/.venv/bin/python3"]);
  });
});

const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("local: the search for Python on macOS", () => {
  it("never uses /usr/bin on macOS, even through a link: it may ask for the Command Line Tools", async () => {
    const root = await realpath(await mkdtemp(join(tmpdir(), "python-search-")));
    await writeFiles(root, { "venv/bin/other": "" });
    // Any program in that folder: this one exists on every system.
    await symlink("/usr/bin/env", join(root, "venv", "bin", "python"));
    const fn = { runtime: "python3.13", codeRoot: root, place: { file: join(root, "t.yaml") } } as never;
    const search = (platform: NodeJS.Platform): string[] =>
      findCandidates(fn, { folders: [root], env: { PATH: "/usr/bin" }, platform }).map(({ path }) => path);
    assert.ok(search("linux").includes(join(root, "venv", "bin", "python")));
    assert.deepEqual(
      search("darwin").filter((path) => path.startsWith(root) || path.startsWith("/usr/bin")),
      [],
    );
    await rm(root, { recursive: true });
  });
});
