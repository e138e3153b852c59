import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { refusal, start, template, type Declared, type Files, type TestService } from "../../workspace.ts";

const esbuild = dirname(createRequire(import.meta.url).resolve("esbuild/package.json"));

/** A real native file of this machine's platform, as some package installed it. */
const modules = fileURLToPath(new URL("../../../../../node_modules", import.meta.url));
const [addon = ""] = globSync("@napi-rs/*/*.node", { cwd: modules }).map((path) => join(modules, path));

const manifest = (name: string, more: object = {}) => JSON.stringify({ name, main: "index.js", ...more });

/** Packages of each kind, all of which export the keys of the same native file and where they were loaded from. */
const packages: Files = {
  // As node-gyp-build and bindings find it.
  "beside/package.json": manifest("beside", { dependencies: { "node-gyp-build": "4" } }),
  "beside/index.js":
    "const { join } = require('node:path'); exports.loaded = [Object.keys(require(join(__dirname, 'addon.node'))).length > 0, __dirname];",
  // As NAPI-RS publishes it: a package for each platform.
  "split/package.json": manifest("split", {
    optionalDependencies: { "split-here": "1", "split-elsewhere": "1" },
  }),
  "split/index.js": "exports.loaded = [Object.keys(require('split-here')).length > 0, __dirname];",
  "split-here/package.json": manifest("split-here", { main: "addon.node" }),
  // Without any sign, with a path that esbuild knows.
  "plain/package.json": manifest("plain"),
  "plain/index.js": "exports.loaded = [Object.keys(require('./lib/addon.node')).length > 0, 'bundled'];",
  "plain/lib/index.js": "",
  // With a helper that imports what isn't installed.
  "helped/package.json": manifest("helped", { dependencies: { "@mapbox/node-pre-gyp": "1" } }),
  "helped/index.js":
    "if (process.env.NOWHERE) require('nowhere'); exports.loaded = [Object.keys(require('./addon.node')).length > 0, __dirname];",
  // Another package's own.
  "outer/package.json": manifest("outer"),
  "outer/index.js": "exports.loaded = require('beside').loaded;",
  "outer/node_modules/beside/package.json": manifest("beside", { binary: { napi_versions: [8] } }),
  "outer/node_modules/beside/index.js":
    "const { join } = require('node:path'); exports.loaded = [Object.keys(require(join(__dirname, 'addon.node'))).length > 0, __dirname];",
};
const links = ["beside", "helped", "split-here", "plain/lib", "outer/node_modules/beside"];

async function withPackages(declared: Declared, files: Files, more = ""): Promise<TestService> {
  const installed = Object.entries(packages).map(([path, text]) => [`node_modules/${path}`, text]);
  const local = await start({
    "template.yaml": template({ fn: { handler: "app.handler", ...declared } }) + more,
    ...(Object.fromEntries(installed) as Files),
    ...files,
  });
  for (const link of links)
    await symlink(addon, join(local.folder, "node_modules", link, "addon.node"), "file");
  await mkdir(join(local.folder, "node_modules"), { recursive: true });
  await symlink(esbuild, join(local.folder, "node_modules", "esbuild"), "junction");
  return local;
}

const names = ["beside", "split", "plain", "outer"];
const importing = [
  ...names.map((name) => `import * as ${name} from "${name}";`),
  `export const handler = async () => [${names.map((name) => `${name}.loaded`).join(", ")}];`,
].join("\n");

// Where no such package is installed for the platform, there's nothing to load; on Windows, files can't be linked.
const onPosix = process.platform === "win32" || addon === "" ? () => {} : describe;

onPosix("local: native packages of a function that esbuild builds", () => {
  for (const [entry, runtime] of [
    ["app.cts", "nodejs22.x"],
    ["app.mts", "nodejs22.x"],
    ["app.ts", "nodejs24.x"],
  ] as const)
    it(`are loaded from their own folders, by ${entry} on ${runtime}`, async () => {
      await using local = await withPackages({ runtime }, { [`fn/${entry}`]: importing });
      const folder = (...path: string[]) => join(local.folder, "node_modules", ...path);
      assert.deepEqual((await local.invoke("fn")).payload, [
        [true, folder("beside")],
        [true, folder("split")],
        [true, "bundled"],
        [true, folder("outer", "node_modules", "beside")],
      ]);
    });

  it("may import what isn't installed", async () => {
    const code = `import { loaded } from "helped"; export const handler = async () => loaded;`;
    await using local = await withPackages({}, { "fn/app.ts": code });
    const folder = join(local.folder, "node_modules", "helped");
    assert.deepEqual((await local.invoke("fn")).payload, [true, folder]);
  });

  it("are loaded by require and import() in the code too, and a file of the function's own", async () => {
    const code = `
      const { loaded } = require("beside");
      const own = require("./addon.node");
      export const handler = async () => [loaded[0], (await import("split")).loaded[0], Object.keys(own).length > 0];`;
    await using local = await withPackages({}, { "fn/app.ts": code });
    await symlink(addon, join(local.folder, "fn", "addon.node"), "file");
    assert.deepEqual((await local.invoke("fn")).payload, [true, true, true]);
  });

  it("are built as the template says where it names a loader for them", async () => {
    const more = [
      "    Metadata:",
      "      BuildMethod: esbuild",
      "      BuildProperties: { EntryPoints: [app.ts], Loader: [.node=text] }",
      "",
    ];
    const code = `import text from "./addon.node"; export const handler = async () => text;`;
    const files = { "fn/app.ts": code, "fn/addon.node": "the text of it" };
    await using local = await withPackages({}, files, more.join("\n"));
    assert.equal((await local.invoke("fn")).payload, "the text of it");
  });

  it("that aren't there are errors of the build", async () => {
    const code = `import { x } from "nowhere"; import y from "./nowhere.node"; export const handler = async () => [x, y];`;
    await using local = await withPackages({}, { "fn/app.ts": code });
    const { message } = await refusal(local.invoke("fn"));
    assert.match(message, /Could not resolve "nowhere"[^]*Could not resolve "\.\/nowhere\.node"/);
  });
});
