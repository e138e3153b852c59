import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import type { Problem, ProblemFix } from "../../../src/contract/state.ts";
import { refusal, start, template, type Declared, type Files, type TestService } from "../../workspace.ts";

/** A package that exports its own path. */
function packageIn(folder: string, name: string): Files {
  return {
    [`${folder}/node_modules/${name}/package.json`]: JSON.stringify({ name, main: "index.js" }),
    [`${folder}/node_modules/${name}/index.js`]: "exports.where = __filename;",
  };
}

async function withPackages(
  files: Files,
  declared: Readonly<Record<string, Declared>>,
): Promise<TestService> {
  const local = await start({ "template.yaml": template(declared), ...files });
  const packagesPath = join(local.folder, "installed");
  local.service.setWorkspace({ folders: [local.folder], trusted: true, packagesPath });
  return local;
}

describe("local: what Lambda's Node.js runtimes include", () => {
  it("is asked for where it's missing, is found once it's installed, and the workspace's own comes first", async () => {
    const body = "export const handler = async () => where;";
    await using local = await withPackages(
      {
        "esm/index.mjs": `import { where } from "@aws-sdk/client-s3";\n${body}`,
        "cjs/index.js": 'const { where } = require("./lib");\nexports.handler = async () => where;',
        "cjs/lib.js": 'const { where } = require("@smithy/util-stream");\nexports.where = where;',
        "typed/index.ts": `import { where } from "@aws-sdk/client-s3";\n${body.replace("where", "where.trim()")}`,
      },
      { esm: {}, cjs: { runtime: "nodejs18.x" }, typed: {} },
    );
    const isCurrent = ({ fix }: Problem): boolean => fix?.command.includes("installed") === true;
    const { problems } = await local.state((state) => state.problems.filter(isCurrent).length === 3);
    const args = ["install", "--prefix", join(local.folder, "installed", "nodejs")];
    const fixFor = (name: string): ProblemFix => ({
      // In PowerShell, an @ has a meaning.
      command: `npm ${args.join(" ")} "${name}@latest"`,
      install: { program: "npm", args: [...args, `${name}@latest`], packages: [name] },
    });
    const fixes = problems.map(({ functions, fix }) => [functions[0], fix]);
    assert.deepEqual(Object.fromEntries(fixes), {
      cjs: fixFor("@smithy/util-stream"),
      esm: fixFor("@aws-sdk/client-s3"),
      typed: fixFor("@aws-sdk/client-s3"),
    });
    const { name, message } = await refusal(local.invoke("esm"));
    assert.equal(name, "InvalidRuntimeException");
    assert.equal(
      message,
      `esm: Lambda's Node.js runtime includes @aws-sdk/client-s3; this machine doesn't have it. To install for Local, run: ${fixFor("@aws-sdk/client-s3").command}`,
    );
    await local.write(packageIn("installed/nodejs", "@aws-sdk/client-s3"));
    await local.write(packageIn("installed/nodejs", "@smithy/util-stream"));
    for (const [function_, package_] of [
      ["esm", "@aws-sdk/client-s3"],
      ["cjs", "@smithy/util-stream"],
      ["typed", "@aws-sdk/client-s3"],
    ] as const) {
      const installed = join(local.folder, "installed", "nodejs", "node_modules", package_, "index.js");
      assert.equal((await local.invoke(function_)).payload, installed);
    }
    await local.write(packageIn("esm", "@aws-sdk/client-s3"));
    await local.write({ "esm/index.mjs": `import { where } from "@aws-sdk/client-s3";\n\n${body}` });
    const own = join(local.folder, "esm", "node_modules", "@aws-sdk", "client-s3", "index.js");
    assert.equal((await local.invoke("esm")).payload, own);
  });

  it("is asked for in whatever form it's loaded at the start", async () => {
    const forms = [
      'import { S3 } from "@aws-sdk/client-s3";',
      'import * as S3 from "@aws-sdk/client-s3";',
      'import S3, { other } from "@aws-sdk/client-s3";',
      'import {\n  S3,\n} from "@aws-sdk/client-s3";',
      'import "@aws-sdk/client-s3";',
      'export { S3 } from "@aws-sdk/client-s3";',
      'export * from "@aws-sdk/client-s3";',
      'const { S3 } = require("@aws-sdk/client-s3");',
      "let s3 = require('@aws-sdk/client-s3').S3;",
      'var {\n  S3,\n} = require("@aws-sdk/client-s3");',
      'const s3 = wrap(require("@aws-sdk/client-s3"));',
      'require("@aws-sdk/client-s3");',
      'require("@aws-sdk/client-s3/commands").use();',
      'module.exports = require("@aws-sdk/client-s3");',
      'exports.S3 = require("@aws-sdk/client-s3").S3;',
    ];
    const names = forms.map((_, index) => `form${index}`);
    const files = forms.map((form, index): [string, string] => {
      const extension = /^(import|export )/.test(form) ? "mjs" : "js";
      return [`form${index}/index.${extension}`, `${form}\n`];
    });
    await using local = await withPackages(
      Object.fromEntries(files),
      Object.fromEntries(names.map((name) => [name, {}])),
    );
    const { problems } = await local.state((state) => state.problems.length === forms.length);
    const packages = new Set(problems.flatMap(({ fix }) => fix?.install?.packages ?? []));
    assert.deepEqual([...packages], ["@aws-sdk/client-s3"]);
  });

  it("isn't asked for where a function only may load it, or names its types", async () => {
    await using local = await withPackages(
      {
        "late/index.js":
          'exports.handler = async () => {\n  try {\n    return require("@aws-sdk/client-s3");\n  } catch (error) {\n    return error.code;\n  }\n};\n',
        "types/index.ts":
          'import type { S3Client } from "@aws-sdk/client-s3";\nexport const handler = async (client: S3Client) => client;',
        "other/index.js": 'const x = require("elsewhere");\nexports.handler = async () => x;',
      },
      { late: {}, types: {}, other: {} },
    );
    assert.equal((await local.invoke("late")).payload, "MODULE_NOT_FOUND");
    assert.equal((await local.invoke("types", 1)).payload, 1);
    const { payload } = await local.invoke("other");
    assert.equal((payload as { errorType: string }).errorType, "Runtime.ImportModuleError");
  });

  it("is version 2 of the AWS SDK up to nodejs16.x only", async () => {
    const code = 'const AWS = require("aws-sdk");\nexports.handler = async () => 1;';
    await using local = await withPackages(
      { "old/index.js": code, "young/index.js": code },
      { old: { runtime: "nodejs16.x" }, young: { runtime: "nodejs18.x" } },
    );
    assert.match(
      (await refusal(local.invoke("old"))).message,
      /^old: Lambda's Node\.js runtime includes aws-sdk;/,
    );
    const { name, message } = await refusal(local.invoke("young"));
    assert.equal(name, "CodeArtifactUserFailedException");
    assert.match(message, /^young: .* version 2 of the AWS SDK, which Lambda's nodejs18\.x doesn't include/);
  });

  it("is the SDK of durable functions from nodejs22.x on", async () => {
    const code = 'require("@aws/durable-execution-sdk-js");';
    await using local = await withPackages(
      { "old/index.js": code, "young/index.js": code },
      { old: { runtime: "nodejs20.x" }, young: { runtime: "nodejs22.x" } },
    );
    assert.match(
      (await refusal(local.invoke("young"))).message,
      /^young: .* includes @aws\/durable-execution-sdk-js; this machine/,
    );
    const { payload } = await local.invoke("old");
    assert.equal((payload as { errorType: string }).errorType, "Runtime.ImportModuleError");
  });

  it("is cfn-response for code in a template only", async () => {
    const code = "const response = require('cfn-response');\n          exports.handler = async () => 1;";
    const inline = `Resources:
  inline:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: inline
      Runtime: nodejs22.x
      Handler: index.handler
      Code:
        ZipFile: |
          ${code}
`;
    await using local = await withPackages(
      { "inline/template.yaml": inline, "file/index.js": "require('cfn-response');" },
      { file: {} },
    );
    assert.match((await refusal(local.invoke("inline"))).message, /includes cfn-response; this machine/);
    const { payload } = await local.invoke("file");
    assert.equal((payload as { errorType: string }).errorType, "Runtime.ImportModuleError");
  });
});
