import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { findNodes } from "../../../src/runtime/nodejs/nodeCandidates.ts";
import type { Machine } from "../../../src/runtime/shared/machine.ts";
import { writeFiles, type Files } from "../../workspace.ts";

describe("local: the search for Node.js", () => {
  let root: string;
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "node-search-")));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** Creates files and searches; returns those that were found, relative to the folder. */
  async function search(files: Files | readonly string[], machine: Partial<Machine> = {}): Promise<string[]> {
    await writeFiles(
      root,
      Array.isArray(files) ? Object.fromEntries(files.map((each) => [each, each])) : (files as Files),
    );
    const home = join(root, "home");
    const env = { HOME: home, USERPROFILE: home, ...machine.env };
    return findNodes({ platform: machine.platform ?? "linux", env }).map((path) =>
      relative(root, path).replaceAll("\\", "/"),
    );
  }

  it("takes every node on PATH in its order, and leaves out folders that aren't absolute", async () => {
    const folders = [join(root, "b"), "", ".", "node_modules/.bin", join(root, "nowhere"), join(root, "a")];
    const found = await search(["a/node", "b/node", "node_modules/.bin/node"], {
      env: { PATH: folders.join(delimiter) },
    });
    assert.deepEqual(found, ["b/node", "a/node"]);
  });

  it("takes the first of several links to a file", async () => {
    await writeFiles(root, { "real/node": "" });
    for (const folder of ["a", "b"]) {
      await mkdir(join(root, folder));
      await symlink(join(root, "real", "node"), join(root, folder, "node"));
    }
    const PATH = ["a", "b", "real"].map((folder) => join(root, folder)).join(delimiter);
    assert.deepEqual(await search({}, { env: { PATH } }), ["a/node"]);
  });

  const nvm = (...versions: string[]): string[] =>
    versions.map((version) => `home/.nvm/versions/node/${version}/bin/node`);

  it("takes the versions of nvm, the newest first", async () => {
    const found = await search(nvm("v9.11.2", "v24.1.0", "v22.16.0"));
    assert.deepEqual(found, nvm("v24.1.0", "v22.16.0", "v9.11.2"));
  });

  const defaults: [name: string, aliases: Files, first: string][] = [
    ["a whole version", { default: "v22.2.0\n" }, "v22.2.0"],
    ["a version without v", { default: "22.2.0" }, "v22.2.0"],
    ["the newest of a major version", { default: "22" }, "v22.16.0"],
    ["the newest of a minor version", { default: "22.2" }, "v22.2.0"],
    ["the newest one", { default: "node" }, "v24.1.0"],
    ["a chain of aliases", { default: "lts/*", "lts/*": "lts/jod", "lts/jod": "v22.2.0" }, "v22.2.0"],
    ["a name of the user's", { default: "work", work: "22" }, "v22.16.0"],
    ["a chain without an end", { default: "a", a: "b", b: "a" }, "v24.1.0"],
    ["one that isn't installed", { default: "lts/*", "lts/*": "lts/iron", "lts/iron": "v20.1.0" }, "v24.1.0"],
    ["the system's", { default: "system" }, "v24.1.0"],
    ["an empty file", { default: "" }, "v24.1.0"],
  ];
  for (const [name, aliases, first] of defaults) {
    it(`starts with nvm's default: ${name}`, async () => {
      const files = [...nvm("v22.2.0", "v24.1.0", "v22.16.0")].map((path) => [path, path]);
      const alias = Object.entries(aliases).map(([each, text]) => [`home/.nvm/alias/${each}`, text]);
      const found = await search(Object.fromEntries([...files, ...alias]) as Files);
      assert.equal(found.length, 3);
      assert.deepEqual(found.slice(0, 1), nvm(first));
    });
  }

  it("finds nvm in NVM_DIR, and in XDG_CONFIG_HOME", async () => {
    const files = ["x/versions/node/v22.1.0/bin/node", "xdg/nvm/versions/node/v24.1.0/bin/node"];
    assert.deepEqual(await search(files, { env: { NVM_DIR: join(root, "x") } }), files.slice(0, 1));
    assert.deepEqual(await search(files, { env: { XDG_CONFIG_HOME: join(root, "xdg") } }), files.slice(1));
  });

  const fnmPlaces: [place: string, machine: (root: string) => Partial<Machine>][] = [
    ["home/.local/share/fnm", () => ({})],
    ["data/fnm", (folder) => ({ env: { XDG_DATA_HOME: join(folder, "data") } })],
    ["elsewhere", (folder) => ({ env: { FNM_DIR: join(folder, "elsewhere") } })],
    ["home/Library/Application Support/fnm", () => ({ platform: "darwin" })],
    ["home/.fnm", () => ({ platform: "darwin" })],
  ];
  for (const [place, machine] of fnmPlaces) {
    it(`takes the versions of fnm in ${place}, its default first`, async () => {
      const paths = ["v24.1.0", "v22.16.0"].map(
        (each) => `${place}/node-versions/${each}/installation/bin/node`,
      );
      await writeFiles(root, Object.fromEntries(paths.map((path) => [path, path])));
      await mkdir(join(root, place, "aliases"));
      const [, older = ""] = paths;
      await symlink(dirname(dirname(join(root, older))), join(root, place, "aliases", "default"));
      const found = await search({}, machine(root));
      assert.deepEqual(found, [`${place}/aliases/default/bin/node`, paths[0]]);
    });
  }

  const volta = (...versions: string[]): string[] =>
    versions.map((version) => `home/.volta/tools/image/node/${version}/bin/node`);

  it("takes the versions of Volta, its default first", async () => {
    const files = Object.fromEntries(volta("22.2.0", "24.1.0").map((path) => [path, path]));
    assert.deepEqual(await search(files), volta("24.1.0", "22.2.0"));
    const platform = "home/.volta/tools/user/platform.json";
    const found = await search({
      [platform]: '{ "node": { "runtime": "22.2.0", "npm": null }, "yarn": null }',
    });
    assert.deepEqual(found, volta("22.2.0", "24.1.0"));
    for (const text of ['{ "node": null }', "null", "{", ""])
      assert.deepEqual(await search({ [platform]: text }), volta("24.1.0", "22.2.0"), text);
  });

  it("knows the places of nvm, fnm and Volta on Windows", async () => {
    const found = await search(
      [
        "bin/node.exe",
        "nvm/v22.16.0/node.exe",
        "nvm/elevate.cmd",
        "roaming/fnm/node-versions/v24.1.0/installation/node.exe",
        "local/Volta/tools/image/node/24.2.0/node.exe",
      ],
      {
        platform: "win32",
        env: {
          Path: join(root, "bin"),
          NVM_HOME: join(root, "nvm"),
          APPDATA: join(root, "roaming"),
          LOCALAPPDATA: join(root, "local"),
        },
      },
    );
    assert.deepEqual(found, [
      "bin/node.exe",
      "nvm/v22.16.0/node.exe",
      "roaming/fnm/node-versions/v24.1.0/installation/node.exe",
      "local/Volta/tools/image/node/24.2.0/node.exe",
    ]);
  });

  it("ignores variables that aren't absolute paths", async () => {
    const env = { NVM_DIR: "", FNM_DIR: "fnm", VOLTA_HOME: ".", XDG_CONFIG_HOME: "", XDG_DATA_HOME: "" };
    const fnm = "home/.local/share/fnm/node-versions/v24.2.0/installation/bin/node";
    const files = [...nvm("v22.1.0"), fnm, ...volta("24.1.0")];
    assert.deepEqual(await search(files, { env }), files);
  });
});
