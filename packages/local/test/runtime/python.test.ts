import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import type { LaunchOptions } from "../../src/launch.ts";
import { never, refusal, start, template, type Files, type TestService } from "../workspace.ts";

/**
 * Plays a Python interpreter, so that these tests run where there is none: it answers the question what it has, and runs
 * as AWS's runtime client would, whose log frames go where the environment says.
 */
const interpreter = (has: { hasClient: boolean; hasDebugpy: boolean }) => `#!${process.execPath}
const fs = require("node:fs");
const args = process.argv.slice(2);
if (args[0] === "-c") {
  console.log(JSON.stringify({ path: process.argv[1], version: "3.13.1", userBase: "/base", ...${JSON.stringify(has)} }));
  process.exit();
}
const frame = (text) => {
  const body = Buffer.from(text);
  const header = Buffer.alloc(16);
  header.writeUInt32BE(0xa55a0003, 0);
  header.writeUInt32BE(body.length, 4);
  header.writeBigUInt64BE(BigInt(Date.now()) * 1000n, 8);
  fs.writeSync(Number(process.env._LAMBDA_TELEMETRY_LOG_FD), Buffer.concat([header, body]));
};
const print = (text) => fs.writeSync(1, text);
if (args.includes("debug")) console.error("Debugger listening on 127.0.0.1:4711");
(async () => {
  const api = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2018-06-01/runtime/invocation/";
  for (;;) {
    const next = await fetch(api + "next");
    const id = next.headers.get("lambda-runtime-aws-request-id");
    for (let n = 0; n < 5; n += 1) {
      print("print " + n + "\\n");
      frame("[INFO]\\tlog " + n + "\\nsecond line\\n");
    }
    print("no end");
    frame("[INFO]\\tafter it\\n");
    const { PYTHONPATH, PYTHONUSERBASE, LAMBDA_TASK_ROOT, PYTHONPYCACHEPREFIX, HOME } = process.env;
    const body = { args, PYTHONPATH, PYTHONUSERBASE, LAMBDA_TASK_ROOT, cache: HOME.startsWith(PYTHONPYCACHEPREFIX + "/"), event: await next.json() };
    await fetch(api + id + "/response", { method: "POST", body: JSON.stringify(body) });
  }
})();
`;

const full = { hasClient: true, hasDebugpy: true };
const declared = { py: { runtime: "python3.13", handler: "src/app.handler" } };

/** A service on a workspace with interpreters at these paths. */
async function withPython(
  paths: Readonly<Record<string, typeof full>>,
  more: Files = {},
  options: Partial<LaunchOptions> = {},
): Promise<TestService> {
  const scripts = Object.entries(paths).map(([path, has]) => [path, interpreter(has)]);
  const local = await start(
    { "py/src/app.py": "", ...more, ...(Object.fromEntries(scripts) as Files) },
    // No interpreter of this machine is found.
    { env: { ...process.env, PATH: "/nowhere" }, ...options },
  );
  for (const path of Object.keys(paths)) await chmod(join(local.folder, path), 0o755);
  await local.write({ "template.yaml": template(declared) });
  await local.state(({ places }) => "py" in places);
  return local;
}

// The stand-in is a script, which is no program on Windows.
const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("local: Python functions", () => {
  it("run in the virtual environment that is nearest, from the folder of the code", async () => {
    await using local = await withPython({ ".venv/bin/python": full, "py/venv/bin/python": full });
    const { payload, log } = await local.invoke("py", { n: 1 });
    const { args, event, ...env } = payload as { args: string[]; event: unknown };
    assert.match(args[0] ?? "", /runtime\/start\.py$/);
    assert.deepEqual(event, { n: 1 });
    assert.deepEqual(env, {
      PYTHONUSERBASE: "/base",
      LAMBDA_TASK_ROOT: join(local.folder, "py"),
      cache: true,
    });
    assert.match(log, /^INIT_START Runtime Version: python 3\.13\.1 for python3\.13\n/);
  });

  it("run in the interpreter that was set, from then on", async () => {
    await using local = await withPython({ ".venv/bin/python": full, "other/python": full });
    await local.invoke("py");
    const pythonPath = join(local.folder, "other", "python");
    local.service.setWorkspace({ folders: [local.folder], trusted: true, pythonPath });
    const target = await local.service.debug("py", never);
    assert.deepEqual(target, {
      debugger: "python",
      host: "127.0.0.1",
      port: 4711,
      localRoot: join(local.folder, "py"),
      remoteRoot: join(local.folder, "py"),
    });
    const { args } = (await local.invoke("py")).payload as { args: string[] };
    assert.deepEqual([args[0], args.slice(2)], ["-Xfrozen_modules=off", ["debug", ""]]);
  });

  it("are debugged with the debugpy that is offered, where the interpreter has none", async () => {
    const without = { hasClient: true, hasDebugpy: false };
    await using local = await withPython({ ".venv/bin/python": without }, {}, { debugpyPath: () => "/libs" });
    await local.service.debug("py", never);
    const { args } = (await local.invoke("py")).payload as { args: string[] };
    assert.deepEqual(args.slice(2), ["debug", "/libs"]);
  });

  it("have what they print and what they log in one order", async () => {
    await using local = await withPython({ ".venv/bin/python": full });
    const { log } = await local.invoke("py");
    const lines = Array.from({ length: 5 }, (_, n) => `print ${n}\n[INFO]\tlog ${n}\nsecond line\n`);
    assert.ok(log.includes(`${lines.join("")}no end\n[INFO]\tafter it\nEND `), log);
  });

  it("say which command installs AWS's runtime client, and run once it is there", async () => {
    await using local = await withPython({ ".venv/bin/python": { hasClient: false, hasDebugpy: false } });
    const path = join(local.folder, ".venv", "bin", "python");
    const command = `${path} -m pip install awslambdaric`;
    const message = `py: Python functions run on AWS's runtime client, and ${path} does not have it. Run: ${command}`;
    const { problems } = await local.state((state) => state.problems.length > 0);
    assert.deepEqual([problems[0]?.message, problems[0]?.command], [message, command]);
    assert.equal(problems[0]?.place?.file, join(local.folder, "template.yaml"));
    const refused = await refusal(local.invoke("py"));
    assert.deepEqual([refused.name, refused.message], ["InvalidRuntimeException", message]);
    await local.write({ ".venv/bin/python": interpreter({ hasClient: true, hasDebugpy: false }) });
    assert.equal((await local.invoke("py")).error, undefined);
    await local.state((state) => state.problems.length === 0);
    await assert.rejects(local.service.debug("py", never), {
      message: `py: to debug it, ${path} needs debugpy. Run: ${path} -m pip install debugpy`,
    });
  });

  it("say that there is no Python, or none at the path that was set", async () => {
    await using local = await withPython({});
    assert.match(
      (await refusal(local.invoke("py"))).message,
      /^py: there is no Python 3, neither in a virtual/,
    );
    const pythonPath = join(local.folder, "nowhere");
    local.service.setWorkspace({ folders: [local.folder], trusted: true, pythonPath });
    const { message } = await refusal(local.invoke("py"));
    assert.equal(
      message,
      `py: ${pythonPath} is no Python 3 that runs. Check the interpreter's path in the settings.`,
    );
  });
});
