import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { start, type Files } from "../workspace.ts";

const declared = (more = "") => `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: nodejs22.x, Handler: index.handler, Timeout: 60, Layers: [!Ref Old, !Ref Tools] } }
Resources:
  node: { Type: AWS::Serverless::Function, Properties: { CodeUri: node${more} } }
  own: { Type: AWS::Serverless::Function, Properties: { CodeUri: own, Runtime: provided.al2023 } }
  Old: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layers/old } }
  Tools: { Type: AWS::Serverless::LayerVersion, Properties: { LayerName: tools, ContentUri: layers/tools } }
`;
const files: Files = {
  "layers/old/bin/tool": "",
  "layers/tools/bin/tool": "",
  "layers/tools/data/model.bin": "",
  "node/index.js": `
    const { execFileSync } = require("node:child_process");
    exports.handler = async (event) => {
      if (event.handled) try { execFileSync(event.run) } catch { return "handled" }
      execFileSync(event.run);
    };`,
  "own/bootstrap": "#!/bin/sh\ncat /opt/data/model.bin\n",
};
const tool = (folder: string) =>
  `On AWS, /opt/bin/tool is part of the layer tools. Here, it's ${join(folder, "layers", "tools", "bin", "tool")}, which only Node.js and Python themselves find by its path in /opt. Without the folder, its name is found too: bin is searched.`;

// On Windows, errors name no paths in /opt.
const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("local: where a layer's file is that isn't in /opt", () => {
  it("is said after an error that names it, once, and before the invocation's end", async () => {
    await using local = await start({ "template.yaml": declared(), ...files });
    const { log, payload } = await local.invoke("node", { run: "/opt/bin/tool" });
    assert.match(JSON.stringify(payload), /spawnSync \/opt\/bin\/tool ENOENT/);
    const lines = log.split("\n");
    const hints = lines.filter((line) => line.startsWith("On AWS, "));
    assert.deepEqual(hints, [tool(local.folder)]);
    assert.match(lines[lines.indexOf(tool(local.folder)) + 1] ?? "", /^END RequestId/);
  });

  it("is said where a runtime of the function's own ends", async () => {
    await using local = await start({ "template.yaml": declared(), ...files });
    await chmod(join(local.folder, "own", "bootstrap"), 0o755);
    const { log } = await local.invoke("own");
    const model = join(local.folder, "layers", "tools", "data", "model.bin");
    const sentence = `On AWS, /opt/data/model.bin is part of the layer tools. Here, it's ${model}, which only Node.js and Python themselves find by its path in /opt.\n`;
    assert.ok(log.includes(sentence), log);
  });

  it("isn't known where a layer is left out, and the log says why", async () => {
    const layers = ", Layers: [!Ref Tools, arn:aws:lambda:us-east-1:123456789012:layer:theirs:1]";
    await using local = await start({ "template.yaml": declared(layers), ...files });
    const { log } = await local.invoke("node", { run: "/opt/bin/nothing" });
    const sentence =
      "On AWS, /opt/bin/nothing may be part of a layer that's left out here: its content isn't in the workspace.\n";
    assert.ok(log.includes(sentence), log);
  });

  it("isn't said where no layer has it, or the function has handled the error", async () => {
    await using local = await start({ "template.yaml": declared(), ...files });
    for (const event of [
      { run: "/opt/bin/nothing" },
      { run: "/opt/bin/tool", handled: true },
      { run: "/usr/opt/bin/tool" },
    ])
      assert.ok(!(await local.invoke("node", event)).log.includes("On AWS"));
  });

  it("is a record where the log is JSON", async () => {
    const json = ", LoggingConfig: { LogFormat: JSON }";
    await using local = await start({ "template.yaml": declared(json), ...files });
    const { log } = await local.invoke("node", { run: "/opt/bin/tool" });
    const line = log.split("\n").find((each) => each.includes("On AWS, ")) ?? "";
    const { level, message } = JSON.parse(line) as { level: string; message: string };
    assert.deepEqual([level, message], ["WARN", tool(local.folder)]);
  });
});
