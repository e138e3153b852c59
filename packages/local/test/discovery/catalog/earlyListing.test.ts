import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, it } from "mocha";
import { foundNames, handler, open, sam, type Files, type WorkspaceFolder } from "../workspaceFolder.ts";

/** A service that the Serverless Framework prints only once there's a file `go` beside it. */
function slowService(functions: Readonly<Record<string, string>>): Files {
  const service = {
    service: "shop",
    provider: { name: "aws", runtime: "nodejs24.x", stage: "dev" },
    functions: Object.fromEntries(
      Object.entries(functions).map(([key, name]) => [key, { name, handler: "src/index.handler" }]),
    ),
  };
  const print = [
    'const { existsSync } = require("node:fs");',
    "const wait = () => {",
    '  if (!existsSync("go")) return setTimeout(wait, 20);',
    `  process.stdout.write(${JSON.stringify(JSON.stringify(service))});`,
    "};",
    "wait();",
  ];
  return {
    "shop/serverless.yml": "service: shop\n",
    "shop/node_modules/osls/package.json": '{ "bin": "run.js" }',
    "shop/node_modules/osls/run.js": print.join("\n"),
  };
}

/** Reads the whole workspace, and returns whether that's done. */
function readAll(workspace: WorkspaceFolder): { isDone: boolean; done: Promise<string[]> } {
  const reading = { isDone: false, done: workspace.names().finally(() => (reading.isDone = true)) };
  return reading;
}

const code = { "src/index.js": handler };

describe("local: functions of templates, while others are read", () => {
  it("are found before all are listed, and nothing is listed by then", async () => {
    const files = { ...code, "template.yaml": sam({ One: ["CodeUri: src"], Two: ["CodeUri: src"] }) };
    await using workspace = await open({ ...files, ...slowService({ late: "shop-late" }) });
    const reading = readAll(workspace);
    assert.deepEqual(await workspace.firstFound(), ["One", "Two"]);
    assert.equal(reading.isDone, false);
    assert.deepEqual(workspace.state.places, {});
    await workspace.write({ "shop/go": "" });
    assert.deepEqual(await reading.done, ["One", "Two", "shop-late"]);
    assert.equal(workspace.reported.at(-1), "state");
    assert.equal(workspace.reported.filter((each) => each === "state").length, 1);
  });

  it("come with their templates and runtimes", async () => {
    const files = { "a/template.yaml": sam({ A: [] }), "b/template.yaml": sam({ B: [] }) };
    await using workspace = await open({ ...files, ...slowService({}) });
    await workspace.firstFound();
    const [found] = workspace.reported;
    assert.ok(found !== undefined && found !== "state");
    assert.deepEqual(
      found.templates.map(({ name, functions }) => [name, functions]),
      [
        ["a", ["A"]],
        ["b", ["B"]],
      ],
    );
    assert.deepEqual(found.functions[0], { name: "A", runtime: "nodejs24.x", packageType: undefined });
    await workspace.write({ "shop/go": "" });
    await workspace.entries();
  });

  it("have the names that they're listed under before they're listed", async () => {
    const files = { ...code, "template.yaml": sam({ One: ["CodeUri: src", "FunctionName: same"] }) };
    await using workspace = await open({ ...files, ...slowService({ one: "same" }) });
    assert.deepEqual(await workspace.firstFound(), ["same"]);
    await workspace.write({ "shop/go": "" });
    const names = await workspace.names();
    assert.deepEqual(names, ["shop-same", `${basename(workspace.folder)}-same`].sort());
    const [last = "state", state] = workspace.reported.slice(-2);
    assert.deepEqual([foundNames(last), state], [names, "state"]);
  });

  it("aren't reported where functions are listed already", async () => {
    const files = { ...code, "template.yaml": sam({ One: ["CodeUri: src"] }), ...slowService({}) };
    await using workspace = await open({ ...files, "shop/go": "" });
    assert.deepEqual(await workspace.names(), ["One"]);
    const before = workspace.reported.length;
    await workspace.write({ "shop/go": undefined });
    workspace.set({ envFile: ".env" });
    const reading = readAll(workspace);
    // A report of the first workspace would come before the one of a workspace that's opened later.
    await using other = await open(files);
    assert.deepEqual(await other.firstFound(), ["One"]);
    assert.equal(reading.isDone, false);
    assert.deepEqual(workspace.reported.slice(before), []);
    await workspace.write({ "shop/go": "" });
    await other.write({ "shop/go": "" });
    assert.deepEqual(await reading.done, ["One"]);
    await other.entries();
  });
});
