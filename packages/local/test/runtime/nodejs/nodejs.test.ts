import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { start, template } from "../../workspace.ts";

describe("local: Node.js functions", () => {
  it("are found in subfolders, as ES modules and as CommonJS, with the packages of the workspace", async () => {
    await using local = await start({
      "template.yaml": template({
        esm: { handler: "src/handlers/a.handler" },
        cjs: { handler: "src/handlers/b.handlers.nested", runtime: "nodejs22.x" },
        typed: { handler: "index.handler" },
      }),
      "node_modules/answer/package.json": '{ "name": "answer", "main": "index.js" }',
      "node_modules/answer/index.js": "module.exports = 42;",
      "esm/src/handlers/a.mjs":
        "import answer from 'answer'; import { where } from '../lib/where.mjs'; export const handler = async () => ({ answer, where });",
      "esm/src/lib/where.mjs": "export const where = 'lib';",
      "cjs/src/handlers/b.js":
        "const answer = require('answer'); exports.handlers = { nested: (event, context, callback) => callback(null, { answer }) };",
      "typed/package.json": '{ "type": "module" }',
      "typed/index.js": "export const handler = async () => import.meta.url.endsWith('typed/index.js');",
    });
    assert.deepEqual((await local.invoke("esm")).payload, { answer: 42, where: "lib" });
    assert.deepEqual((await local.invoke("cjs")).payload, { answer: 42 });
    assert.equal((await local.invoke("typed")).payload, true);
  });

  it("take callbacks up to nodejs22.x, and not from nodejs24.x on", async () => {
    const code = "exports.handler = (event, context, callback) => callback(null, 'called');";
    await using local = await start({
      "template.yaml": template({ old: { runtime: "nodejs20.x" }, young: { runtime: "nodejs24.x" } }),
      "old/index.js": code,
      "young/index.js": code,
    });
    assert.equal((await local.invoke("old")).payload, "called");
    const { payload } = await local.invoke("young");
    assert.equal((payload as { errorType: string }).errorType, "Runtime.CallbackHandlerDeprecated");
  });

  it("get the NODE_OPTIONS of the template, and not the user's own", async () => {
    const more = ["Environment:", "  Variables:", "    NODE_OPTIONS: --title=mine"];
    const env = { ...process.env, NODE_OPTIONS: "--title=not-mine" };
    await using local = await start(
      {
        "template.yaml": template({ set: { more }, unset: {} }),
        "set/index.mjs": "export const handler = async () => process.env.NODE_OPTIONS;",
        "unset/index.mjs": "export const handler = async () => process.env.NODE_OPTIONS ?? 'none';",
      },
      { env },
    );
    assert.equal((await local.invoke("set")).payload, "--title=mine");
    assert.equal((await local.invoke("unset")).payload, "none");
  });

  it("can't `require` an ES module up to nodejs22.x, unless NODE_OPTIONS allows it", async () => {
    const more = ["Environment:", "  Variables:", "    NODE_OPTIONS: --experimental-require-module"];
    const code = "const { one } = require('./one.mjs'); exports.handler = async () => one;";
    const declared = {
      refused: { runtime: "nodejs22.x" },
      allowed: { runtime: "nodejs22.x", more },
      young: { runtime: "nodejs24.x" },
    };
    const files = Object.keys(declared).flatMap((name) => [
      [`${name}/index.js`, code],
      [`${name}/one.mjs`, "export const one = 1;"],
    ]);
    await using local = await start({ "template.yaml": template(declared), ...Object.fromEntries(files) });
    const { payload } = await local.invoke("refused");
    assert.match((payload as { errorMessage: string }).errorMessage, /require\(\) of ES Module/);
    assert.equal((await local.invoke("allowed")).payload, 1);
    assert.equal((await local.invoke("young")).payload, 1);
  });
});
