import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import type { LocalAddress } from "../../src/contract/service.ts";
import { isAlive, marked, until } from "../processes.ts";
import { never, start, writeFiles } from "../workspace.ts";
import { seededRandom } from "../../../../tools/testing/random.ts";
import { times, variation } from "../../../../tools/testing/variation.ts";
import { files, Load } from "./load.ts";

/** 200 in total with `--soak`. */
const kills = { sandbox: times(12, 165), service: times(3, 22), host: times(2, 13) };
const random = seededRandom(variation.seed);
const fakeHost = fileURLToPath(new URL("../fakeHost.ts", import.meta.url));

/** Two new folders: the workspace, and the one for accepted events. */
async function folders(): Promise<{ folder: string; stateDir: string; remove: () => Promise<void> }> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "local-kill-")));
  const folder = join(root, "workspace");
  await writeFiles(folder, files);
  const remove = () => rm(root, { recursive: true, force: true, maxRetries: 5 });
  return { folder, stateDir: join(root, "state"), remove };
}

/** Kills a process; false if it had ended. */
function kill(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

describe("local: kill -9 at random moments under load", () => {
  it(`of a sandbox, ${kills.sandbox} times, fails at most one invocation`, async () => {
    const { folder, stateDir, remove } = await folders();
    const local = await start({}, { workspace: { folders: [folder], trusted: true }, stateDir });
    const load = new Load(folder, async () => local.address);
    for (let n = 0; n < kills.sandbox;) {
      await load.more(1 + random(4));
      if (kill(load.last?.sandbox)) n += 1;
    }
    await load.stop();
    assert.ok(load.failures <= kills.sandbox, `${load.failures} failures`);
    assert.equal((await local.invoke("pids")).error, undefined);
    await until(() => load.missing().length === 0);
    await local[Symbol.asyncDispose]();
    await until(() => marked(folder).length === 0 && !isAlive(load.last?.service ?? 0));
    await remove();
  });

  it(`of the service, ${kills.service} times, leaves no process and loses no accepted event`, async () => {
    const { folder, stateDir, remove } = await folders();
    const env = { ...process.env, LOCAL_TEST_MARK: folder };
    const local = await start({}, { workspace: { folders: [folder], trusted: true }, stateDir, env });
    const load = new Load(folder, () => local.service.address(never));
    for (let n = 0; n < kills.service;) {
      await load.more(1 + random(12));
      const before = load.last;
      if (!before || !kill(before.service)) continue;
      n += 1;
      await until(() => !isAlive(before.sandbox));
    }
    await load.more(5);
    await load.stop();
    await until(() => load.missing().length === 0);
    await local[Symbol.asyncDispose]();
    await until(() => marked(folder).length === 0 && !isAlive(load.last?.sandbox ?? 0));
    await remove();
  });

  it(`of the extension host, ${kills.host} times, leaves no process and loses no accepted event`, async () => {
    const { folder, stateDir, remove } = await folders();
    let host = startHost(folder, stateDir);
    const load = new Load(folder, () => host.address);
    for (let n = 0; n < kills.host; n += 1) {
      await load.more(1 + random(20));
      const { last } = load;
      kill(host.child.pid);
      await once(host.child, "exit");
      await until(() => !isAlive(last?.service ?? 0) && !isAlive(last?.sandbox ?? 0));
      await until(() => marked(folder).length === 0);
      host = startHost(folder, stateDir);
    }
    await load.more(5);
    await load.stop();
    await until(() => load.missing().length === 0);
    kill(host.child.pid);
    await until(() => marked(folder).length === 0 && !isAlive(load.last?.service ?? 0));
    await remove();
  });
});

function startHost(
  folder: string,
  stateDir: string,
): { child: ChildProcess; address: Promise<LocalAddress> } {
  const env = { ...process.env, LOCAL_TEST_MARK: folder };
  const child = fork(fakeHost, [folder, stateDir], { env });
  const address = once(child, "message").then(([message]) => message as LocalAddress);
  return { child, address };
}
