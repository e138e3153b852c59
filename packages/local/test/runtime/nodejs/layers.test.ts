import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, it } from "mocha";
import { start, type Files, type TestService } from "../../workspace.ts";

const { resolve } = createRequire(import.meta.url);
const esbuild = dirname(resolve("esbuild/package.json"));
const typescriptPath = resolve("typescript-6");

/** Two layers, the second of which replaces files of the first. */
const layers: Files = {
  "layers/base/nodejs/utils.js":
    "const { name } = require('./name'); exports.greet = () => `Hello, ${name}${require('/opt/nodejs/mark.js')}`;",
  "layers/base/nodejs/name.js": "exports.name = 'nobody';",
  "layers/base/nodejs/mark.js": "module.exports = '.';",
  "layers/base/nodejs/late.mjs": "import { name } from './name.js'; export const late = name;",
  "layers/base/nodejs/preload.js": "globalThis.preloaded = `base ${require('/opt/nodejs/mark')}`;",
  "layers/base/nodejs/imported.mjs": "globalThis.imported = import.meta.url;",
  "layers/base/data/config.json": '{ "from": "base" }',
  "layers/base/data/base.txt": "base",
  "layers/over/nodejs/name.js": "exports.name = 'Ada';",
  "layers/over/nodejs/mark.js": "module.exports = '!';",
  "layers/over/data/config.json": '{ "from": "over" }',
  "layers/over/data/over.txt": "over",
  "layers/over/lib/own/index.js": "module.exports = 'in a search path';",
};

function declared(variables: Readonly<Record<string, string>> = {}, runtime = "nodejs22.x"): string {
  return `
Transform: AWS::Serverless-2016-10-31
Resources:
  fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: index.handler
      Runtime: ${runtime}
      Timeout: 60
      Layers: [!Ref Base, !Ref Over]
      Environment: ${JSON.stringify({ Variables: variables })}
  Base: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layers/base } }
  Over: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layers/over } }
`;
}

function withLayers(files: Files, variables?: Readonly<Record<string, string>>): Promise<TestService> {
  return start({ "template.yaml": declared(variables), ...layers, ...files });
}

describe("local: paths in /opt, in Node.js", () => {
  it("are those of layers for require, require.resolve and createRequire, the last layer first", async () => {
    await using local = await withLayers({
      "code/index.js": `
        const { greet } = require("/opt/nodejs/utils");
        const { createRequire } = require("node:module");
        exports.handler = async () => [
          greet(),
          require.resolve("/opt/nodejs/name"),
          createRequire("/opt/nodejs/")("./mark"),
          require("/opt/data/config.json").from,
        ];`,
    });
    assert.deepEqual((await local.invoke("fn")).payload, [
      "Hello, Ada!",
      join(local.folder, "layers", "over", "nodejs", "name.js"),
      "!",
      "over",
    ]);
  });

  for (const runtime of ["nodejs22.x", "nodejs24.x"])
    it(`are those of layers for import, on ${runtime}`, async () => {
      await using local = await withLayers({
        "template.yaml": declared({}, runtime),
        "code/index.mjs": `
          import { late } from "/opt/nodejs/late.mjs";
          import { greet } from "file:///opt/nodejs/utils.js";
          const { default: mark } = await import("/opt/nodejs/mark.js");
          export const handler = async () => [late, greet(), mark];`,
      });
      assert.deepEqual((await local.invoke("fn")).payload, ["Ada", "Hello, Ada!", "!"]);
    });

  it("are those of layers in NODE_OPTIONS and NODE_PATH", async () => {
    const variables = {
      NODE_OPTIONS: "--require /opt/nodejs/preload.js --import=/opt/nodejs/imported.mjs",
      NODE_PATH: "/opt/lib:/opt/nodejs/node_modules",
    };
    const body = "exports.handler = async () => [preloaded, imported, require('own')];";
    await using local = await withLayers({ "code/index.js": body }, variables);
    const imported = pathToFileURL(join(local.folder, "layers", "base", "nodejs", "imported.mjs")).href;
    assert.deepEqual((await local.invoke("fn")).payload, ["base !", imported, "in a search path"]);
  });

  it("are those of layers for node:fs, in each of its forms", async () => {
    await using local = await withLayers({
      "code/index.mjs": `
        import fs, { createReadStream, existsSync, readdir, readFile, readFileSync, readdirSync } from "node:fs";
        import { readFile as promised, readdir as listed } from "node:fs/promises";
        import { text } from "node:stream/consumers";
        import { promisify } from "node:util";
        import { execFileSync } from "node:child_process";
        const path = "/opt/data/config.json";
        const of = (json) => JSON.parse(json).from;
        export const handler = async () => ({
          sync: of(readFileSync(path, "utf8")),
          url: of(readFileSync(new URL("file://" + path), "utf8")),
          callback: of(await promisify(readFile)(path)),
          promise: of(await promised(path, "utf8")),
          member: of(await fs.promises.readFile(path)),
          stream: of(await text(createReadStream(path))),
          handle: of(fs.readFileSync(fs.openSync(path))),
          exists: [existsSync(path), await promisify(fs.exists)(path), existsSync("/opt/data/nothing")],
          size: (await fs.promises.stat("/opt/data/base.txt")).size,
          lists: [
            readdirSync("/opt/data"),
            await promisify(readdir)("/opt/data"),
            (await listed("/opt/data", { withFileTypes: true })).map((each) => each.isFile() && each.name),
            fs.readdirSync("/opt", { recursive: true }).filter((each) => each.endsWith("own/index.js")),
          ].map((list) => list.toSorted().join(" ")),
          child: execFileSync(process.execPath, ["-p", "require('/opt/data/config.json').from"], { encoding: "utf8" }).trim(),
        });`,
    });
    const list = "base.txt config.json over.txt";
    assert.deepEqual((await local.invoke("fn")).payload, {
      ...Object.fromEntries(
        ["sync", "url", "callback", "promise", "member", "stream", "handle", "child"].map((each) => [
          each,
          "over",
        ]),
      ),
      exists: [true, true, false],
      size: 4,
      lists: [list, list, list, "lib/own/index.js"],
    });
  });

  it("stay what they are where no layer has the file, and for writing", async () => {
    await using local = await withLayers({
      "code/index.js": `
        const fs = require("node:fs");
        const codeOf = (call) => { try { return call(); } catch (error) { return [error.code, error.message.split("\\n")[0]]; } };
        exports.handler = async () => [
          codeOf(() => require("/opt/nodejs/nowhere")),
          codeOf(() => fs.readFileSync("/opt/data/nowhere")),
          codeOf(() => fs.readFileSync("/optional")),
          codeOf(() => fs.readFileSync("/opt/../opt-nowhere")),
          codeOf(() => fs.openSync("/opt/data/config.json", "r+")),
          await import("/opt/nodejs/nowhere.mjs").catch((error) => error.code),
        ];`,
    });
    assert.deepEqual((await local.invoke("fn")).payload, [
      ["MODULE_NOT_FOUND", "Cannot find module '/opt/nodejs/nowhere'"],
      ["ENOENT", "ENOENT: no such file or directory, open '/opt/data/nowhere'"],
      ["ENOENT", "ENOENT: no such file or directory, open '/optional'"],
      ["ENOENT", "ENOENT: no such file or directory, open '/opt/../opt-nowhere'"],
      ["ENOENT", "ENOENT: no such file or directory, open '/opt/data/config.json'"],
      "ERR_MODULE_NOT_FOUND",
    ]);
  });

  const typed: Files = {
    "code/index.ts": `
      import { greet } from "/opt/nodejs/utils";
      import { typed } from "/opt/nodejs/typed";
      import { built } from "/opt/nodejs/built";
      const failure = (): unknown => {
        try {
          return require("/opt/nodejs/nowhere");
        } catch (error) {
          return (error as { code: string }).code;
        }
      };
      export const handler = async () => [greet(), typed, built, failure()];`,
    "layers/base/nodejs/typed.ts": "export const typed: string = 'typed';",
    "sources/built.ts": "export const built: string = 'from its source';",
    "tsconfig.json": '{ "compilerOptions": { "paths": { "/opt/nodejs/*": ["./sources/*"] } } }',
  };
  const results = ["Hello, Ada!", "typed", "from its source", "MODULE_NOT_FOUND"];

  it("are those of layers, or of sources that tsconfig.json names, in TypeScript where it is", async () => {
    await using local = await withLayers(typed);
    local.service.setWorkspace({ folders: [local.folder], trusted: true, typescriptPath });
    assert.deepEqual((await local.invoke("fn")).payload, results);
  });

  async function builtWith(external: string): Promise<TestService> {
    const build = `BuildMethod: esbuild, BuildProperties: { External: ${external}, EntryPoints: [index.ts] }`;
    const metadata = declared().replace("    Properties:", `    Metadata: { ${build} }\n    Properties:`);
    const local = await withLayers({ ...typed, "template.yaml": metadata });
    await mkdir(join(local.folder, "node_modules"));
    await symlink(esbuild, join(local.folder, "node_modules", "esbuild"), "junction");
    return local;
  }

  it("are the same in TypeScript that esbuild builds", async () => {
    await using local = await builtWith("[]");
    assert.deepEqual((await local.invoke("fn")).payload, results);
  });

  it("aren't built from sources where the template has them external", async () => {
    await using local = await builtWith("['/opt/nodejs/*']");
    const { errorMessage } = (await local.invoke("fn")).payload as { errorMessage: string };
    assert.match(errorMessage, /Cannot find module '\/opt\/nodejs\/built'/);
  });
});
