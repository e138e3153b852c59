import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { start, type Files, type TestService } from "../../workspace.ts";
import { findPythons, type FoundPython } from "./findPythons.ts";

const declared = `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: python3.13, CodeUri: code, Timeout: 60, Layers: [!Ref Base, !Ref Over] } }
Resources:
  modules: { Type: AWS::Serverless::Function, Properties: { Handler: modules.handler, Environment: { Variables: { PYTHONPATH: /opt/variable } } } }
  files: { Type: AWS::Serverless::Function, Properties: { Handler: files.handler } }
  others: { Type: AWS::Serverless::Function, Properties: { Handler: others.handler } }
  layered: { Type: AWS::Serverless::Function, Properties: { Handler: own.app.handler } }
  Base: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layers/base } }
  Over: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layers/over } }
`;

/** Two layers, the second of which replaces files of the first. */
const files: Files = {
  "template.yaml": declared,
  "layers/base/lib/first.py": "where = 'base'",
  "layers/base/lib/second.py": "where = 'base'",
  "layers/base/lib/spaces/one.py": "name = __name__",
  "layers/base/variable/third.py": "where = 'base'",
  "layers/base/python/own/app.py": "def handler(event, context): return 'in a layer'",
  "layers/base/script.py": "where = __file__",
  "layers/base/data/config.json": '{ "from": "base" }',
  "layers/base/data/base.txt": "base",
  "layers/over/lib/second.py": "where = 'over'",
  "layers/over/lib/spaces/two.py": "name = __name__",
  "layers/over/data/config.json": '{ "from": "over" }',
  "layers/over/data/over.txt": "over",
  "code/modules.py": `
import importlib.util, runpy, sys
sys.path.append("/opt/lib")
sys.path.append("/opt/nowhere")
import first, second, third
import spaces.one, spaces.two
spec = importlib.util.spec_from_file_location("script", "/opt/script.py")
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)

def handler(event, context):
    return [first.where, second.where, third.where, spaces.one.name, spaces.two.name, script.where, runpy.run_path("/opt/script.py")["where"]]
`,
  "code/files.py": `
import glob, io, json, os, pathlib, shutil, tempfile

path = "/opt/data/config.json"

class Reader:
    open = open

def handler(event, context):
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(path, folder)
        copied = json.load(open(copy))["from"]
    descriptor = os.open(path, os.O_RDONLY)
    with os.scandir("/opt/data") as entries:
        scanned = sorted(entry.name for entry in entries if entry.is_file())
    return {
        "open": json.load(open(path))["from"],
        "named": json.load(open(file=path, mode="rb"))["from"],
        "io": json.load(io.open(path))["from"],
        "member": json.load(Reader().open(path))["from"],
        "pathlib": json.loads(pathlib.Path(path).read_text())["from"],
        "os": json.loads(os.read(descriptor, 100))["from"],
        "copied": copied,
        "exists": [os.path.exists(path), pathlib.Path(path).is_file(), os.path.isdir("/opt/data"), os.path.exists("/opt/data/nothing")],
        "size": os.stat("/opt/data/base.txt").st_size,
        "lists": [sorted(os.listdir("/opt/data")), scanned, sorted(name for _, _, names in os.walk("/opt/data") for name in names),
                  sorted(map(os.path.basename, glob.glob("/opt/data/*")))],
        "supported": os.stat in os.supports_follow_symlinks and os.scandir in os.supports_fd,
    }
`,
  "code/others.py": `
import importlib, os, sys
sys.path.append("/opt/lib")

def failure(call):
    try:
        return call()
    except Exception as error:
        return str(error)

def handler(event, context):
    return [
        failure(lambda: open("/opt/data/nothing")),
        failure(lambda: open("/optional")),
        failure(lambda: os.stat("/opt/../opt-nothing")),
        failure(lambda: open("/opt/data/config.json", "r+")),
        failure(lambda: importlib.import_module("nothing_of_a_layer")),
        failure(lambda: os.stat()).split("(")[0],
    ]
`,
};

function suite(python: FoundPython): void {
  describe(`local: paths in /opt, in Python ${python.version} (${python.path})`, () => {
    let local: TestService;
    before(async () => {
      local = await start(files);
      local.service.setWorkspace({ folders: [local.folder], trusted: true, pythonPath: python.path });
    });
    after(() => local[Symbol.asyncDispose]());

    it("are those of layers for modules, the last layer first", async () => {
      assert.deepEqual((await local.invoke("modules")).payload, [
        "base",
        "over",
        "base",
        "spaces.one",
        "spaces.two",
        "/opt/script.py",
        "/opt/script.py",
      ]);
    });

    it("may have the handler", async () => {
      assert.equal((await local.invoke("layered")).payload, "in a layer");
      assert.deepEqual((await local.state(() => true)).problems, []);
    });

    it("are those of layers for files and folders that are read", async () => {
      const lists = ["base.txt", "config.json", "over.txt"];
      const read = ["open", "named", "io", "member", "pathlib", "os", "copied"];
      assert.deepEqual((await local.invoke("files")).payload, {
        ...Object.fromEntries(read.map((each) => [each, "over"])),
        exists: [true, true, true, false],
        size: 4,
        lists: [lists, lists, lists, lists],
        supported: true,
      });
    });

    it("stay what they are where no layer has the file, and for writing", async () => {
      const nothing = (path: string) => `[Errno 2] No such file or directory: '${path}'`;
      assert.deepEqual((await local.invoke("others")).payload, [
        nothing("/opt/data/nothing"),
        nothing("/optional"),
        nothing("/opt/../opt-nothing"),
        nothing("/opt/data/config.json"),
        "No module named 'nothing_of_a_layer'",
        "stat",
      ]);
    });
  });
}

for (const python of await findPythons()) suite(python);
