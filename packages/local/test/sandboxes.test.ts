import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { functions, refusal, start, template, type TestService } from "./workspace.ts";
import { pause } from "./pause.ts";

/** Returns its sandbox, after waiting for a file if the event names one. */
const who = `
import { existsSync, watch, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
let count = 0;
export const handler = async ({ started, until }) => {
  count += 1;
  if (started) writeFileSync(started, "");
  if (until) await appearance(until);
  return { pid: process.pid, count };
};
const appearance = (file) => new Promise((resolve) => {
  const watcher = watch(dirname(file), () => existsSync(file) && (watcher.close(), resolve()));
  if (existsSync(file)) (watcher.close(), resolve());
});
`;

interface Who {
  pid: number;
  count: number;
}

describe("local: sandboxes", () => {
  const ask = async (local: TestService, name = "who", payload = {}) =>
    (await local.invoke(name, payload)).payload as Who;

  /** Starts invocations that stay in their sandboxes until `release`. */
  async function occupy(local: TestService, count: number, name = "who") {
    const gate = join(local.folder, ".gate");
    const running: Promise<Who>[] = [];
    for (let n = 0; n < count; n += 1) {
      const started = join(local.folder, `.started-${name}-${n}`);
      running.push(ask(local, name, { started, until: gate }));
      await appearance(local.folder, started);
    }
    return { running, release: () => writeFile(gate, "") };
  }

  it("are reused while they're warm", async () => {
    await using local = await start(functions({ who }));
    const first = await ask(local);
    const second = await ask(local);
    assert.deepEqual(second, { pid: first.pid, count: 2 });
  });

  it("run one invocation at a time, so that a second one gets another sandbox", async () => {
    await using local = await start(functions({ who }));
    const { running, release } = await occupy(local, 3);
    await release();
    const pids = new Set((await Promise.all(running)).map(({ pid }) => pid));
    assert.equal(pids.size, 3);
    assert.ok(pids.has((await ask(local)).pid));
  });

  it("of one function aren't used for another", async () => {
    await using local = await start(functions({ who, other: who }));
    assert.notEqual((await ask(local)).pid, (await ask(local, "other")).pid);
  });

  it("don't exceed a function's reserved concurrency", async () => {
    const declared = {
      who: { more: ["ReservedConcurrentExecutions: 2"] },
      none: { more: ["ReservedConcurrentExecutions: 0"] },
    };
    await using local = await start(functions({ who, none: who }, declared));
    const { running, release } = await occupy(local, 2);
    const { name, status, reason } = await refusal(ask(local));
    assert.deepEqual(
      [name, status, reason],
      ["TooManyRequestsException", 429, "ReservedFunctionConcurrentInvocationLimitExceeded"],
    );
    await release();
    await Promise.all(running);
    assert.equal((await ask(local)).count, 2);
    assert.equal((await refusal(ask(local, "none"))).status, 429);
  });

  it("don't exceed the total limit, but replace an idle one of another function", async () => {
    await using local = await start(functions({ who, other: who }), { config: () => ({ maxSandboxes: 2 }) });
    const idle = await ask(local, "other");
    const { running, release } = await occupy(local, 2);
    const { name, reason } = await refusal(ask(local, "other"));
    assert.deepEqual([name, reason], ["TooManyRequestsException", "ConcurrentInvocationLimitExceeded"]);
    await release();
    await Promise.all(running);
    assert.notEqual((await ask(local, "other")).pid, idle.pid);
  });

  it("end after being idle", async () => {
    await using local = await start(functions({ who }), { config: () => ({ idleMs: 1 }) });
    const { pid } = await ask(local);
    await gone(pid);
  });

  it("run new code with the next invocation", async () => {
    await using local = await start(functions({ code: "export const handler = async () => 0;" }));
    for (let version = 0; version < 5; version += 1) {
      await local.write({
        "code/index.mjs": `export const handler = async () => ${version}; ${" ".repeat(version)}`,
      });
      assert.equal((await local.invoke("code")).payload, version);
    }
  });

  it("run new code of a module that the handler imports", async () => {
    const code = "import { value } from './lib/value.mjs'; export const handler = async () => value;";
    await using local = await start({
      ...functions({ code }),
      "code/lib/value.mjs": "export const value = 1;",
    });
    assert.equal((await local.invoke("code")).payload, 1);
    await local.write({ "code/lib/value.mjs": "export const value = 22;" });
    assert.equal((await local.invoke("code")).payload, 22);
  });

  it("finish an invocation with the code they started with", async () => {
    await using local = await start(functions({ who }));
    const { running, release } = await occupy(local, 1);
    await local.write({ "who/index.mjs": "export const handler = async () => 'new';" });
    assert.equal((await local.invoke("who")).payload, "new");
    await release();
    assert.equal((await running[0])?.count, 1);
  });

  it("follow changes of the template", async () => {
    const environment = (value: string) => ({
      env: { more: ["Environment:", "  Variables:", `    NAME: ${value}`] },
    });
    const files = functions(
      { env: "export const handler = async () => process.env.NAME;" },
      environment("one"),
    );
    await using local = await start(files);
    assert.equal((await local.invoke("env")).payload, "one");
    await local.write({ "template.yaml": template(environment("other")) });
    assert.equal((await local.invoke("env")).payload, "other");
  });

  it("report missing code", async () => {
    await using local = await start(functions({ who }));
    await rm(join(local.folder, "who"), { recursive: true });
    const { payload } = await local.invoke("who");
    assert.match(
      (payload as { errorMessage: string }).errorMessage,
      /the folder .*who doesn't exist; check CodeUri/,
    );
  });

  it("refuse a runtime that doesn't run locally", async () => {
    await using local = await start(functions({ who }, { who: { runtime: "java21" } }));
    const { name, status, message } = await refusal(local.invoke("who"));
    assert.deepEqual([name, status], ["InvalidRuntimeException", 502]);
    assert.match(message, /java21 doesn't run locally/);
  });
});

describe("local: a function's environment", () => {
  it("is Lambda's, the template's, and of the user's own only what a process needs", async () => {
    // Of this machine's, all but how its programs reach the network, which functions get too.
    const machine = Object.entries(process.env).filter(([name]) => !/proxy|CERT|CA_BUNDLE/i.test(name));
    const env = {
      ...Object.fromEntries(machine),
      AWS_ACCESS_KEY_ID: "AKIAPERSON",
      AWS_PROFILE: "person",
      NPM_TOKEN: "secret",
      NODE_OPTIONS: "--no-warnings",
    };
    const declared = {
      show: {
        handler: "index.handler",
        memory: 256,
        more: ["Environment:", "  Variables:", "    TABLE: orders", "    COUNT: 3", "    ON: true"],
      },
    };
    await using local = await start(
      functions({ show: "export const handler = async () => process.env;" }, declared),
      { env },
    );
    const seen = (await local.invoke("show")).payload as Record<string, string>;
    const { PATH, TMPDIR, TMP, TEMP, HOME, USERPROFILE, _LAMBDA_LOCAL_SANDBOX, ...rest } = seen;
    assert.equal(PATH, process.env["PATH"]);
    assert.notEqual(HOME, process.env["HOME"]);
    assert.deepEqual([USERPROFILE, _LAMBDA_LOCAL_SANDBOX], [HOME, HOME]);
    assert.deepEqual([TMPDIR, TMP, TEMP], [process.env["TMPDIR"], process.env["TMP"], process.env["TEMP"]]);
    assert.match(rest["AWS_LAMBDA_LOG_STREAM_NAME"] ?? "", /\[\$LATEST\]/);
    assert.match(rest["AWS_LAMBDA_RUNTIME_API"] ?? "", /^127\.0\.0\.1:\d+$/);
    assert.match(
      rest["_X_AMZN_TRACE_ID"] ?? "",
      /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
    );
    for (const name of ["AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "_X_AMZN_TRACE_ID"])
      delete rest[name];
    assert.deepEqual(rest, {
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_FUNCTION_NAME: "show",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_FORMAT: "Text",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/show",
      AWS_REGION: "us-east-1",
      AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
      AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000",
      COUNT: "3",
      LAMBDA_TASK_ROOT: join(local.folder, "show"),
      LANG: "en_US.UTF-8",
      NODE_PATH: join(local.folder, "show"),
      ON: "true",
      TABLE: "orders",
      TZ: ":UTC",
      _HANDLER: "index.handler",
    });
  });

  it("has an empty home folder for each sandbox", async () => {
    const home = `
      import { readdirSync, writeFileSync } from "node:fs";
      import { homedir } from "node:os";
      export const handler = async (event) => {
        const found = readdirSync(homedir());
        writeFileSync(homedir() + "/.npmrc", "secret");
        return found;
      };`;
    const code =
      '      InlineCode: "exports.handler = async () => require(`fs`).readdirSync(require(`os`).homedir());"';
    const files = functions({ first: home, second: home });
    const inline = files["template.yaml"]?.replace(/(second:\n.*\n.*\n).*CodeUri.*/, `$1${code}`);
    await using local = await start({ ...files, "template.yaml": inline ?? "" });
    assert.deepEqual((await local.invoke("first")).payload, []);
    assert.deepEqual((await local.invoke("second")).payload, []);
    assert.deepEqual((await local.invoke("first")).payload, [".npmrc"]);
  });

  // The limit of the operating system differs between platforms.
  const tooLarge = [
    "200 KB",
    "x".repeat(200_000),
    /: its environment variables have 200001 bytes, .* AWS allows 4 KB/,
  ] as const;
  for (const [what, value, why] of [
    ["a null character", '"a\\0b"', /: its environment variable "A" contains a null character/],
    ...(process.platform === "linux" ? [tooLarge] : []),
  ] as const) {
    it(`can't have ${what} in a variable, and nothing is left of the attempt`, async () => {
      const more = ["Environment:", "  Variables:", `    A: ${value}`];
      const sources = {
        broken: "export const handler = async () => 1;",
        parent: "export const handler = async () => [process.ppid, process.env.HOME];",
      };
      await using local = await start(functions(sources, { broken: { more } }));
      const [service, home] = (await local.invoke("parent")).payload as [number, string];
      const left = () => [
        readdirSync(join(home, "..")).length,
        process.platform === "linux" ? readdirSync(`/proc/${service}/fd`).length : 0,
      ];
      const fail = async () => {
        const { name, status, message } = await refusal(local.invoke("broken"));
        assert.deepEqual([name, status], ["CodeArtifactUserFailedException", 502]);
        assert.match(message, why);
      };
      await fail();
      const before = left();
      for (let n = 0; n < 10; n += 1) await fail();
      assert.deepEqual(left(), before);
    });
  }

  it("is in UTC, with a deadline, in the function's own folder", async () => {
    const source = `export const handler = async (event, context) =>
      ({ zone: new Date(0).toString(), left: context.getRemainingTimeInMillis(), cwd: process.cwd() });`;
    await using local = await start(functions({ source }, { source: { timeout: 30 } }));
    const { zone, left, cwd } = (await local.invoke("source")).payload as {
      zone: string;
      left: number;
      cwd: string;
    };
    assert.match(zone, /00:00:00 GMT\+0000/);
    assert.ok(left > 25_000 && left <= 30_000, `${left} ms`);
    assert.equal(cwd, join(local.folder, "source"));
  });
});

/** Resolves when a file exists; checks at each change of the folder. */
async function appearance(folder: string, file: string): Promise<void> {
  const { existsSync, watch } = await import("node:fs");
  await new Promise<void>((resolve) => {
    const watcher = watch(folder, look);
    function look() {
      if (!existsSync(file)) return;
      watcher.close();
      resolve();
    }
    look();
  });
}

/** Resolves when a process has ended. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await pause();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
