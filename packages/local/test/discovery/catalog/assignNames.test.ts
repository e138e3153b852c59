import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { handler, open, sam, type Files } from "../workspaceFolder.ts";

const code: Files = { "src/index.js": handler };

async function namesOf(files: Files, workspace = {}): Promise<string[]> {
  await using found = await open({ ...code, ...files }, workspace);
  return await found.names();
}

describe("local: names of functions that several templates declare", () => {
  const hello = sam({ Hello: [] });

  it("stay while there's only one", async () => {
    assert.deepEqual(await namesOf({ "a/template.yaml": hello }), ["Hello"]);
  });

  it("get more folders, as long as the last one is the same", async () => {
    const files = {
      "x/api/template.yaml": hello,
      "y/api/template.yaml": hello,
      "y/web/template.yaml": hello,
    };
    assert.deepEqual(await namesOf(files), ["web-Hello", "x-api-Hello", "y-api-Hello"]);
  });

  it("get the file's name in one folder", async () => {
    const files = { "a/one.yaml": hello, "a/two.yaml": hello };
    assert.deepEqual(await namesOf(files), ["a-one-Hello", "a-two-Hello"]);
  });

  it("never take a name that another function has", async () => {
    const files = {
      "a/template.yaml": hello,
      "b/template.yaml": hello,
      "c.yaml": sam({ Own: ["FunctionName: a-Hello"] }),
    };
    const names = await namesOf(files);
    assert.equal(new Set(names).size, 3);
    assert.ok(names.includes("a-Hello") && names.includes("b-Hello"), names.join());
  });

  it("consist of what Lambda accepts, with at most 64 characters", async () => {
    const long = "F".repeat(60);
    const folders = [`café & bar/${"a".repeat(80)}`, `café & bar/${"b".repeat(80)}`, "über uns"];
    const template = sam({ [long]: [] });
    const names = await namesOf(Object.fromEntries(folders.map((folder) => [`${folder}/t.yaml`, template])));
    assert.equal(new Set(names).size, 3);
    for (const name of names) assert.match(name, /^\w[\w-]{0,63}$/);
  });

  it("are the same whichever template was read first", async () => {
    const files = { "a/template.yaml": hello, "b/template.yaml": hello };
    await using found = await open({ ...code, "b/template.yaml": hello });
    assert.deepEqual(await found.names(), ["Hello"]);
    await found.write(files);
    await found.until((state) => Object.keys(state.places).length === 2);
    assert.deepEqual(await found.names(), ["a-Hello", "b-Hello"]);
  });
});
