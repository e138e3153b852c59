import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { refusal, start } from "./workspace.ts";

const declared = `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: nodejs22.x, Handler: index.handler, Timeout: 60, Layers: [!Ref Greeting] } }
Resources:
  Required: { Type: AWS::Serverless::Function, Properties: { CodeUri: required } }
  Imported: { Type: AWS::Serverless::Function, Properties: { CodeUri: imported, Layers: [!Ref Louder] } }
  Missing: { Type: AWS::Serverless::Function, Properties: { CodeUri: missing } }
  Greeting: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layers/greeting } }
  Louder: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layers/louder } }
`;

const files = {
  "template.yaml": declared,
  "layers/greeting/nodejs/node_modules/greeting/index.js": "exports.greet = (name) => `Hello, ${name}.`;",
  "layers/louder/nodejs/node_modules/greeting/index.js": "exports.greet = (name) => `Hello, ${name}!`;",
  "required/index.js":
    "const { greet } = require('greeting'); exports.handler = async ({ name }) => greet(name);",
  "imported/index.mjs":
    "import { greet } from 'greeting'; export const handler = async ({ name }) => greet(name);",
  "missing/index.mjs": "import 'nowhere'; export const handler = async () => 1;",
};

describe("local: layers of a template", () => {
  it("have packages for functions, a later layer before an earlier one", async () => {
    await using local = await start(files);
    assert.equal((await local.invoke("Required", { name: "Ada" })).payload, "Hello, Ada.");
    assert.equal((await local.invoke("Imported", { name: "Ada" })).payload, "Hello, Ada!");
    const { errorMessage } = (await local.invoke("Missing")).payload as { errorMessage: string };
    assert.match(errorMessage, /^Cannot find package 'nowhere' imported from .*missing.index\.mjs/);
  });

  it("may have the handler, by its path in /opt or as a package", async () => {
    const layer = "{ Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layers/own } }";
    await using local = await start({
      "template.yaml": `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: nodejs22.x, CodeUri: code, Timeout: 60, Layers: [!Ref Own] } }
Resources:
  Path: { Type: AWS::Serverless::Function, Properties: { Handler: /opt/nodejs/app.handler } }
  Package: { Type: AWS::Serverless::Function, Properties: { Handler: wrapper.handler } }
  Nowhere: { Type: AWS::Serverless::Function, Properties: { Handler: /opt/nodejs/nowhere.handler } }
  Own: ${layer}
`,
      "code/index.js": "",
      "layers/own/nodejs/app.js": "exports.handler = async () => 'by path';",
      "layers/own/nodejs/node_modules/wrapper/index.js": "exports.handler = async () => 'of a package';",
    });
    assert.equal((await local.invoke("Path")).payload, "by path");
    assert.equal((await local.invoke("Package")).payload, "of a package");
    const { problems } = await local.state((state) => state.problems.length > 0);
    const text =
      "The handler /opt/nodejs/nowhere.handler is in a layer, and no layer in the workspace has it. Set Handler to the function's own, or add the layer to the workspace and the template.";
    assert.deepEqual(
      problems.map((problem) => [problem.subject, problem.text]),
      [["Nowhere", text]],
    );
    assert.equal((await refusal(local.invoke("Nowhere"))).message, `Nowhere: ${text}`);
  });
});
