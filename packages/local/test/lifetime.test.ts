import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { variation } from "../../../tools/testing/variation.ts";
import type { LocalAddress } from "../src/contract/service.ts";
import { isAlive, marked, until } from "./processes.ts";
import { functions, invoke, never, refusal, start, writeFiles } from "./workspace.ts";
import { pause } from "./pause.ts";

/** Three obstacles to ending a sandbox: a busy loop, a child process, and a child that left the process group. */
const sources = {
  pids: "export const handler = async () => ({ sandbox: process.pid, service: process.ppid, home: process.env.HOME });",
  spins:
    "import { writeFileSync } from 'node:fs'; export const handler = async ({ file }) => { writeFileSync(file, String(process.pid)); for (;;); };",
  parent: `
    import { spawn } from "node:child_process";
    export const handler = async ({ detached }) => {
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached, stdio: "ignore" });
      return child.pid;
    };`,
};
const declared = { spins: { timeout: 900 }, pids: { timeout: 30 }, parent: { timeout: 30 } };

interface Pids {
  sandbox: number;
  service: number;
  home: string;
}

interface Host extends AsyncDisposable {
  child: ChildProcess;
  folder: string;
  lambda: LambdaClient;
  mark: string;
}

async function startHost(): Promise<Host> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "local-host-")));
  await writeFiles(folder, functions(sources, declared));
  const mark = `LOCAL_TEST_MARK=${folder}`;
  const child = fork(fileURLToPath(new URL("fakeHost.ts", import.meta.url)), [folder], {
    env: { ...process.env, LOCAL_TEST_MARK: folder },
  });
  const [address] = (await once(child, "message")) as [LocalAddress];
  const lambda = new LambdaClient({ ...address, maxAttempts: 1 });
  return {
    child,
    folder,
    lambda,
    mark,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      lambda.destroy();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Starts sandboxes of all kinds; returns their processes. */
async function load(
  lambda: LambdaClient,
  folder: string,
): Promise<{ pids: number[]; home: string; running: Promise<unknown>[] }> {
  const running: Promise<unknown>[] = [];
  const spinning: number[] = [];
  for (let n = 0; n < 2; n += 1) {
    const file = join(folder, `.spins-${n}`);
    running.push(invoke(lambda, "spins", { file }).catch(() => {}));
    await until(() => existsSync(file) && readFileSync(file, "utf8") !== "");
    spinning.push(Number(readFileSync(file, "utf8")));
  }
  const { sandbox, service, home } = (await invoke(lambda, "pids", {})).payload as Pids;
  const child = Number((await invoke(lambda, "parent", { detached: false })).payload);
  const escaped =
    process.platform === "linux"
      ? [Number((await invoke(lambda, "parent", { detached: true })).payload)]
      : [];
  const pids = [...spinning, sandbox, service, child, ...escaped];
  assert.deepEqual(
    pids.filter((pid) => !isAlive(pid)),
    [],
  );
  return { pids, home: join(home, "..", ".."), running };
}

describe("local: nothing is left", () => {
  for (const how of ["kill -9 of the extension host", "the end of the extension host"] as const) {
    it(`after ${how}, under load`, async () => {
      await using host = await startHost();
      const { pids, home, running } = await load(host.lambda, host.folder);
      host.child.kill(how.startsWith("kill") ? "SIGKILL" : "SIGTERM");
      await until(() => !pids.some(isAlive) && marked(host.folder).length === 0);
      await until(() => !existsSync(home));
      await Promise.all(running);
    });
  }

  it("after kill -9 of the service, and the next call has a new one", async () => {
    await using local = await start(functions(sources, declared));
    const { pids, home, running } = await load(local.lambda, local.folder);
    const { service } = (await local.invoke("pids")).payload as Pids;
    process.kill(service, "SIGKILL");
    await until(() => !pids.some(isAlive) && marked(local.folder).length === 0 && !existsSync(home));
    await Promise.all(running);
    const address = await eventualAddress(local.service, local.address.endpoint);
    const lambda = new LambdaClient({ ...address, maxAttempts: 1 });
    assert.notEqual(((await invoke(lambda, "pids", {})).payload as Pids).service, service);
    lambda.destroy();
  });

  it("after dispose", async () => {
    const local = await start(functions(sources, declared));
    const { pids, home, running } = await load(local.lambda, local.folder);
    local.service.dispose();
    await until(() => !pids.some(isAlive) && marked(local.folder).length === 0 && !existsSync(home));
    await Promise.all(running);
    await local[Symbol.asyncDispose]();
  });

  it("if no function could be started", async () => {
    const more = ['Environment: {Variables: {NUL: "a\\0b"}}'];
    const files = functions({ broken: "export const handler = async () => 1;" }, { broken: { more } });
    const temporary = await realpath(await mkdtemp(join(tmpdir(), "local-temp-")));
    const local = await start(files, { env: { ...process.env, TMPDIR: temporary, TEMP: temporary } });
    const { name } = await refusal(local.invoke("broken"));
    assert.equal(name, "CodeArtifactUserFailedException");
    assert.equal(readdirSync(temporary).length, 1);
    await local[Symbol.asyncDispose]();
    await until(() => readdirSync(temporary).length === 0);
    await rm(temporary, { recursive: true });
  });

  // The reaper is found by /proc.
  const onLinux = process.platform === "linux" ? it : () => {};
  onLinux("where the reaper was killed before", async () => {
    await using host = await startHost();
    const first = await load(host.lambda, host.folder);
    const reaper = () =>
      marked(host.mark).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("reaper"));
    const [old] = reaper();
    assert.ok(old);
    process.kill(old, "SIGKILL");
    await until(() => reaper().some((pid) => pid !== old));
    host.child.kill("SIGKILL");
    await until(
      () => !first.pids.some(isAlive) && marked(host.folder).length === 0 && !existsSync(first.home),
    );
    await Promise.all(first.running);
  });

  it("of a host that is killed at any moment of many invocations", async () => {
    for (const calls of variation.soak ? [0, 1, 3, 7, 20, 60] : [0, 7]) {
      await using host = await startHost();
      let answered = 0;
      const enough = Promise.withResolvers<void>();
      const running = Array.from({ length: 4 }, async (_, n) => {
        const name = n % 2 === 0 ? "pids" : "parent";
        while (host.child.signalCode === null) {
          if (answered >= calls) enough.resolve();
          await invoke(host.lambda, name, {}).then(
            () => (answered += 1),
            () => {},
          );
        }
      });
      await enough.promise;
      host.child.kill("SIGKILL");
      await Promise.all(running);
      await until(() => marked(host.folder).length === 0);
    }
  });
});

describe("local: a sandbox that is killed", () => {
  it("fails only its invocation, and ends with its child processes", async () => {
    await using local = await start(functions(sources, declared));
    const child = Number((await local.invoke("parent", { detached: false })).payload);
    const file = join(local.folder, ".spins");
    const running = local.invoke("spins", { file });
    await until(() => existsSync(file) && readFileSync(file, "utf8") !== "");
    const other = (await local.invoke("pids")).payload as Pids;
    process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
    const { error, payload } = await running;
    assert.equal(error, "Unhandled");
    assert.match((payload as { errorMessage: string }).errorMessage, /signal: killed$/);
    assert.deepEqual((await local.invoke("pids")).payload, other);
    await local.write({ "parent/index.mjs": `${sources.parent}\n// newer` });
    await local.invoke("parent", {});
    await until(() => !isAlive(child));
  });
});

describe("local: a sandbox that ends", () => {
  const leaves = `
    import { spawn } from "node:child_process";
    import { writeFileSync } from "node:fs";
    export const handler = async ({ file }) => {
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
      writeFileSync(file, String(child.pid));
      await new Promise(() => setTimeout(() => {}, 9e5));
    };`;

  it("ends with processes that left its group and with its home folder, and leaves others alone", async () => {
    await using local = await start(
      functions(
        { ...sources, leaves },
        { ...declared, leaves: { timeout: 1, more: ["Environment: {Variables: {HOME: /tmp}}"] } },
      ),
    );
    const other = Number((await local.invoke("parent", { detached: true })).payload);
    const { home } = (await local.invoke("pids")).payload as Pids;
    const file = join(local.folder, ".left");
    const { payload } = await local.invoke("leaves", { file });
    assert.match((payload as { errorMessage: string }).errorMessage, /timed out/);
    const child = Number(readFileSync(file, "utf8"));
    if (process.platform === "linux") await until(() => !isAlive(child));
    assert.ok(isAlive(other) && existsSync(home));
    await local.write({ "pids/index.mjs": `${sources.pids}\n// newer` });
    assert.notEqual(((await local.invoke("pids")).payload as Pids).home, home);
    await until(() => !existsSync(home));
  });
});

/** The address of the new service, once the launcher has noticed that the old one has ended. */
async function eventualAddress(
  service: { address(signal: AbortSignal): Promise<LocalAddress> },
  old: string,
): Promise<LocalAddress> {
  for (;;) {
    const address = await service.address(never);
    if (address.endpoint !== old) return address;
    await pause();
  }
}
