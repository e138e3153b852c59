import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { until } from "../../processes.ts";
import {
  never,
  refusal,
  start,
  template,
  type Declared,
  type Files,
  type TestService,
} from "../../workspace.ts";
import { Inspector } from "../../sandbox/inspector.ts";

const esbuild = dirname(createRequire(import.meta.url).resolve("esbuild/package.json"));

/** A service on a workspace in which esbuild is installed. */
async function withEsbuild(files: Files): Promise<TestService> {
  const local = await start(files);
  await mkdir(join(local.folder, "node_modules"), { recursive: true });
  await symlink(esbuild, join(local.folder, "node_modules", "esbuild"), "junction");
  return local;
}

const order = `import { total } from "./lib/total.ts";

interface Order { prices: number[] }

export const handler = async (order: Order): Promise<number> => {
  if (order.prices.length === 0) throw new RangeError("nothing ordered");
  return total(order.prices);
};
`;
const total =
  "export function total(prices: number[]): number {\n  return prices.reduce((sum, price) => sum + price, 0);\n}\n";
const files = (declared: Declared = {}): Files => ({
  "template.yaml": template({ order: { handler: "src/order.handler", ...declared } }),
  "order/src/order.ts": order,
  "order/src/lib/total.ts": total,
});

describe("local: TypeScript functions", () => {
  it("are built with the workspace's esbuild, and built again when a source changes", async () => {
    await using local = await withEsbuild(files());
    assert.equal((await local.invoke("order", { prices: [1, 2] })).payload, 3);
    await local.write({ "order/src/lib/total.ts": total.replace("sum + price", "sum + 10 * price") });
    assert.equal((await local.invoke("order", { prices: [1, 2] })).payload, 30);
    assert.equal((await local.invoke("order", { prices: [1, 2] })).payload, 30);
  });

  it("fail with stack traces that point into the sources", async () => {
    await using local = await withEsbuild(files());
    const { payload } = await local.invoke("order", { prices: [] });
    const { errorType, trace } = payload as { errorType: string; trace: string[] };
    assert.equal(errorType, "RangeError");
    assert.ok(trace[1]?.includes(`${join(local.folder, "order", "src", "order.ts")}:6:40`), trace.join("\n"));
  });

  it("are refused with esbuild's error messages, and run once the errors are fixed", async () => {
    await using local = await withEsbuild({
      ...files(),
      "order/src/lib/total.ts": "export function total( {",
    });
    const { name, message } = await refusal(local.invoke("order", { prices: [1] }));
    assert.equal(name, "CodeArtifactUserFailedException");
    assert.match(message, /^order: The build failed: src\/lib\/total\.ts:1:\d+: /);
    await local.write({ "order/src/lib/total.ts": total });
    assert.equal((await local.invoke("order", { prices: [1] })).payload, 1);
  });

  it("may be ES modules, and keep packages out of the bundle", async () => {
    await using local = await withEsbuild({
      "template.yaml": template({ mod: { handler: "app.handler" } }),
      "node_modules/common/package.json": '{ "name": "common", "main": "index.js" }',
      "node_modules/common/index.js": "module.exports = require('node:path').sep;",
      "mod/app.mts":
        'import sep from "common";\nconst late = await Promise.resolve(sep);\nexport const handler = async () => ({ late, url: import.meta.url.endsWith("app.mjs") });',
    });
    assert.deepEqual((await local.invoke("mod")).payload, { late: join("/"), url: true });
  });

  it("are built with the options of the template's Metadata", async () => {
    const handler = "app.handler";
    const lines = [
      "    Metadata:",
      "      BuildMethod: esbuild",
      "      BuildProperties:",
      "        EntryPoints: [src/app.ts]",
      "        Format: esm",
      "        Minify: true",
      "        External: [outside]",
      "        Define: { STAGE: '\"test\"' }",
      "        Banner: [js=globalThis.banner = 1;]",
      "",
    ];
    await using local = await withEsbuild({
      "template.yaml": template({ app: { handler } }) + lines.join("\n"),
      "node_modules/outside/package.json": '{ "name": "outside", "type": "module", "main": "index.js" }',
      "node_modules/outside/index.js": "export const url = import.meta.url;",
      "app/src/app.ts":
        'import { url } from "outside"; declare const STAGE: string; export const handler = async () => ({ stage: STAGE, banner: Reflect.get(globalThis, "banner"), outside: url.endsWith("outside/index.js") });',
    });
    assert.deepEqual((await local.invoke("app")).payload, { stage: "test", banner: 1, outside: true });
    assert.deepEqual((await local.state(() => true)).problems, []);
  });

  it("leave nothing in the workspace", async () => {
    const where = 'export const handler = async () => ({ home: process.env["HOME"], code: __dirname });';
    const local = await withEsbuild({ ...files(), "order/src/order.ts": where });
    const { home, code } = (await local.invoke("order")).payload as { home: string; code: string };
    assert.ok(code.startsWith(join(home, "..", "..", ".builds")) && existsSync(code));
    local.service.dispose();
    await until(() => !existsSync(home) && !existsSync(code));
    assert.ok(existsSync(join(local.folder, "node_modules", "esbuild", "package.json")));
    await local[Symbol.asyncDispose]();
  });

  it("stop at breakpoints in the source", async () => {
    await using local = await withEsbuild(files());
    const target = await local.service.debug("order", never);
    assert.equal(target.debugger, "node");
    if (target.debugger !== "node") return;
    assert.deepEqual([target.localRoot, target.remoteRoot], Array(2).fill(join(local.folder, "order")));
    assert.match(target.outFiles[0] ?? "", /\/\.builds\/order-1\/\*\*$/);
    using inspector = await Inspector.attach(target);
    await inspector.send("Debugger.enable");
    const running = local.invoke("order", { prices: [4] });
    await inspector.send("Runtime.runIfWaitingForDebugger");
    for (;;) {
      const script = await inspector.event("Debugger.scriptParsed");
      if (!String(script["url"]).endsWith("/src/order.cjs")) continue;
      assert.match(String(script["sourceMapURL"]), /^order\.cjs\.map$/);
      break;
    }
    assert.equal((await running).payload, 4);
  });
});
