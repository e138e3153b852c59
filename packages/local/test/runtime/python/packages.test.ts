import assert from "node:assert/strict";
import { exec, execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import type { ProblemFix } from "../../../src/contract/state.ts";
import { refusal, start, template, writeFiles, type Files, type TestService } from "../../workspace.ts";
import { findPythons } from "./findPythons.ts";
import { serveIndex } from "./packageIndex.ts";

const [run, runShell] = [promisify(execFile), promisify(exec)];

const inline = (code: string) => `Resources:
  inline:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Code:
        ZipFile: |
${code.replaceAll(/^/gm, "          ")}
`;

/** Imports a module at its start, and returns who made it. */
const importing = (name: string) => `import ${name}
def handler(event, context):
    return ${name}.made_by
`;

/** The same once it's invoked. */
const importingLate = (name: string) => `def handler(event, context):
    import ${name}
    return ${name}.made_by
`;

/** A service whose functions run on this Python, each with its code in the folder of its name. */
async function withFunctions(
  pythonPath: string,
  names: readonly string[],
  files: Files,
  PATH = "",
  runtimeOf = (_name: string): string => "python3.13",
): Promise<TestService> {
  const declared = Object.fromEntries(names.map((name) => [name, { runtime: runtimeOf(name) }]));
  const env = { ...process.env, PATH };
  // Nothing is known of the functions before it's known which Python runs them.
  const workspace = { folders: [], trusted: true };
  const local = await start({ "template.yaml": template(declared), ...files }, { env, workspace });
  const packagesPath = join(local.folder, "installed");
  local.service.setWorkspace({ folders: [local.folder], trusted: true, pythonPath, packagesPath });
  return local;
}

/** A Python with these packages and no others. */
async function createEnvironment(
  python: string,
  folder: string,
  options: readonly string[],
): Promise<string> {
  await run(python, ["-I", "-m", "venv", ...options, folder]);
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

/** The fix by a command without quotes, which ends with the package. */
function installing(command: string, name: string): ProblemFix {
  const [program = "", ...args] = command.split(" ");
  return { command, install: { program, args, packages: [name] } };
}

const [python] = await findPythons();
if (python)
  describe("local: what Lambda's Python runtimes include", () => {
    let folder: string;
    let withPip: string;
    let withoutPip: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "python-packages-"));
      withPip = await createEnvironment(python.path, join(folder, "with"), []);
      withoutPip = await createEnvironment(python.path, join(folder, "without"), ["--without-pip"]);
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it("is asked for where it's missing, and found once it's installed outside the workspace's code", async () => {
      await using local = await withFunctions(withPip, ["sdk"], { "sdk/index.py": importing("boto3") });
      const target = join(local.folder, "installed", "python");
      const command = `${withPip} -m pip install --target ${target} boto3`;
      const text = `Lambda's Python runtime includes boto3; this machine doesn't have it. To install for Local, run: ${command}`;
      const { problems } = await local.state((state) => state.problems.length > 0);
      assert.deepEqual(
        problems.map(({ functions, fix, severity, text: said }) => ({ functions, fix, severity, said })),
        [{ functions: ["sdk"], fix: installing(command, "boto3"), severity: "warning", said: text }],
      );
      const { name, message } = await refusal(local.invoke("sdk"));
      assert.deepEqual([name, message], ["InvalidRuntimeException", `sdk: ${text}`]);

      await using index = await serveIndex({ boto3: 'made_by = "the index"' });
      await runShell(command, { env: index.env });
      local.service.checkRuntimes();
      await local.state((state) => state.problems.length === 0);
      assert.equal((await local.invoke("sdk")).payload, "the index");
      assert.deepEqual(await readdir(join(local.folder, "sdk")), ["index.py"]);
    });

    it("is found in the code, a layer or the interpreter first", async () => {
      const layered = `
  layered:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.13, Handler: index.handler, CodeUri: layered, Timeout: 60, Layers: [!Ref Layer] }
  Layer: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layer } }
`;
      await using local = await withFunctions(withPip, [], {
        "template.yaml":
          template({ own: { runtime: "python3.13" }, other: { runtime: "python3.13" } }) + layered,
        "own/index.py": importing("boto3"),
        "own/boto3.py": 'made_by = "the code"',
        "layered/index.py": importing("boto3"),
        "layer/python/boto3.py": 'made_by = "the layer"',
        "other/index.py": importing("six"),
        "installed/python/boto3.py": 'made_by = "nobody"',
        "installed/python/six.py": 'made_by = "nobody"',
      });
      const { stdout } = await run(withPip, [
        "-I",
        "-c",
        "import sysconfig; print(sysconfig.get_path('purelib'))",
      ]);
      const six = join(stdout.trim(), "six.py");
      await writeFiles("/", { [six]: 'made_by = "the interpreter"' });
      assert.equal((await local.invoke("own")).payload, "the code");
      assert.equal((await local.invoke("layered")).payload, "the layer");
      assert.equal((await local.invoke("other")).payload, "the interpreter");
      await rm(six);
    });

    it("can't be installed without pip, and the sentence says so", async () => {
      await using local = await withFunctions(withoutPip, ["sdk", "late"], {
        "sdk/index.py": importing("boto3"),
        "late/index.py": importingLate("boto3"),
      });
      const { problems } = await local.state((state) => state.problems.length > 0);
      assert.deepEqual(problems[0]?.fix, undefined);
      assert.equal(
        problems[0]?.text,
        `Lambda's Python runtime includes boto3; this machine doesn't have it. To install it, ${withoutPip} needs pip, which it doesn't have. Install pip there, or set another interpreter's path in Settings.`,
      );
      const { log } = await local.invoke("late");
      assert.match(log, /^Lambda's Python runtime includes boto3, and this Python doesn't have it\.$/m);
    });

    it("can be installed by uv where there's no pip", async () => {
      const bin = join(folder, "bin");
      const uv = join(bin, process.platform === "win32" ? "uv.exe" : "uv");
      await writeFiles("/", { [uv]: "" });
      await using local = await withFunctions(withoutPip, ["sdk"], { "sdk/index.py": importing("six") }, bin);
      const target = join(local.folder, "installed", "python");
      const { problems } = await local.state((state) => state.problems.length > 0);
      const command = `${uv} pip install --python ${withoutPip} --target ${target} six`;
      assert.deepEqual(problems[0]?.fix, installing(command, "six"));
    });

    it("is what a module needs that's imported at the start, wherever it's written", async () => {
      const needing: Files = {
        "from/index.py": "from botocore.exceptions import ClientError\n",
        "list/index.py": "import os, boto3.session as session  # comment\n",
        "module/index.py": "from lib import (  # comment\n    other,\n    db as database,\n)\n",
        "module/lib/__init__.py": "",
        "module/lib/db.py": "import boto3\n",
        "package/index.py": "import lib.db\n",
        "package/lib/__init__.py": "from . import common\n",
        "package/lib/db.py": "",
        "package/lib/common.py": "from ..lib.deep.er import x\n",
        "package/lib/deep/er.py": "from urllib3 import PoolManager\n",
      };
      const notNeeding: Files = {
        "string/index.py": '"""Use it so:\nimport boto3\n"""\n',
        "comment/index.py": "# import boto3\nimport boto3_like\n",
        "boto3_like.py": "",
        "attempt/index.py": "try:\n    import boto3\nexcept ImportError:\n    boto3 = None\n",
        "unused/index.py": "import json\n",
        "unused/lib.py": "import boto3\n",
      };
      const namesOf = (files: Files): string[] =>
        Object.keys(files).flatMap((path) => /^(\w+)\/index\.py$/.exec(path)?.[1] ?? []);
      const all = { ...needing, ...notNeeding };
      await using local = await withFunctions(withPip, namesOf(all), all);
      const found = ({ problems }: { problems: readonly unknown[] }) =>
        problems.length >= namesOf(needing).length;
      const { problems } = await local.state(found);
      const named = problems.map(({ functions, fix }) => [functions[0], fix?.command.split(" ").at(-1)]);
      assert.deepEqual(Object.fromEntries(named), {
        from: "botocore",
        list: "boto3",
        module: "boto3",
        package: "urllib3",
      });
    });

    it("is named in the log, with the command, where it's missing later, and found once it's installed", async () => {
      await using local = await withFunctions(withPip, ["late"], {
        "late/index.py": importingLate("dateutil"),
      });
      const { log, payload } = await local.invoke("late");
      assert.match(JSON.stringify(payload), /No module named 'dateutil'/);
      const [, command] =
        /includes python-dateutil, and .*To install it for Local, run: (.*)/.exec(log) ?? [];
      const target = join(local.folder, "installed", "python");
      assert.equal(command, `${withPip} -m pip install --target ${target} python-dateutil`, log);
      await local.write({ "installed/python/dateutil.py": 'made_by = "the test"' });
      assert.equal((await local.invoke("late")).payload, "the test");
    });

    it("includes some from a version of the runtime on", async () => {
      const names = ["hooks311", "hooks312", "durable312", "durable314"];
      const code: Files = Object.fromEntries(
        names.map((name) => {
          const module = name.startsWith("hooks")
            ? "snapshot_restore_py"
            : "aws_durable_execution_sdk_python";
          return [`${name}/index.py`, importing(module)];
        }),
      );
      const runtimeOf = (name: string): string => `python3.${name.slice(-2)}`;
      await using local = await withFunctions(withPip, names, code, "", runtimeOf);
      const { problems } = await local.state((state) => state.problems.length === 2);
      const named = problems.map(({ functions, fix }) => [functions[0], fix?.command.split(" ").at(-1)]);
      assert.deepEqual(Object.fromEntries(named), {
        hooks312: "snapshot-restore-py",
        durable314: "aws-durable-execution-sdk-python",
      });
    });

    it("includes cfnresponse for code in a template only", async () => {
      await using local = await withFunctions(withPip, ["file"], {
        "inline/template.yaml": inline(importing("cfnresponse")),
        "file/index.py": importing("cfnresponse"),
      });
      assert.match((await refusal(local.invoke("inline"))).message, /^inline: .* includes cfnresponse; this/);
      const { log, payload } = await local.invoke("file");
      assert.match(JSON.stringify(payload), /No module named 'cfnresponse'/);
      assert.ok(!log.includes("runtime includes"), log);
    });
  });
