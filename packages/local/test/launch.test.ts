import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, it } from "mocha";
import { LocalServiceError } from "../src/contract/serviceError.ts";
import { createLocalService, type LaunchOptions } from "../src/launch.ts";
import { functions, never, script, start } from "./workspace.ts";
import { pause } from "./pause.ts";

const options: LaunchOptions = {
  executable: process.execPath,
  env: process.env,
  script,
  workspace: { folders: [], trusted: true },
  onState: () => {},
  onLog: () => {},
};

async function failure(changes: Partial<LaunchOptions>): Promise<Error> {
  const service = createLocalService({ ...options, ...changes });
  try {
    await service.address(never);
  } catch (error) {
    assert.ok(error instanceof LocalServiceError);
    return error;
  } finally {
    service.dispose();
  }
  throw new Error("It started.");
}

describe("local: starting the service", () => {
  it("happens once for simultaneous requests", async () => {
    const service = createLocalService(options);
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => service.address(never)));
    for (const other of others) assert.equal(other, first);
    assert.match(first?.endpoint ?? "", /^http:\/\/127\.0\.0\.1:\d+$/);
    service.dispose();
  });

  it("makes a new key pair each time", async () => {
    const keys = await Promise.all(
      [1, 2].map(async () => {
        const service = createLocalService(options);
        const { credentials } = await service.address(never);
        service.dispose();
        return credentials;
      }),
    );
    assert.notEqual(keys[0]?.accessKeyId, keys[1]?.accessKeyId);
    assert.notEqual(keys[0]?.secretAccessKey, keys[1]?.secretAccessKey);
    assert.ok((keys[0]?.secretAccessKey.length ?? 0) >= 40);
  });

  it("continues for the others when one is canceled", async () => {
    const service = createLocalService(options);
    const impatient = new AbortController();
    const first = service.address(impatient.signal);
    const second = service.address(never);
    impatient.abort();
    await assert.rejects(first, { name: "AbortError" });
    assert.ok((await second).endpoint);
    service.dispose();
  });

  it("reports a missing executable", async () => {
    const { message } = await failure({ executable: "/nowhere/node" });
    assert.equal(
      message,
      "The local Lambda service couldn't be started: spawn /nowhere/node ENOENT. Refresh to try again; the log has the details.",
    );
  });

  it("reports how the process ended", async () => {
    const folder = await mkdtemp(join(tmpdir(), "local-launch-"));
    const broken = join(folder, "main.cjs");
    await writeFile(broken, "throw new TypeError('half an install');");
    assert.match(
      (await failure({ script: broken })).message,
      /couldn't be started: it ended with code 1\. Refresh/,
    );
    const crash = { kind: "notify", method: "onCrash", params: "TypeError: no such thing" };
    await writeFile(broken, `process.send(${JSON.stringify(crash)}, () => process.exit(1));`);
    assert.match(
      (await failure({ script: broken })).message,
      /couldn't be started: TypeError: no such thing\. Refresh/,
    );
    await writeFile(broken, "process.exit(3);");
    assert.match((await failure({ script: broken })).message, /couldn't be started: it ended with code 3\. /);
    await rm(folder, { recursive: true });
  });

  it("is tried again after a failure", async () => {
    const folder = await mkdtemp(join(tmpdir(), "local-launch-"));
    const flaky = join(folder, "main.mjs");
    await writeFile(flaky, "process.exit(1)");
    const service = createLocalService({ ...options, script: flaky });
    await assert.rejects(service.address(never));
    await writeFile(
      flaky,
      `process.once("message", ({ id }) => process.send({ kind: "result", id, value: { endpoint: "second" } }));`,
    );
    assert.equal((await service.address(never)).endpoint, "second");
    service.dispose();
    await rm(folder, { recursive: true });
  });

  it("is refused after dispose", async () => {
    const service = createLocalService(options);
    service.dispose();
    await assert.rejects(service.address(never), LocalServiceError);
  });

  it("uses the folders that were set before", async () => {
    await using local = await start(functions({ a: "export const handler = async () => 1;" }));
    const other = createLocalService({
      ...options,
      onState: (state) => told.push(Object.keys(state.places)),
    });
    const told: string[][] = [];
    other.setWorkspace({ folders: [local.folder], trusted: true });
    await other.address(never);
    while (!told.some((names) => names.join() === "a")) await pause();
    other.dispose();
  });

  it("loads three files and no library in the extension", async () => {
    const code = `
      import { registerHooks } from "node:module";
      const urls = [];
      registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
      await import(${JSON.stringify(new URL("../src/launch.ts", import.meta.url).href)});
      console.log(JSON.stringify(urls.filter((url) => url.startsWith("file:")).map((url) => url.replace(/.*\\/src\\//, ""))));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code]);
    assert.deepEqual(JSON.parse(stdout), ["launch.ts", "contract/serviceError.ts", "rpc.ts"]);
  });
});
