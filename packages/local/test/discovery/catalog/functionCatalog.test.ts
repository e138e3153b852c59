import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { emptyState } from "../../../src/contract/state.ts";
import { handler, open, sam, type Files } from "../workspaceFolder.ts";
import { pause } from "../../pause.ts";

const code = { "src/index.js": handler };
const one = sam({ One: ["CodeUri: src"] });

describe("local: a temporarily broken template", () => {
  const nested = (more: string) =>
    `${sam({ One: ["CodeUri: src"] })}  Inner: { Type: AWS::Serverless::Application, Properties: { Location: inner.yaml${more} } }\n`;
  const service =
    "service: shop\nprovider: { name: aws, runtime: nodejs24.x }\nfunctions:\n  hello: { handler: src/index.handler }\n";
  const cdk = JSON.stringify({
    Resources: {
      One: {
        Type: "AWS::Lambda::Function",
        Properties: { Runtime: "nodejs24.x", Handler: "index.handler", Code: "../src" },
      },
    },
  });
  const named = `Parameters: { Stage: { Type: String, Default: dev } }\n${sam({ One: ["CodeUri: src", 'FunctionName: !Sub "one-${Stage}"'] })}`;
  const overrides = '[default.deploy.parameters]\nparameter_overrides = "Stage=prod"\n';
  const kinds: Readonly<Record<string, { good: Files; bad: Files; names: string[] }>> = {
    SAM: { good: { "template.yaml": one }, bad: { "template.yaml": `${one}  Two: [` }, names: ["One"] },
    "SAM, emptied": { good: { "template.yaml": one }, bad: { "template.yaml": "" }, names: ["One"] },
    "SAM, indented by a tab": {
      good: { "template.yaml": one },
      bad: { "template.yaml": "Resources:\n\tOne:" },
      names: ["One"],
    },
    "SAM with a broken part": {
      good: { "template.yaml": nested(""), "inner.yaml": sam({ Two: ["CodeUri: src"] }) },
      bad: { "inner.yaml": "Resources: [" },
      names: ["One", "Two"],
    },
    "SAM around a part": {
      good: { "template.yaml": nested(""), "inner.yaml": sam({ Two: ["CodeUri: src"] }) },
      bad: { "template.yaml": `${nested("")}  [` },
      names: ["One", "Two"],
    },
    "SAM's configuration": {
      good: { "template.yaml": named, "samconfig.toml": overrides },
      bad: { "samconfig.toml": `${overrides}[` },
      names: ["one-prod"],
    },
    "the CDK's output": {
      good: { "cdk.out/Shop.template.json": cdk },
      bad: { "cdk.out/Shop.template.json": cdk.slice(0, -5) },
      names: ["One"],
    },
    "a service": {
      good: { "serverless.yml": service },
      bad: { "serverless.yml": `${service}  {` },
      names: ["shop-dev-hello"],
    },
    "a service, emptied": {
      good: { "serverless.yml": service },
      bad: { "serverless.yml": "\n" },
      names: ["shop-dev-hello"],
    },
  };
  for (const [kind, { good, bad, names }] of Object.entries(kinds)) {
    it(`keeps its functions and has a problem: ${kind}`, async () => {
      await using workspace = await open({ ...code, ...good });
      assert.deepEqual(await workspace.names(), names);
      assert.deepEqual(await workspace.messages(), []);
      const before = await workspace.entries();
      await workspace.write(bad);
      assert.deepEqual(await workspace.names(), names);
      assert.equal((await workspace.messages()).length, 1);
      assert.deepEqual([...(await workspace.entries())], [...before], "nothing restarts");
      await workspace.write(good);
      assert.deepEqual(await workspace.messages(), []);
      assert.deepEqual(await workspace.names(), names);
    });
  }

  it("keeps the functions of a broken nested template while the rest is updated", async () => {
    await using workspace = await open({
      ...code,
      "template.yaml": nested(""),
      "inner.yaml": sam({ Two: ["CodeUri: src"] }),
    });
    assert.deepEqual(await workspace.names(), ["One", "Two"]);
    await workspace.write({
      "inner.yaml": "Resources: [",
      "template.yaml": nested("").replace("  One:", "  Uno:"),
    });
    assert.deepEqual(await workspace.names(), ["Two", "Uno"]);
  });
});

describe("local: changes", () => {
  const twice = sam({ One: ["CodeUri: one", "Layers: [!Ref Shared]"], Two: ["CodeUri: two"] });
  const layer = "  Shared: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layer } }\n";
  const files = {
    "template.yaml": twice + layer,
    "one/index.js": handler,
    "one/lib/a.js": "",
    "two/index.js": handler,
    "layer/nodejs/b.js": "",
  };

  it("give a new revision only to the functions they affect", async () => {
    await using workspace = await open(files);
    for (const path of ["one/index.js", "one/lib/a.js", "one/new/c.yaml", "layer/nodejs/b.js"]) {
      const [one, two] = [await workspace.entry("One"), await workspace.entry("Two")];
      const revision = one.revision;
      await workspace.write({ [path]: "// changed\n" });
      // Watchers are asynchronous.
      while ((await workspace.entry("One")).revision === revision) await pause();
      assert.equal((await workspace.entry("Two")).revision, two.revision, path);
    }
  });

  it("of parameters, variables and nested templates are read at the next request", async () => {
    const text = `Parameters: { Stage: { Type: String, Default: dev } }\n${sam({
      One: ["CodeUri: src", "Environment: { Variables: { STAGE: !Ref Stage, TABLE: !Ref Table } }"],
    })}  Table: { Type: AWS::DynamoDB::Table }\n`;
    await using workspace = await open({ ...code, "template.yaml": text }, { envFile: ".env" });
    const environment = async () => (await workspace.entry("One")).fn.environment;
    assert.deepEqual(await environment(), { STAGE: "dev" });
    await workspace.write({ ".env": "TABLE=orders\nSTAGE=ignored\n" });
    assert.deepEqual(await environment(), { TABLE: "orders", STAGE: "dev" });
    assert.deepEqual(await workspace.messages(), []);
    await workspace.write({
      "samconfig.toml": '[default.deploy.parameters]\nparameter_overrides = "Stage=prod"\n',
    });
    assert.deepEqual(await environment(), { TABLE: "orders", STAGE: "prod" });
    await workspace.write({ "samconfig.toml": undefined, ".env": undefined });
    assert.deepEqual(await environment(), { STAGE: "dev" });
  });

  it("are noticed in new, renamed and deleted folders", async () => {
    await using workspace = await open({ "readme.md": "" });
    assert.deepEqual(await workspace.names(), []);
    await workspace.write({ "a/b/c/stack.yml": sam({ Deep: [] }) });
    await workspace.until(({ places }) => "Deep" in places);
    const { rename } = await import("node:fs/promises");
    await rename(join(workspace.folder, "a"), join(workspace.folder, "z"));
    await workspace.until(({ places }) => places["Deep"]?.file.includes(join("z", "b")) === true);
    await workspace.write({ "z/b/c/stack.yml": sam({ Other: [] }) });
    await workspace.until(({ places }) => "Other" in places);
    await workspace.write({ z: undefined });
    await workspace.until(({ places }) => Object.keys(places).length === 0);
    await mkdir(join(workspace.folder, "z"));
    await workspace.write({ "z/template.yaml": sam({ Again: [] }) });
    await workspace.until(({ places }) => "Again" in places);
  });

  it("are noticed in the CDK's output, but not in its assets", async () => {
    const cdk = (hash: string) =>
      JSON.stringify({
        Resources: {
          Fn: {
            Type: "AWS::Lambda::Function",
            Properties: { Runtime: "nodejs24.x", Handler: "index.handler", Code: { S3Key: `${hash}.zip` } },
            Metadata: { "aws:asset:path": `asset.${hash}`, "aws:asset:property": "Code" },
          },
        },
      });
    const [old, fresh] = ["a".repeat(64), "b".repeat(64)];
    await using workspace = await open({
      "cdk.out/Shop.template.json": cdk(old),
      [`cdk.out/asset.${old}/index.js`]: handler,
      [`cdk.out/asset.${old}/template.yaml`]: sam({ Hidden: [] }),
    });
    const first = await workspace.entry("Fn");
    assert.deepEqual(await workspace.names(), ["Fn"]);
    await workspace.write({
      [`cdk.out/asset.${fresh}/index.js`]: handler,
      "cdk.out/Shop.template.json": cdk(fresh),
    });
    const second = await workspace.entry("Fn");
    assert.ok(second.fn.codeRoot.endsWith(fresh));
    assert.notEqual(second.revision, first.revision);
  });
});

describe("local: an untrusted workspace", () => {
  it("isn't read or watched, and nothing of it runs", async () => {
    const framework = {
      "node_modules/osls/package.json": '{ "bin": "run.js" }',
      "node_modules/osls/run.js": 'require("node:fs").writeFileSync("ran", "");',
    };
    const files = {
      ...code,
      ...framework,
      "template.yaml": one,
      "serverless.yml": "service: a\nprovider: aws\n",
    };
    await using workspace = await open(files, { trusted: false });
    assert.deepEqual(await workspace.names(), []);
    await workspace.write({ "template.yaml": `${one}  Two: [` });
    assert.deepEqual(await workspace.messages(), []);
    await workspace.write({ "template.yaml": one });
    workspace.set({});
    assert.deepEqual(await workspace.names(), ["One"]);
    workspace.set({ trusted: false });
    assert.deepEqual(await workspace.names(), []);
    assert.deepEqual(workspace.state, emptyState);
  });
});
