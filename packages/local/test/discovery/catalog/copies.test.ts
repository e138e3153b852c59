import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { handler, open, sam, type Files } from "../workspaceFolder.ts";

const app = sam({ Hello: [], Bye: ["Handler: missing.handler"] });
const source: Files = { "template.yaml": app, "index.js": handler };

async function listed(files: Files) {
  await using found = await open(files);
  const entries = await found.entries();
  const { problems } = found.state;
  const places = [...entries.values()].map(({ fn }) => fn.place.file.slice(found.folder.length + 1));
  return {
    names: [...entries.keys()].sort(),
    places: [...new Set(places)].sort(),
    problems: problems.length,
  };
}

describe("local: a copy of a template", () => {
  const own = { names: ["Bye", "Hello"], places: ["template.yaml"], problems: 2 };

  for (const folder of ["dist", "build", "out/app", ".aws-sam/build", "services/x/dist"])
    it(`in ${folder} adds nothing`, async () => {
      assert.deepEqual(await listed({ ...source, [`${folder}/template.yaml`]: app }), own);
    });

  const rules: Readonly<Record<string, Files>> = {
    "by the folder": { ".gitignore": "# made\ngenerated/\n" },
    "by a pattern": { ".gitignore": "*.out.yaml\n" },
    "by an inner file": { "generated/.gitignore": "*\n" },
  };
  for (const [title, files] of Object.entries(rules))
    it(`that Git ignores ${title} adds nothing`, async () => {
      assert.deepEqual(await listed({ ...source, ...files, "generated/app.out.yaml": app }), own);
    });

  it("that Git doesn't ignore is one more application", async () => {
    const files = { ".gitignore": "*.yaml\n", "other/.gitignore": "!template.yaml\n" };
    const { names } = await listed({ ...source, ...files, "other/template.yaml": app });
    assert.deepEqual(names, ["Bye", "Hello"]);
    const both = await listed({ ...source, "other/.gitignore": "dist\n", "other/template.yaml": app });
    assert.equal(both.names.length, 4);
  });

  it("is listed where it's the only one, and where it declares something else", async () => {
    const files = { "dist/template.yaml": app, "dist/index.js": handler };
    assert.deepEqual((await listed(files)).names, ["Bye", "Hello"]);
    const other = await listed({ ...source, "dist/template.yaml": sam({ Other: [] }) });
    assert.deepEqual(other.names, ["Bye", "Hello", "Other"]);
  });

  it("of the CDK stays, because its templates exist nowhere else", async () => {
    const stack = JSON.stringify({
      Resources: {
        Fn: {
          Type: "AWS::Lambda::Function",
          Properties: { Runtime: "nodejs24.x", Handler: "index.handler", Code: "../code" },
        },
      },
    });
    const { names } = await listed({
      ".gitignore": "cdk.out\n",
      "cdk.out/Dev.template.json": stack,
      "cdk.out/Prod.template.json": stack,
    });
    assert.deepEqual(names, ["Dev-Fn", "Prod-Fn"]);
  });

  it("is listed from the moment that its rule is gone", async () => {
    await using found = await open({ ...source, ".gitignore": "copy\n", "copy/template.yaml": app });
    assert.deepEqual(await found.names(), ["Bye", "Hello"]);
    await found.write({ ".gitignore": undefined });
    await found.until((state) => Object.keys(state.places).length === 4);
  });

  it("is told apart also by a pattern of countless wildcards, which ends", async () => {
    const files = { ".gitignore": `${"*a".repeat(60)}b\n`, [`${"a".repeat(100)}/template.yaml`]: app };
    assert.equal((await listed({ ...source, ...files })).names.length, 4);
  });
});
