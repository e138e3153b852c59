import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { start } from "./workspace.ts";

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
});
