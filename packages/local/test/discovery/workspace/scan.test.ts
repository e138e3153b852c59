import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { findTemplates, isSkipped, mayBeTemplate } from "../../../src/discovery/workspace/scan.ts";
import { open, sam } from "../workspaceFolder.ts";

const never = new AbortController().signal;

describe("local: scanning for templates", () => {
  it("accepts YAML with any name, and JSON with a usual name", () => {
    const may = [
      "template.yaml",
      "main.yml",
      "api.template",
      "template.json",
      "template-dev.json",
      "my-template.json",
      "Shop.template.json",
      "sam.json",
      "stack-orders.json",
      "cloudformation.json",
      "serverless.yml",
      "serverless.yaml",
      "serverless.json",
      "serverless.ts",
      "serverless.js",
      "cdk.out/Shop.template.json",
      "cdk.out/assembly-Dev/Shop.nested.template.json",
    ];
    for (const name of may) assert.ok(mayBeTemplate(join("/a", name)), name);
    const not = [
      "package.json",
      "templates.json",
      "template.ts",
      "samples.json",
      "tsconfig.json",
      "pnpm-lock.yaml",
      "docker-compose.yml",
      "cdk.out/manifest.json",
      "cdk.out/Shop.assets.json",
      "cdk.out/template.yaml",
      "serverless.md",
    ];
    for (const name of not) assert.ok(!mayBeTemplate(join("/a", name)), name);
  });

  it("skips installed, built and hidden folders", () => {
    for (const name of [
      "node_modules",
      ".git",
      ".aws-sam",
      ".serverless",
      ".venv",
      "venv",
      `asset.${"0".repeat(64)}`,
    ])
      assert.ok(isSkipped(name), name);
    for (const name of ["src", "dist", "cdk.out", "assembly-Dev", "assets", "vendor"])
      assert.ok(!isSkipped(name), name);
  });

  it("walks folders breadth first, enters each before reading it, and stops at the signal", async () => {
    await using workspace = await open({
      "b/c/template.yaml": "",
      "a/template.yaml": "",
      "template.yaml": "",
    });
    const entered: string[] = [];
    const templates: string[] = [];
    const enter = (path: string) => entered.push(path);
    const scan = { enter, found: (path: string) => templates.push(path), maxFolders: 100 };
    const complete = await findTemplates(workspace.folder, scan, never);
    const inside = (...names: string[]) => join(workspace.folder, ...names);
    assert.deepEqual(entered, [workspace.folder, inside("a"), inside("b"), inside("b", "c")]);
    assert.deepEqual(templates, [
      inside("template.yaml"),
      inside("a", "template.yaml"),
      inside("b", "c", "template.yaml"),
    ]);
    assert.equal(complete, true);
    await assert.rejects(findTemplates(workspace.folder, scan, AbortSignal.abort()), { name: "AbortError" });
  });

  it("stops after too many folders, and reports it", async () => {
    const files = {
      "template.yaml": sam({ Top: [] }),
      "a/b/template.yaml": sam({ Deep: [] }),
      "index.js": "",
    };
    await using workspace = await open(files, {}, { maxFolders: 2 });
    assert.deepEqual(await workspace.names(), ["Top"]);
    assert.deepEqual(await workspace.messages(), [
      "The workspace has more than 2 folders, and only the first ones were searched for functions. Open a smaller folder.",
    ]);
    await using enough = await open(files, {}, { maxFolders: 3 });
    assert.deepEqual(await enough.names(), ["Deep", "Top"]);
  });

  it("reports a template that is too large, but not other files", async () => {
    const large = sam({ Fn: [`Description: ${"x".repeat(1024 * 1024)}`] });
    await using workspace = await open({ "template.yaml": large, "data.yaml": large });
    assert.deepEqual(await workspace.names(), []);
    assert.deepEqual(await workspace.messages(), [
      "The template is larger than 1 MB, CloudFormation's limit, so its functions aren't read.",
    ]);
  });

  it("reads a template with many functions", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`Fn${index}`, [`FunctionName: fn-${index}`]]),
    );
    await using workspace = await open({
      "template.yaml": sam(many),
      "index.js": "exports.handler = async () => 1;",
    });
    assert.equal((await workspace.names()).length, 500);
    assert.deepEqual(await workspace.messages(), []);
  });

  it("reports the resources beyond the limit", async () => {
    const many = Object.fromEntries(Array.from({ length: 1002 }, (_, index) => [`Fn${index}`, []]));
    await using workspace = await open({ "template.yaml": sam(many), "index.js": "" });
    assert.equal((await workspace.names()).length, 1000);
    assert.deepEqual(await workspace.messages(), [
      "Everything from Fn1000 on is ignored because Local reads at most 1000 resources.",
    ]);
  });
});
