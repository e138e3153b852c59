import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import type { LocalState } from "../../../src/contract/state.ts";
import { start, template, type Files } from "../../workspace.ts";

const { resolve } = createRequire(import.meta.url);
const esbuild = dirname(resolve("esbuild/package.json"));
const typescriptPath = resolve("typescript-6");

const files: Files = {
  "template.yaml": template({ typed: {}, other: {}, plain: {} }),
  "typed/index.ts": "export const handler = async () => 1;",
  "other/index.ts": "export const handler = async () => 1;",
  "plain/index.js": "exports.handler = async () => 1;",
  "base.json": '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
  "typed/tsconfig.json": '{ "extends": "../base.json" }',
  "other/tsconfig.json":
    '{ "extends": "../base.json", "compilerOptions": { "emitDecoratorMetadata": false } }',
  "plain/tsconfig.json": '{ "extends": "../base.json" }',
};

const summary = ({ problems }: LocalState) =>
  problems.map(({ functions, severity, fix, text }) => ({ functions, severity, fix, text }));
const note = (text: string) => [{ functions: ["typed"], severity: "information", fix: undefined, text }];

describe("local: types of decorators", () => {
  it("are said to be missing where esbuild builds the function, which runs", async () => {
    await using local = await start(files);
    await mkdir(join(local.folder, "node_modules"));
    await symlink(esbuild, join(local.folder, "node_modules", "esbuild"), "junction");
    local.service.setWorkspace({ folders: [local.folder], trusted: true, typescriptPath });
    const state = await local.state(({ problems }) => problems.some(({ text }) => text.includes("esbuild")));
    assert.deepEqual(
      summary(state),
      note(
        "tsconfig.json sets emitDecoratorMetadata, and esbuild, which builds the function, gives decorators no types. A function that SAM or the Serverless Framework builds with esbuild has none on AWS either.",
      ),
    );
    assert.equal((await local.invoke("typed")).payload, 1);
  });

  it("are said to be missing where Node.js alone removes types, until there's a compiler", async () => {
    await using local = await start(files);
    const state = await local.state(({ problems }) => problems.length > 0);
    assert.deepEqual(
      summary(state),
      note(
        "tsconfig.json sets emitDecoratorMetadata, and Node.js, which only removes the function's types, gives decorators none. Install typescript, up to version 6, in the workspace.",
      ),
    );
    local.service.setWorkspace({ folders: [local.folder], trusted: true, typescriptPath });
    await local.state(({ problems }) => problems.length === 0);
  });
});
