import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { discover } from "../discover.ts";
import { open } from "../workspaceFolder.ts";
import { pause } from "../../pause.ts";

const service = [
  "service: ${file(name.js):name}",
  "provider: { name: aws, runtime: nodejs24.x }",
  "functions:",
  "  hello:",
  "    handler: src/hello.handler",
  "",
].join("\n");

const printed = {
  service: "printed",
  provider: {
    name: "aws",
    runtime: "nodejs24.x",
    stage: "test",
    region: "us-east-1",
    environment: { A: "b" },
  },
  functions: { hello: { handler: "src/hello.handler", name: "printed-test-hello", events: [] } },
};

/** A framework that prints a configuration, after running the test's code. */
function framework(name: string, before = "", output = JSON.stringify(printed, undefined, 2)) {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({
      name,
      bin: { serverless: "bin/run.js", osls: "bin/run.js" },
    }),
    [`node_modules/${name}/bin/run.js`]: `${before}\nprocess.stdout.write(${JSON.stringify(output)});\n`,
  };
}

describe("local: a service read with the workspace's Serverless Framework", () => {
  for (const name of ["osls", "serverless"]) {
    it(`has the functions that ${name} prints, with their places in the file`, async () => {
      const files = { "api/serverless.yml": service, ...framework(name, 'console.log("Running plugins");') };
      await using workspace = await open(files);
      const { fn } = await workspace.entry("printed-test-hello");
      assert.deepEqual(fn.environment, { A: "b" });
      assert.equal(fn.codeRoot, join(workspace.folder, "api"));
      assert.deepEqual(fn.place, {
        file: join(workspace.folder, "api", "serverless.yml"),
        line: 3,
        column: 2,
      });
    });
  }

  it("may be a program", async () => {
    await using workspace = await open({
      "serverless.ts": "export const service = 1;",
      ...framework("osls"),
    });
    assert.deepEqual(await workspace.names(), ["printed-test-hello"]);
  });

  it("is printed in its own folder, without credentials and without prompts", async () => {
    const before = [
      'const seen = { args: process.argv.slice(2), cwd: require("node:path").basename(process.cwd()), env: process.env };',
      // The workspace's own look has no region.
      'require("node:fs").writeFileSync(`seen-${process.env.AWS_REGION}.json`, JSON.stringify(seen));',
    ].join("\n");
    await using workspace = await open({ "api/serverless.yml": service, ...framework("osls", before) });
    const env = {
      AWS_ACCESS_KEY_ID: "key",
      AWS_SESSION_TOKEN: "x",
      AWS_PROFILE: "prod",
      AWS_REGION: "eu-west-1",
      PATH: "",
    };
    await using found = await discover(workspace.folder, {}, env);
    assert.equal(found.functions.length, 1);
    const { readFile } = await import("node:fs/promises");
    const text = await readFile(join(workspace.folder, "api/seen-eu-west-1.json"), "utf8");
    const seen = JSON.parse(text) as { args: string[]; cwd: string; env: Record<string, string> };
    assert.deepEqual(seen.args, ["print", "--format", "json", "--config", "serverless.yml"]);
    assert.equal(seen.cwd, "api");
    assert.equal(seen.env["AWS_REGION"], "eu-west-1");
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_PROFILE"])
      assert.equal(seen.env[name], undefined, name);
    assert.equal(seen.env["AWS_EC2_METADATA_DISABLED"], "true");
    assert.match(seen.env["AWS_CONFIG_FILE"] ?? "", /null|nul/i);
    assert.equal(seen.env["SLS_INTERACTIVE_SETUP_ENABLE"], "0");
  });

  it("is read from the file alone, with a problem, if the framework fails", async () => {
    const before =
      'console.error("Environment: linux\\n\\nError:\\nThe plugin \\"x\\" was not found.\\n"); process.exit(1);';
    await using workspace = await open({ "serverless.yml": service, ...framework("osls", before) });
    assert.deepEqual(await workspace.names(), ["workspace-dev-hello"]);
    const [first = "", second = ""] = await workspace.messages();
    assert.equal(
      first,
      'serverless.yml: The Serverless Framework can\'t read the service: The plugin "x" was not found.',
    );
    assert.match(second, /^service can't be determined because name\.js is a program/);
  });

  it("has no problem if the framework fails but the file can be resolved alone", async () => {
    const plain = service.replace("${file(name.js):name}", "plain");
    await using workspace = await open({
      "serverless.yml": plain,
      "src/hello.js": "",
      ...framework("osls", "process.exit(1);"),
    });
    assert.deepEqual(await workspace.names(), ["plain-dev-hello"]);
    assert.deepEqual(await workspace.messages(), []);
  });

  it("has a problem if the framework doesn't print a configuration", async () => {
    await using workspace = await open({ "serverless.js": "", ...framework("osls", "", "Done.") });
    assert.deepEqual(await workspace.messages(), [
      "serverless.js: The Serverless Framework can't read the service: it didn't print a configuration.",
    ]);
  });

  it("is printed again only when its file changes", async () => {
    const count = 'const fs = require("node:fs"); fs.appendFileSync("count", "x");';
    await using workspace = await open({ "serverless.yml": service, ...framework("osls", count) });
    const runs = async () =>
      (await import("node:fs")).readFileSync(join(workspace.folder, "count"), "utf8").length;
    await workspace.names();
    await workspace.names();
    assert.equal(await runs(), 1);
    await workspace.write({ "serverless.yml": `${service}# changed\n` });
    await workspace.names();
    // A scan during the write adds another run.
    const after = await runs();
    assert.ok(after >= 2);
    await workspace.names();
    assert.equal(await runs(), after);
  });

  it("doesn't use a framework outside the workspace", async () => {
    const above = Object.fromEntries(
      Object.entries(framework("osls")).map(([path, text]) => [`../${path}`, text]),
    );
    await using workspace = await open({ "serverless.yml": service, ...above });
    assert.deepEqual(await workspace.names(), ["workspace-dev-hello"]);
  });

  it("is read from the file alone while the framework takes long", async () => {
    const slow =
      "while (!require('node:fs').existsSync('go-on')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);";
    const other =
      "Resources: { Other: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs24.x, Handler: i.h } } }";
    const files = { "serverless.yml": service, "program/serverless.ts": "", "template.yaml": other };
    const host = { printGraceMs: 50 };
    await using workspace = await open({ ...files, ...framework("osls", slow) }, {}, host);
    assert.deepEqual(await workspace.names(), ["Other", "workspace-dev-hello"]);
    const still =
      "The Serverless Framework is still reading this service. Until it has, the functions in the file are listed.";
    const waiting = (await workspace.messages()).filter((message) => message.includes("still"));
    assert.deepEqual(waiting, [`serverless.ts: ${still}`, `serverless.yml: ${still}`]);
    await workspace.write({ "program/go-on": "", "go-on": "" });
    await workspace.until(({ problems }) => !problems.some(({ text }) => text.includes(still)));
    // Both services print the same name.
    const names = ["Other", "program-printed-test-hello", "workspace-printed-test-hello"];
    assert.deepEqual(await workspace.names(), names);
  });

  it("keeps its functions while the framework takes long after a change", async () => {
    const slow =
      "const fs = require('node:fs'); while (fs.existsSync('wait')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);";
    const files = { "serverless.yml": service, ...framework("osls", slow) };
    await using workspace = await open(files, {}, { printGraceMs: 50 });
    await workspace.until(({ places }) => "printed-test-hello" in places);
    const changed = framework("osls", slow, JSON.stringify({ ...printed, functions: {} }));
    await workspace.write({ wait: "", ...changed, "serverless.yml": `${service}# changed\n` });
    assert.deepEqual(await workspace.names(), ["printed-test-hello"]);
    await workspace.write({ wait: undefined });
    await workspace.until(({ places }) => Object.keys(places).length === 0);
  });

  it("has what the framework prints while the file is read without it", async () => {
    // Reading so many takes longer than printing one.
    const many = Array.from({ length: 5000 }, (_, n) => `  f${n}:\n    handler: src/f${n}.handler\n`).join(
      "",
    );
    const files = { "serverless.yml": `${service}${many}`, ...framework("osls") };
    await using workspace = await open(files, {}, { printGraceMs: 0 });
    await workspace.until(({ places }) => "printed-test-hello" in places);
    assert.deepEqual(await workspace.names(), ["printed-test-hello"]);
  });

  it("stops printing when Local ends", async () => {
    const before =
      'require("node:fs").writeFileSync("started", String(process.pid)); setInterval(() => {}, 1000);';
    await using workspace = await open({ "serverless.yml": service, ...framework("osls", before) });
    const names = workspace.names();
    while (!existsSync(join(workspace.folder, "started"))) await pause();
    workspace.end();
    await assert.rejects(names, { name: "AbortError" });
  });
});
