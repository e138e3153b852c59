import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "mocha";
import { nodejs } from "../../../src/runtime/nodejs/nodejs.ts";
import { python } from "../../../src/runtime/python/python.ts";
import { layerEnvironment } from "../../../src/runtime/shared/layers.ts";
import { writeFiles } from "../../workspace.ts";

describe("local: search paths for layers", () => {
  let root: string;
  let layers: readonly string[];
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "layers-"));
    layers = [join(root, "first"), join(root, "second")];
    await writeFiles(root, {
      "first/bin/tool": "",
      "first/lib/libtool.so": "",
      "first/nodejs/node_modules/a/index.js": "",
      "first/nodejs/node22/node_modules/a/index.js": "",
      "first/python/a.py": "",
      "second/bin/tool": "",
      "second/node_modules/b/index.js": "",
      "second/python/lib/python3.13/site-packages/b.py": "",
      "code/lib/libown.so": "",
    });
  });
  after(() => rm(root, { recursive: true, force: true }));

  const at = (...paths: string[]) => paths.map((path) => join(root, path));

  it("are Lambda's, a later layer before an earlier one", () => {
    const own = { PATH: "/usr/bin", LD_LIBRARY_PATH: undefined };
    assert.deepEqual(layerEnvironment(layers, join(root, "code"), own), {
      PATH: ["/usr/bin", ...at("second/bin", "first/bin")].join(delimiter),
      LD_LIBRARY_PATH: at("code/lib", "first/lib").join(delimiter),
    });
    assert.deepEqual(
      nodejs.layerFolders(layers, "nodejs22.x"),
      at("second/node_modules", "first/nodejs/node22/node_modules", "first/nodejs/node_modules"),
    );
    assert.deepEqual(
      python.layerFolders(layers, "python3.13"),
      at("second/python/lib/python3.13/site-packages", "second/python", "first/python"),
    );
  });

  it("don't change the environment without layers", () => {
    assert.deepEqual(layerEnvironment([], join(root, "first"), { PATH: "/usr/bin" }).PATH, "/usr/bin");
    assert.deepEqual(layerEnvironment([], root, {}), {});
    assert.deepEqual(
      [nodejs.layerFolders([], "nodejs22.x"), python.layerFolders([], "python3.13")],
      [[], []],
    );
  });
});
