import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { handler, open, sam, type Files } from "../workspaceFolder.ts";

const code: Files = { "src/index.js": handler };

/** Each problem without its text: severity, functions, and the template without the workspace's folder. */
async function problemsOf(files: Files) {
  await using found = await open({ ...code, ...files });
  await found.entries();
  return found.state.problems.map(({ severity, functions, template }) => {
    const short = template?.slice(found.folder.length + 1);
    return [severity, functions.join(" "), short] as const;
  });
}

describe("local: a problem", () => {
  it("is the function's that has it", async () => {
    const files = {
      "a/template.yaml": sam({ Hello: ["CodeUri: ../src", "Timeout: many"], Bye: ["CodeUri: ../src"] }),
      "b/template.yaml": sam({ Hello: ["CodeUri: nowhere"] }),
    };
    assert.deepEqual(await problemsOf(files), [
      ["warning", "a-Hello", "a/template.yaml"],
      ["warning", "b-Hello", undefined],
    ]);
  });

  it("is all functions' that inherit it", async () => {
    const globals = "Globals: { Function: { Timeout: many, CodeUri: src } }\n";
    const files = { "template.yaml": globals + sam({ One: [], Two: [] }) };
    assert.deepEqual(await problemsOf(files), [["warning", "One Two", "template.yaml"]]);
  });

  it("is of both functions that one nested template declares", async () => {
    const app = "Type: AWS::Serverless::Application, Properties: { Location: inner.yaml }";
    const files = {
      "template.yaml": `Resources:\n  A: { ${app} }\n  B: { ${app} }\n`,
      "inner.yaml": sam({ Fn: ["CodeUri: src", "MemorySize: 1"] }),
    };
    const [found, ...others] = await problemsOf(files);
    assert.deepEqual(others, []);
    assert.deepEqual(found?.[0], "warning");
    assert.match(found?.[1] ?? "", /^\S+-A-Fn \S+-B-Fn$/);
    assert.equal(found?.[2], "template.yaml");
  });

  it("is the template's otherwise", async () => {
    const files = {
      "broken.yaml": `${sam({ Fn: [] })}  [`,
      "twice.yaml": `${sam({ Fn: ["CodeUri: src"] })}Outputs: {}\nOutputs: {}\n`,
    };
    assert.deepEqual(await problemsOf(files), [
      ["error", "", "broken.yaml"],
      ["information", "", "twice.yaml"],
    ]);
  });

  it("is information where something is left out, and a warning where that keeps a function from running", async () => {
    const files = {
      "template.yaml": sam({
        Fine: ["CodeUri: src", "Environment: { Variables: { A: !ImportValue a } }"],
        Stuck: ["CodeUri: !ImportValue code"],
      }),
    };
    assert.deepEqual(await problemsOf(files), [
      ["information", "Fine", "template.yaml"],
      ["warning", "Stuck", "template.yaml"],
    ]);
  });
});

describe("local: the templates of a workspace", () => {
  it("are told with their stacks and functions", async () => {
    const app = "Type: AWS::Serverless::Application, Properties: { Location: inner.yaml }";
    const files: Files = {
      ...code,
      "blog/template.yaml": `${sam({ Hello: ["CodeUri: ../src"] })}  Mail: { ${app} }\n`,
      "blog/inner.yaml": sam({ Send: ["CodeUri: ../src"] }),
      "blog/samconfig.toml": '[default.deploy.parameters]\nstack_name = "blog-prod"\n',
      "broken/template.yaml": `${sam({ Fn: [] })}  [`,
      "service/serverless.yml":
        "service: shop\nprovider: { name: aws, runtime: nodejs24.x }\nfunctions: { hello: { handler: ../src/index.handler } }\n",
      "none/template.yaml":
        "Resources: { Fn: { Type: AWS::Serverless::Function, Condition: Never } }\n" +
        "Conditions: { Never: !Equals [a, b] }\n",
      "dist/template.yaml": sam({ Hello: ["CodeUri: ../src"] }),
    };
    await using found = await open(files);
    await found.entries();
    const templates = found.state.templates.map(({ file, name, functions }) => [
      file.slice(found.folder.length + 1),
      name,
      functions.join(" "),
    ]);
    assert.deepEqual(templates, [
      ["blog/template.yaml", "blog-prod", "Hello Send"],
      ["broken/template.yaml", "broken", ""],
      ["service/serverless.yml", "shop", "shop-dev-hello"],
    ]);
  });
});
