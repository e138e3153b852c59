import assert from "node:assert/strict";
import { chmod, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import type { LaunchOptions } from "../../../src/launch.ts";
import { never, refusal, start, template, type Files, type TestService } from "../../workspace.ts";

/** What a fake interpreter reports. */
interface Reported {
  version?: string;
  clientVersion?: string;
  hasDebugpy?: boolean;
}

/**
 * A fake interpreter, so that these tests need no Python: it reports what it has, and runs as a runtime client that writes
 * log frames to the file descriptor of its environment.
 */
const interpreter = (reported: Reported) => `#!${process.execPath}
const fs = require("node:fs");
const args = process.argv.slice(2);
if (args[0] === "-I") {
  console.log(JSON.stringify({ path: process.argv[1], version: "3.13.1", userBase: "/base", ...${JSON.stringify(reported)} }));
  process.exit();
}
if (args.includes("-c")) process.exit(1);
const frame = (text) => {
  const body = Buffer.from(text);
  const header = Buffer.alloc(16);
  header.writeUInt32BE(0xa55a0003, 0);
  header.writeUInt32BE(body.length, 4);
  header.writeBigUInt64BE(BigInt(Date.now()) * 1000n, 8);
  fs.writeSync(Number(process.env._LAMBDA_TELEMETRY_LOG_FD), Buffer.concat([header, body]));
};
const print = (text) => fs.writeSync(1, text);
if (args.some((each) => each.startsWith("--debugger="))) console.error("Debugger listening on 127.0.0.1:4711");
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
    const { PYTHONPATH, PYTHONUSERBASE, PYTHONUTF8, LAMBDA_TASK_ROOT, HOME } = process.env;
    const cache = args.find((each) => each.startsWith("--cache=")).slice("--cache=".length);
    const body = { args, PYTHONPATH, PYTHONUSERBASE, PYTHONUTF8, LAMBDA_TASK_ROOT, cache: HOME.startsWith(cache + "/"), event: await next.json() };
    await fetch(api + id + "/response", { method: "POST", body: JSON.stringify(body) });
  }
})();
`;

const full: Reported = { clientVersion: "4.0.1", hasDebugpy: true };
const declared = { py: { runtime: "python3.13", handler: "src/app.handler" } };

/** A service on a workspace with interpreters at these paths. */
async function withPython(
  paths: Readonly<Record<string, Reported>>,
  more: Files = {},
  options: Partial<LaunchOptions> = {},
): Promise<TestService> {
  const scripts = Object.entries(paths).map(([path, reported]) => [path, interpreter(reported)]);
  const local = await start(
    { "py/src/app.py": "", ...more, ...(Object.fromEntries(scripts) as Files) },
    // So that no interpreter of this machine is found.
    { env: { ...process.env, PATH: "/nowhere", HOME: "/nowhere", PYENV_ROOT: "/nowhere" }, ...options },
  );
  for (const path of Object.keys(paths)) await chmod(join(local.folder, path), 0o755);
  await local.write({ "template.yaml": template(declared) });
  await local.state(({ places }) => "py" in places);
  return local;
}

// The fake interpreter is a script, which Windows can't start.
const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("local: Python functions", () => {
  it("run in the nearest virtual environment, in the folder of the code", async () => {
    await using local = await withPython({ ".venv/bin/python": full, "py/venv/bin/python": full });
    const { payload, log } = await local.invoke("py", { n: 1 });
    const { args, event, ...env } = payload as { args: string[]; event: unknown };
    assert.match(args[0] ?? "", /runtime\/python\/start\.py$/);
    assert.deepEqual(event, { n: 1 });
    assert.deepEqual(env, {
      PYTHONUSERBASE: "/base",
      PYTHONUTF8: "1",
      LAMBDA_TASK_ROOT: join(local.folder, "py"),
      cache: true,
    });
    assert.match(log, /^INIT_START Runtime Version: python 3\.13\.1 for python3\.13\n/);
  });

  it("run in the configured interpreter once it's set", async () => {
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
    assert.deepEqual([args[0], args.at(-1)], ["-Xfrozen_modules=off", "--debugger="]);
  });

  it("are debugged with the workspace's debugpy, where the interpreter has none", async () => {
    await using local = await withPython({ ".venv/bin/python": {} }, {}, { debugpyPath: () => "/libs" });
    await local.service.debug("py", never);
    const { args } = (await local.invoke("py")).payload as { args: string[] };
    assert.equal(args.at(-1), "--debugger=/libs");
  });

  it("keep the order of printed lines and log records", async () => {
    await using local = await withPython({ ".venv/bin/python": full });
    const { log } = await local.invoke("py");
    const lines = Array.from({ length: 5 }, (_, n) => `print ${n}\n[INFO]\tlog ${n}\nsecond line\n`);
    assert.ok(log.includes(`${lines.join("")}no end\n[INFO]\tafter it\nEND `), log);
  });

  it("run on AWS's runtime client if it's installed and not too old, else on ours", async () => {
    await using local = await withPython({ ".venv/bin/python": {} });
    const client = async (): Promise<string | undefined> => {
      const { args } = (await local.invoke("py")).payload as { args: string[] };
      return args.find((each) => each.startsWith("--client="));
    };
    assert.equal(await client(), "--client=own");
    await local.write({ ".venv/bin/python": interpreter({ clientVersion: "2.2.1" }) });
    assert.equal(await client(), "--client=own");
    await local.write({ ".venv/bin/python": interpreter({ clientVersion: "3.0.0" }) });
    assert.equal(await client(), "--client=awslambdaric");
  });

  it("say which command installs debugpy, and are debugged once it's installed", async () => {
    await using local = await withPython({ ".venv/bin/python": {} });
    const path = join(local.folder, ".venv", "bin", "python");
    await assert.rejects(local.service.debug("py", never), {
      message: `py: To debug the function, ${path} needs debugpy. Run: ${path} -m pip install debugpy`,
    });
    await local.write({ ".venv/bin/python": interpreter({ hasDebugpy: true }) });
    assert.equal((await local.service.debug("py", never)).debugger, "python");
  });

  it("are asked again what they have where they changed while they were asked", async () => {
    await using local = await withPython({});
    const path = join(local.folder, ".venv", "bin", "python");
    const later = interpreter({ hasDebugpy: true });
    const change = `require("node:fs").writeFileSync(__filename, ${JSON.stringify(later)});`;
    await local.write({ ".venv/bin/python": interpreter({}).replace("\n", `\n${change}\n`) });
    await chmod(path, 0o755);
    const debug = (): Promise<string> =>
      local.service.debug("py", never).then(
        (target) => target.debugger,
        (error: Error) => error.message,
      );
    // Whether the service asks for the first time for this, or has asked before, depends on which is quicker.
    const first = await debug();
    if (first !== "python") assert.match(first, /needs debugpy/);
    assert.equal(await debug(), "python");
  });

  it("skip interpreters that don't run, aren't accessible, or are too old", async () => {
    await using local = await withPython(
      { "py/.venv/bin/python": { version: "3.8.20" }, ".venv/bin/python": {} },
      { "py/venv/bin/python": "not a program" },
    );
    await chmod(join(local.folder, "py", "venv", "bin", "python"), 0o755);
    await symlink("python", join(local.folder, "py", "venv", "bin", "python3"));
    await symlink("env", join(local.folder, "py", "env"));
    const { log } = await local.invoke("py");
    assert.match(log, /^INIT_START Runtime Version: python 3\.13\.1 /);
  });

  it("say that the only Python is too old", async () => {
    await using local = await withPython({ ".venv/bin/python": { version: "3.8.20" } });
    const pythonPath = join(local.folder, ".venv", "bin", "python");
    local.service.setWorkspace({ folders: [local.folder], trusted: true, pythonPath });
    const { message } = await refusal(local.invoke("py"));
    assert.match(message, /^py: .*python is Python 3\.8\.20, and functions need 3\.9 or newer\./);
  });

  it("say that no Python runs at the configured path", async () => {
    await using local = await withPython({});
    const pythonPath = join(local.folder, "nowhere");
    local.service.setWorkspace({ folders: [local.folder], trusted: true, pythonPath });
    const refused = await refusal(local.invoke("py"));
    const message = `py: ${pythonPath} isn't a Python 3 that runs. Check the interpreter's path in Settings.`;
    assert.deepEqual([refused.name, refused.message], ["InvalidRuntimeException", message]);
    const { problems } = await local.state((state) => state.problems.length > 0);
    assert.equal(problems[0]?.place?.file, join(local.folder, "template.yaml"));
  });
});
