import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { never, refusal, start, template, type Files, type TestService } from "../../workspace.ts";
import { Inspector } from "../../sandbox/inspector.ts";

/** The TypeScript that VS Code brings has this major version. */
const typescriptPath = createRequire(import.meta.url).resolve("typescript-6");

/** A service on a workspace without esbuild, with VS Code's compiler. */
async function withCompiler(files: Files): Promise<TestService> {
  const local = await start(files);
  local.service.setWorkspace({ folders: [local.folder], trusted: true, typescriptPath });
  return local;
}

/** A script that has `stripTypeScriptTypes` refuse what Node.js 26 refuses. */
const removesTypesOnly = `
  const builtin = require("node:module");
  const { stripTypeScriptTypes } = builtin;
  builtin.stripTypeScriptTypes = (text, options = {}) => {
    if (options.mode !== "transform") return stripTypeScriptTypes(text, options);
    throw Object.assign(new TypeError("The property 'options.mode' must be one of: 'strip'."), { code: "ERR_INVALID_ARG_VALUE" });
  };
  builtin.syncBuiltinESMExports();
`;

interface Failure {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

const everything = `import { Handler } from "aws-lambda";
import { basename } from "path";
import { readFileSync } from "fs";
import data from "./data.json";
import { total, Kind } from "@lib/total";

enum Color { Red = 1, Blue }
namespace Shapes { export const sides = 3; }
class Counter { constructor(private readonly start: number) {} next() { return this.start + 1; } }

export const handler: Handler = async (event: { prices: number[] }) => {
  const { late } = await import("./late");
  return {
    sum: total(event.prices), color: Color.Blue, sides: Shapes.sides, next: new Counter(6).next(), kind: Kind.Sale,
    data, late, folder: basename(__dirname), text: readFileSync(__dirname + "/note.txt", "utf8"),
  };
};
`;

const sources: Files = {
  "fn/tsconfig.json": '{ // Paths\n  "compilerOptions": { "paths": { "@lib/*": ["./src/lib/*"], }, }, }',
  "fn/src/app.ts": everything,
  "fn/src/data.json": '{ "a": 1 }',
  "fn/src/late.ts": "export const late: string = 'later';",
  "fn/src/note.txt": "beside",
  "fn/src/lib/total.ts":
    "export enum Kind { Sale = 'SALE' }\nexport const total = (prices: number[]): number => prices.reduce((sum, price) => sum + price, 0);\n",
};

describe("local: TypeScript functions without esbuild in the workspace", () => {
  for (const runtime of ["nodejs22.x", "nodejs24.x"])
    it(`run where they are, as CommonJS, on ${runtime}`, async () => {
      await using local = await withCompiler({
        "template.yaml": template({ fn: { handler: "src/app.handler", runtime } }),
        ...sources,
      });
      assert.deepEqual((await local.invoke("fn", { prices: [1, 2] })).payload, {
        sum: 3,
        color: 2,
        sides: 3,
        next: 7,
        kind: "SALE",
        data: { a: 1 },
        late: "later",
        folder: "src",
        text: "beside",
      });
    });

  for (const [name, compiler] of [
    ["VS Code's TypeScript", typescriptPath],
    ["Node.js alone", undefined],
  ] as const)
    it(`run as ES modules by ${name}, with imports as bundlers take them`, async () => {
      await using local = await start({
        "template.yaml": template({ mod: { handler: "app.handler" } }),
        "mod/package.json": '{ "type": "module" }',
        "mod/app.ts":
          'import { one } from "./lib"; import { two } from "./two.js"; import list from "./list.json"; import type { Nothing } from "nowhere";\nenum Count { Three = 3 }\nconst four: number = await Promise.resolve(4);\nexport const handler = async (event: Nothing) => [one, two, Count.Three, four, list, import.meta.filename.endsWith("app.ts")];',
        "mod/lib/index.ts": "export const one: number = 1;",
        "mod/two.ts": "export const two: number = 2;",
        "mod/list.json": "[5]",
      });
      local.service.setWorkspace({ folders: [local.folder], trusted: true, typescriptPath: compiler });
      assert.deepEqual((await local.invoke("mod")).payload, [1, 2, 3, 4, [5], true]);
    });

  it("run by a Node.js alone that can only remove types, as from version 26 on", async () => {
    const more = ["Environment:", "  Variables:", "    NODE_OPTIONS: --require ./young.cjs"];
    await using local = await start({
      "template.yaml": template({ plain: { more }, enums: { more } }),
      "plain/index.ts":
        "export const handler = async (event: { n: number }) => {\n  if (event.n > 1) throw new Error('many');\n  return event.n;\n};",
      "enums/index.ts": "enum Count { One = 1 }\nexport const handler = async () => Count.One;",
      ...Object.fromEntries(["plain", "enums"].map((name) => [`${name}/young.cjs`, removesTypesOnly])),
    });
    assert.equal((await local.invoke("plain", { n: 1 })).payload, 1);
    const { trace } = (await local.invoke("plain", { n: 2 })).payload as { trace: string[] };
    assert.match(trace.join("\n"), /plain[\\/]index\.ts:2:26/);
    const { errorMessage } = (await local.invoke("enums")).payload as { errorMessage: string };
    assert.match(errorMessage, /enum is not supported/);
  });

  it("need no package of Lambda's runtime for its types", async () => {
    const imports =
      'import { S3Client as Client } from "@aws-sdk/client-s3";\nimport * as S3 from "@aws-sdk/client-s3";\n';
    await using local = await start({
      "template.yaml": template({ types: {}, client: {} }),
      "types/index.ts": `${imports}export const handler = async (client: Client, context: S3.Command) => client;`,
      "client/index.ts": `${imports}const client: Client = new S3.S3Client({});\nexport const handler = async () => client;`,
    });
    local.service.setWorkspace({ folders: [local.folder], trusted: true, typescriptPath });
    assert.equal((await local.invoke("types", 1)).payload, 1);
    assert.match((await refusal(local.invoke("client"))).message, /includes @aws-sdk\/client-s3/);
    local.service.setWorkspace({ folders: [local.folder], trusted: true });
    assert.match((await refusal(local.invoke("types"))).message, /includes @aws-sdk\/client-s3/);
  });

  it("run by the workspace's own TypeScript where VS Code's isn't there", async () => {
    await using local = await start({
      "template.yaml": template({ fn: { handler: "src/app.handler" } }),
      ...sources,
    });
    await mkdir(join(local.folder, "node_modules"));
    await symlink(
      join(dirname(typescriptPath), ".."),
      join(local.folder, "node_modules", "typescript"),
      "junction",
    );
    assert.equal(((await local.invoke("fn", { prices: [4] })).payload as { sum: number }).sum, 4);
  });

  it("export their handler in any way", async () => {
    const ways = {
      equals: 'const api = { handler: async () => "equals" };\nexport = api;',
      again: 'export { handler } from "./other";',
      star: 'export * from "./other";',
    };
    const functions = Object.keys(ways).flatMap((way) =>
      ["nodejs22.x", "nodejs24.x"].map((runtime, index) => [`${way}${index}`, { runtime }] as const),
    );
    const code = Object.entries(ways).flatMap(([way, text]) =>
      [0, 1].flatMap((index) => [
        [`${way}${index}/index.ts`, text],
        [`${way}${index}/other.ts`, 'export const handler = async (): Promise<string> => "other";'],
      ]),
    );
    await using local = await withCompiler({
      "template.yaml": template(Object.fromEntries(functions)),
      ...(Object.fromEntries(code) as Files),
    });
    const answers: unknown[] = [];
    for (const [name] of functions) answers.push((await local.invoke(name)).payload);
    assert.deepEqual(answers, ["equals", "equals", "other", "other", "other", "other"]);
  });

  it("keep the types of decorated parameters", async () => {
    const code = `const types: unknown[] = [];
Reflect.set(Reflect, "metadata", (key: string, value: unknown) => () => { if (key === "design:paramtypes") types.push(...(value as Function[]).map(({ name }) => name)); });
function service(target: Function) {}
class Clock {}
@service class Api { constructor(readonly clock: Clock, readonly name: string) {} }
export const handler = async () => [types, Api.name];`;
    await using local = await withCompiler({
      "template.yaml": template({ fn: {} }),
      "tsconfig.json":
        '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
      "fn/tsconfig.json": '{ "extends": "../tsconfig" }',
      "fn/index.ts": code,
    });
    assert.deepEqual((await local.invoke("fn")).payload, [["Clock", "String"], "Api"]);
  });

  it("use the entry point and format of the template's Metadata", async () => {
    const metadata = [
      "    Metadata:",
      "      BuildMethod: esbuild",
      "      BuildProperties: { EntryPoints: [src/app.ts], Format: esm }",
      "",
    ];
    await using local = await withCompiler({
      "template.yaml":
        template({ fn: { handler: "app.handler", runtime: "nodejs20.x" } }) + metadata.join("\n"),
      "fn/src/app.ts": "export const handler = async () => import.meta.url.endsWith('/src/app.ts');",
    });
    assert.equal((await local.invoke("fn")).payload, true);
  });

  it("fail with stack traces that point into the sources, and run again once a source is saved", async () => {
    const failing = "interface Event { n?: number }\n\nexport const handler = async (event: Event) => {\n";
    await using local = await withCompiler({
      "template.yaml": template({ fn: {} }),
      "fn/index.ts": `${failing}  throw new RangeError("no");\n};\n`,
    });
    const { errorType, trace } = (await local.invoke("fn")).payload as Failure;
    assert.equal(errorType, "RangeError");
    assert.ok(trace[1]?.includes(`${join(local.folder, "fn", "index.ts")}:4:9`), trace.join("\n"));
    await local.write({ "fn/index.ts": `${failing}  return event.n;\n};\n` });
    assert.equal((await local.invoke("fn", { n: 2 })).payload, 2);
  });

  it("fail with the place of a syntax error", async () => {
    await using local = await withCompiler({
      "template.yaml": template({ fn: {} }),
      "fn/index.ts": "export const handler = async ( => 1;\n",
    });
    const { errorType, errorMessage } = (await local.invoke("fn")).payload as Failure;
    assert.equal(errorType, "Runtime.UserCodeSyntaxError");
    assert.ok(errorMessage.includes(`${join(local.folder, "fn", "index.ts")}:1:`), errorMessage);
  });

  it("stop at breakpoints in the source", async () => {
    await using local = await withCompiler({
      "template.yaml": template({ fn: {} }),
      "fn/index.ts":
        "interface Event { n: number }\n\nexport const handler = async ({ n }: Event): Promise<number> => n;\n",
    });
    const target = await local.service.debug("fn", never);
    if (target.debugger !== "node") throw new Error(`There's a debugger for ${target.debugger}.`);
    using inspector = await Inspector.attach(target);
    await inspector.send("Debugger.enable");
    const running = local.invoke("fn", { n: 4 });
    await inspector.send("Runtime.runIfWaitingForDebugger");
    for (;;) {
      const script = await inspector.event("Debugger.scriptParsed");
      if (!String(script["url"]).endsWith("/fn/index.ts")) continue;
      assert.match(String(script["sourceMapURL"]), /^data:application\/json/);
      break;
    }
    assert.equal((await running).payload, 4);
  });
});
