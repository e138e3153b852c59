import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { start, template, writeFiles, type TestService } from "../../workspace.ts";
import { findPythons } from "./findPythons.ts";

/** Imports a module as a Python does that has no packages. */
const importing = (name: string) => `
import sys
sys.path[:] = [folder for folder in sys.path if "-packages" not in folder]
import ${name}
def handler(event, context):
    return getattr(${name}, "made_by", None)
`;

async function withFunctions(python: string): Promise<TestService> {
  const inline = `Resources:
  inline:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Code:
        ZipFile: |
${importing("cfnresponse").replaceAll("\n", "\n          ")}
`;
  const local = await start({
    "template.yaml": template({ sdk: { runtime: "python3.13" }, other: { runtime: "python3.13" } }),
    "inline/template.yaml": inline,
    "sdk/index.py": importing("boto3"),
    "other/index.py": importing("cfnresponse"),
  });
  const packagesPath = join(local.folder, "installed");
  local.service.setWorkspace({ folders: [local.folder], trusted: true, pythonPath: python, packagesPath });
  return local;
}

const [python] = await findPythons();
if (python)
  describe("local: what Lambda's Python runtimes include", () => {
    it("is named with the command that installs it where it's missing", async () => {
      await using local = await withFunctions(python.path);
      for (const [name, missing] of Object.entries({ sdk: "boto3", inline: "cfnresponse" })) {
        const { log, payload } = await local.invoke(name);
        assert.match(JSON.stringify(payload), new RegExp(`No module named '${missing}'`));
        const [, command] = /runtime includes .*To install it for Local, run: (.*)/.exec(log) ?? [];
        const target = join(local.folder, "installed", "python");
        assert.ok(command?.endsWith(`" -m pip install --target "${target}" ${missing}`), log);
      }
    });

    it("doesn't include cfnresponse for code in files", async () => {
      await using local = await withFunctions(python.path);
      const { log, payload } = await local.invoke("other");
      assert.match(JSON.stringify(payload), /No module named 'cfnresponse'/);
      assert.ok(!log.includes("runtime includes"), log);
    });

    it("is found where it was installed for Local", async () => {
      await using local = await withFunctions(python.path);
      await writeFiles(local.folder, { "installed/python/boto3.py": 'made_by = "the test"' });
      assert.equal((await local.invoke("sdk")).payload, "the test");
    });
  });
