import assert from "node:assert/strict";
import { cp, mkdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { start, template, type Files, type TestService } from "./workspace.ts";
import { pause } from "./pause.ts";

/** A handler that returns the export of one of its modules, which a sandbox loads once. */
const returns = (module: string) => `exports.handler = async () => require(${JSON.stringify(module)});\n`;
const exported = (value: string) => `module.exports = ${JSON.stringify(value)};\n`;

/** Invokes until the function returns this, because a watcher may be late. The test's own limit ends a hang. */
async function comesTo(local: TestService, value: string, name = "fn"): Promise<void> {
  while ((await local.invoke(name)).payload !== value) await pause();
}

const pid = "exports.handler = async () => process.pid;\n";

const shared = { more: ["Layers: [!Ref Shared]"] };
const withLayer = (functions: Parameters<typeof template>[0]) => `${template(functions)}  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layer }
`;

describe("local: the next invocation runs the new code", () => {
  const declared = template({ fn: {} });
  const files = {
    "template.yaml": declared,
    "fn/index.js": returns("./lib/h.js"),
    "fn/lib/h.js": exported("one"),
  };

  it("of a folder that was deleted and created again", async () => {
    await using local = await start(files);
    await comesTo(local, "one");
    for (const path of ["fn/lib", "fn"]) {
      await rm(join(local.folder, path), { recursive: true });
      await local.write({ ...files, "fn/lib/h.js": exported(`${path} anew`) });
      await comesTo(local, `${path} anew`);
      await local.write({ "fn/lib/h.js": exported(`${path} edited`) });
      await comesTo(local, `${path} edited`);
    }
  });

  it("of a folder that was replaced by another", async () => {
    await using local = await start(files);
    await comesTo(local, "one");
    const at = (path: string) => join(local.folder, path);
    for (const path of ["fn/lib", "fn"]) {
      await cp(at(path), at("other"), { recursive: true });
      await local.write({ [path === "fn" ? "other/lib/h.js" : "other/h.js"]: exported(`${path} swapped`) });
      await rename(at(path), at("old"));
      await rename(at("other"), at(path));
      await comesTo(local, `${path} swapped`);
      await rm(at("old"), { recursive: true });
      await local.write({ "fn/lib/h.js": exported(`${path} edited`) });
      await comesTo(local, `${path} edited`);
    }
  });

  const layered = withLayer({ fn: shared });
  const hidden = template({ fn: { handler: ".build/src/index.handler" } });
  const places: Readonly<Record<string, { files: Files; edited: string }>> = {
    "a layer's package, required": {
      files: { "template.yaml": layered, "fn/index.js": returns("dep") },
      edited: "layer/nodejs/node_modules/dep/index.js",
    },
    "a layer's package, imported": {
      files: {
        "template.yaml": layered,
        "fn/index.mjs": 'import dep from "@a/dep"; export const handler = async () => dep;',
      },
      edited: "layer/nodejs/node_modules/@a/dep/index.js",
    },
    "a hidden folder beside the handler": {
      files: { "template.yaml": declared, "fn/index.js": returns("./.gen/deep/h.js") },
      edited: "fn/.gen/deep/h.js",
    },
    "a hidden folder that has the handler": {
      files: { "template.yaml": hidden, "fn/.build/src/index.js": returns("../lib/h.js") },
      edited: "fn/.build/lib/h.js",
    },
    "JSON above the handler's folder": {
      files: {
        "template.yaml": template({ fn: { handler: "src/index.handler" } }),
        "fn/src/index.js": returns("../config/app.json"),
      },
      edited: "fn/config/app.json",
    },
  };
  for (const [what, { files: some, edited }] of Object.entries(places)) {
    it(`of ${what}, also if it's created again`, async () => {
      const content = (value: string) => (edited.endsWith(".json") ? JSON.stringify(value) : exported(value));
      await using local = await start({ ...some, [edited]: content("one") });
      await comesTo(local, "one");
      await local.write({ [edited]: content("two") });
      await comesTo(local, "two");
      await rm(join(local.folder, dirname(edited)), { recursive: true });
      for (const value of ["three", "four"]) {
        await local.write({ [edited]: content(value) });
        await comesTo(local, value);
      }
    });
  }

  it("of SAM's output after a new build", async () => {
    const build = (value: string) => ({
      ".aws-sam/build/template.yaml": `${declared}# ${value}\n`,
      ".aws-sam/build/fn/index.js": returns("./lib/h.js"),
      ".aws-sam/build/fn/lib/h.js": exported(value),
    });
    await using local = await start({ "template.yaml": declared, "fn/Makefile": "", ...build("one") });
    await comesTo(local, "one");
    const built = join(local.folder, ".aws-sam");
    for (const how of ["removed", "moved"]) {
      await (how === "moved" ? rename(built, join(local.folder, ".old")) : rm(built, { recursive: true }));
      await local.write(build(how));
      await comesTo(local, how);
      await local.write({ ".aws-sam/build/fn/lib/h.js": exported(`${how}, edited`) });
      await comesTo(local, `${how}, edited`);
    }
  });

  it("of a build that writes its code after its template", async () => {
    const declared = `${withLayer({ fn: shared })}    Metadata: { BuildMethod: makefile }\n`;
    await using local = await start({
      "template.yaml": declared,
      "fn/Makefile": "",
      ".aws-sam/build/template.yaml": declared,
    });
    assert.match(JSON.stringify((await local.invoke("fn")).payload), /Cannot find module/);
    await local.write({ ".aws-sam/build/fn/index.js": returns("dep") });
    const found = async () => !/'index'/.test(JSON.stringify((await local.invoke("fn")).payload));
    while (!(await found())) await pause();
    await local.write({ ".aws-sam/build/Shared/nodejs/node_modules/dep/index.js": exported("built") });
    await comesTo(local, "built");
    await local.write({ "fn/index.js": "exports.handler = async () => 'own';\n" });
    await comesTo(local, "own");
  });

  it("of a package of the workspace that the function links to", async () => {
    await using local = await start({
      "template.yaml": declared,
      "fn/index.js": "exports.handler = async () => require('shared') + require('@a/other');\n",
      "packages/shared/index.js": exported("shared"),
      "packages/other/index.js": exported(" other"),
    });
    const link = async (name: string, target: string) => {
      await mkdir(dirname(join(local.folder, name)), { recursive: true });
      await symlink(join(local.folder, target), join(local.folder, name), "junction");
    };
    await link("fn/node_modules/shared", "packages/shared");
    await link("node_modules/@a/other", "packages/other");
    await comesTo(local, "shared other");
    await local.write({ "packages/shared/index.js": exported("new") });
    await comesTo(local, "new other");
    await local.write({ "packages/other/index.js": exported(" ones") });
    await comesTo(local, "new ones");
  });

  it("of installed packages", async () => {
    await using local = await start({ "template.yaml": declared, "fn/index.js": returns("dep") });
    assert.match(JSON.stringify((await local.invoke("fn")).payload), /Cannot find module/);
    for (const folder of ["node_modules", "fn/node_modules"]) {
      for (const version of ["1", "2"]) {
        // As npm does: moves the old version away, adds the new one, and writes the lock file last.
        await rm(join(local.folder, folder, "dep"), { recursive: true, force: true });
        await local.write({
          [`${folder}/dep/index.js`]: exported(folder + version),
          [`${folder}/.package-lock.json`]: `{ "version": ${version} }`,
        });
        await comesTo(local, folder + version);
      }
    }
  });
});

describe("local: a sandbox stays warm", () => {
  it("when an event, or a file of an editor or a tool, is saved", async () => {
    const files = {
      "template.yaml": withLayer({ fn: shared, src: { ...shared, handler: "app/index.handler" } }),
      "layer/python/a.py": "",
      "fn/index.js": pid,
      "src/app/index.js": pid,
      ...Object.fromEntries(
        ["fn", "src"].flatMap((name) => [
          [`${name}/events/order.json`, "{}"],
          [`${name}/tests/a.json`, "{}"],
          [`${name}/.git/HEAD`, ""],
        ]),
      ),
    };
    await using local = await start(files);
    const saved = [
      "events/order.json",
      "event.json",
      "tests/a.json",
      ".index.js.swp",
      ".git/HEAD",
      "__pycache__/a.pyc",
    ];
    const ask = async (name: string) => (await local.invoke(name)).payload;
    for (const [name, other] of [
      ["fn", "src"],
      ["src", "fn"],
    ] as const) {
      const [first, before] = [await ask(name), await ask(other)];
      await local.write(Object.fromEntries(saved.map((path) => [`${name}/${path}`, '{ "changed": true }'])));
      // Changes are reported in order, so these are known once the other function's is.
      await local.write({ [`layer/python/__pycache__/${name}.pyc`]: "" });
      await local.write({ [`${other}/marker.js`]: "" });
      while ((await ask(other)) === before) await pause();
      assert.equal(await ask(name), first);
    }
  });
});
