import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { findPython, makeVenv } from "../../../../test/support/python.ts";
import { start, template, type Declared, type TestService } from "../workspace.ts";

const code = `
import json, logging, os, sys, time

logger = logging.getLogger()
logger.setLevel("INFO")

class OrderError(Exception):
    pass

def echo(event, context):
    return event

def told(event, context):
    custom = context.client_context.custom if context.client_context else None
    return {
        "requestId": context.aws_request_id,
        "name": context.function_name,
        "arn": context.invoked_function_arn,
        "left": context.get_remaining_time_in_millis(),
        "memory": context.memory_limit_in_mb,
        "custom": custom,
        "key": os.environ.get("AWS_ACCESS_KEY_ID"),
        "root": os.environ["LAMBDA_TASK_ROOT"] in sys.path,
    }

def prints(event, context):
    print("first")
    logger.info("second")
    print("third", file=sys.stderr)
    print("fourth", end="")

def fails(event, context):
    raise OrderError("no items: ünïcode")

def hangs(event, context):
    print("waiting")
    time.sleep(900)

def leaves(event, context):
    os._exit(7)

def unserialisable(event, context):
    return object()

def layered(event, context):
    import shared
    return shared.answer
`;

const handlers = ["echo", "told", "prints", "fails", "hangs", "leaves", "unserialisable"];
const declared: Record<string, Declared> = Object.fromEntries([
  ...handlers.map((name) => [
    name,
    { runtime: "python3.13", handler: "app.handlers." + name, timeout: name === "hangs" ? 1 : 10 },
  ]),
  ["syntax", { runtime: "python3.13", handler: "app.broken.handler" }],
  ["absent", { runtime: "python3.13", handler: "app.handlers.nobody" }],
]) as Record<string, Declared>;

interface Thrown {
  errorType: string;
  errorMessage: string;
  stackTrace?: string[];
}

const python = await findPython();
if (python === undefined) console.log("There is no Python 3 on this machine: no Python functions are run.");
else describe("local: Python functions on AWS's runtime client", () => suite(python));

function suite(interpreter: string): void {
  let local: TestService;
  before(async function () {
    this.timeout(60_000);
    local = await start({});
    await makeVenv(interpreter, join(local.folder, ".venv"));
    const names = Object.keys(declared);
    const files = names.flatMap((name) => [
      [`${name}/app/handlers.py`, code],
      [`${name}/app/broken.py`, "def handler(:"],
    ]);
    await local.write(Object.fromEntries(files) as Record<string, string>);
    await local.write({ "template.yaml": template(declared) });
    await local.state(({ places }) => names.every((name) => name in places));
  });
  after(() => local[Symbol.asyncDispose]());

  it("give back what they are given, also half a megabyte of it", async () => {
    for (const event of [{ name: "Ada", ünï: "çødé 🚀" }, null, [1.5, "x".repeat(500_000)]]) {
      const { payload, error } = await local.invoke("echo", event);
      assert.equal(error, undefined);
      assert.deepEqual(payload, event);
    }
  });

  it("are told what Lambda tells them, and get none of the person's credentials", async () => {
    const context = Buffer.from(JSON.stringify({ custom: { key: "välue 🚀" } })).toString("base64");
    const { payload, requestId } = await local.invoke("told", {}, { ClientContext: context });
    const { left, ...rest } = payload as { left: number };
    assert.ok(left > 5000 && left <= 10_000);
    assert.deepEqual(rest, {
      requestId,
      name: "told",
      arn: "arn:aws:lambda:us-east-1:000000000000:function:told",
      memory: "128",
      custom: { key: "välue 🚀" },
      key: null,
      root: true,
    });
  });

  it("have what they print and log in the log, in its order", async () => {
    const { log, requestId } = await local.invoke("prints");
    const logged = /\[INFO\]\t\S+Z\t\S+\tsecond/.exec(log)?.[0] ?? "nothing";
    assert.ok(logged.includes(requestId), log);
    assert.ok(log.indexOf("first\n") < log.indexOf(logged), log);
    assert.match(log, /third\n/);
    assert.match(log, /fourth/);
    assert.match(log, /REPORT .*Max Memory Used: \d+ MB/);
  });

  it("fail with their error's type, message and stack", async () => {
    for (let turn = 0; turn < 2; turn++) {
      const { payload, error, log } = await local.invoke("fails");
      const { errorType, errorMessage, stackTrace } = payload as Thrown;
      assert.equal(error, "Unhandled");
      assert.deepEqual([errorType, errorMessage], ["OrderError", "no items: ünïcode"]);
      assert.match(stackTrace?.join("") ?? "", /handlers\.py", line \d+, in fails/);
      assert.match(log, /\[ERROR\] OrderError: no items: ünïcode/);
      assert.equal(log.includes("Init Duration"), turn === 0);
    }
  });

  it("fail where their response is no JSON, their module is broken, or their handler is absent", async () => {
    for (const [name, type] of [
      ["unserialisable", "Runtime.MarshalError"],
      ["syntax", "Runtime.UserCodeSyntaxError"],
      ["absent", "Runtime.HandlerNotFound"],
    ] as const) {
      const { payload, error } = await local.invoke(name);
      assert.equal(error, "Unhandled");
      assert.equal((payload as Thrown).errorType, type);
    }
  });

  it("end at their timeout, and on an exit", async () => {
    const { payload, log } = await local.invoke("hangs");
    assert.match((payload as Thrown).errorMessage, /Task timed out after 1\.00 seconds$/);
    assert.match(log, /waiting\n/);
    const left = (await local.invoke("leaves")).payload as Thrown;
    assert.equal(left.errorType, "Runtime.ExitError");
    assert.match(left.errorMessage, /exit status 7$/);
  });

  it("run their new code at the next invocation", async () => {
    await local.write({ "echo/app/handlers.py": "def echo(event, context): return 'new'" });
    assert.equal((await local.invoke("echo", 1)).payload, "new");
  });

  it("import what their layers have", async () => {
    const layer = [
      "  Shared:",
      "    Type: AWS::Serverless::LayerVersion",
      "    Properties: { ContentUri: layer }",
    ];
    const layered = {
      layered: { runtime: "python3.13", handler: "handlers.layered", more: ["Layers: [!Ref Shared]"] },
    };
    await local.write({
      "nested/layer/python/shared.py": "answer = 42",
      "nested/layered/handlers.py": code,
      "nested/template.yaml": `${template(layered)}${layer.join("\n")}\n`,
    });
    await local.state(({ places }) => "layered" in places);
    assert.equal((await local.invoke("layered")).payload, 42);
  });
}
