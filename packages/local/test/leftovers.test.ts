import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { clearLeftovers } from "../src/process/leftovers.ts";
import { identityOf, startOf, type ProcessIdentity } from "../src/process/processIdentity.ts";
import { isAlive, marked, until } from "./processes.ts";
import { functions, start, type TestService } from "./workspace.ts";

const sources = {
  pids: "export const handler = async () => ({ sandbox: process.pid, service: process.ppid, home: process.env.HOME });",
  /** Doesn't notice that its service ended, and has a process in its group without its variables. */
  spins: `
    import { spawn } from "node:child_process";
    import { writeFileSync } from "node:fs";
    export const handler = async ({ file }) => {
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore", env: {} });
      writeFileSync(file, process.pid + " " + child.pid);
      for (;;);
    };`,
  /** Starts a process that leaves the sandbox's group. */
  parent: `
    import { spawn } from "node:child_process";
    export const handler = async () =>
      spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore", detached: true }).pid;`,
};
const declared = { pids: { timeout: 60 }, spins: { timeout: 900 }, parent: { timeout: 60 } };

interface Pids {
  sandbox: number;
  service: number;
  home: string;
}

/** What a service has started until the moment at which it's killed. */
interface Started {
  pids: number[];
  running: Promise<unknown>[];
}

const pidsOf = async (local: TestService) => (await local.invoke("pids")).payload as Pids;

async function spin(local: TestService): Promise<Started> {
  const file = join(local.folder, ".spins");
  const running = local.invoke("spins", { file }).catch(() => undefined);
  await until(() => existsSync(file) && readFileSync(file, "utf8") !== "");
  return { pids: readFileSync(file, "utf8").split(" ").map(Number), running: [running] };
}

/** The moments at which services are killed. */
const moments: Readonly<Record<string, (local: TestService) => Promise<Started>>> = {
  "when nothing has run": async () => ({ pids: [], running: [] }),
  "after an invocation": async (local) => ({ pids: [(await pidsOf(local)).sandbox], running: [] }),
  "during an invocation": spin,
  "with processes that functions started": async (local) => {
    const pid = Number((await local.invoke("parent")).payload);
    const spinning = await spin(local);
    return { pids: [pid, ...spinning.pids], running: spinning.running };
  },
};

describe("local: what a killed service left", () => {
  let temp: string;
  beforeEach(async () => {
    temp = await realpath(await mkdtemp(join(tmpdir(), "leftovers-")));
  });
  afterEach(() => rm(temp, { recursive: true, force: true, maxRetries: 5 }));

  const startIn = () =>
    start(functions(sources, declared), { env: { ...process.env, TMPDIR: temp, TEMP: temp, TMP: temp } });
  const folders = () => readdirSync(temp).filter((name) => name.startsWith("lambda-invoke-"));

  // Who has which variables is known from /proc.
  const onLinux = process.platform === "linux" ? it : () => {};
  for (const [moment, act] of Object.entries(moments)) {
    onLinux(`is cleared at the next start, and a running one's is kept: killed ${moment}`, async () => {
      await using running = await startIn();
      const kept = await pidsOf(running);
      await using killed = await startIn();
      const { service } = await pidsOf(killed);
      const { pids, running: calls } = await act(killed);
      const own = folders().filter((name) => !kept.home.includes(name));
      assert.equal(own.length, 1);
      killWithReaper(service, join(temp, own[0] ?? ""));
      await until(() => !isAlive(service));
      await Promise.all(calls);
      assert.ok(existsSync(join(temp, own[0] ?? "")));
      await using next = await startIn();
      await until(() => !pids.some(isAlive) && !existsSync(join(temp, own[0] ?? "")));
      assert.deepEqual(await pidsOf(running), kept);
      assert.ok(existsSync(kept.home));
      assert.notEqual((await pidsOf(next)).service, service);
      assert.equal(folders().length, 2);
    });
  }

  /** Kills both at once, as the end of a session does: the reaper gets no chance to clear. */
  function killWithReaper(service: number, folder: string): void {
    const isReaper = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
    const reapers = marked(temp).filter(isReaper);
    for (const pid of reapers) process.kill(pid, "SIGSTOP");
    process.kill(service, "SIGKILL");
    for (const pid of reapers) process.kill(pid, "SIGKILL");
  }
});

describe("local: whose a temporary folder is", () => {
  let temp: string;
  beforeEach(async () => {
    temp = await realpath(await mkdtemp(join(tmpdir(), "leftovers-")));
  });
  afterEach(() => rm(temp, { recursive: true, force: true, maxRetries: 5 }));

  const self = identityOf(process.pid);
  /** Larger than any that Linux gives. */
  const unused = 2 ** 22 + 1;

  async function makeFolder(owner: ProcessIdentity | string | undefined, age = 0): Promise<string> {
    const folder = join(temp, `lambda-invoke-${"0".repeat(15)}${readdirSync(temp).length}`);
    await mkdir(folder);
    const file = join(folder, "owner.json");
    const time = Date.now() / 1000 - age;
    if (owner !== undefined) {
      await writeFile(file, typeof owner === "string" ? owner : JSON.stringify(owner));
      await utimes(file, time, time);
    }
    await utimes(folder, time, time);
    return folder;
  }

  const hour = 3601;
  const linux: Readonly<
    Record<string, { owner: ProcessIdentity | string | undefined; age?: number; stays: boolean }>
  > = {
    "of a running process": { owner: self, stays: true },
    "of a process that has ended": { owner: { ...self, pid: unused }, stays: false },
    "of an earlier process with the same ID": { owner: { ...self, ticks: "1" }, stays: false },
    "of another container": { owner: { ...self, pid: unused, namespace: "pid:[1]" }, stays: true },
    "of nobody, new": { owner: undefined, stays: true },
    "of nobody, an hour old": { owner: undefined, age: hour, stays: false },
    "with half an owner, new": { owner: '{"pid":', stays: true },
    "with half an owner, an hour old": { owner: '{"pid":', age: hour, stays: false },
    "with an owner that isn't a process": { owner: { ...self, pid: -1 }, stays: true },
  };
  const onLinux = process.platform === "linux" ? it : () => {};
  for (const [what, { owner, age, stays }] of Object.entries(linux))
    onLinux(`${stays ? "keeps" : "removes"} one ${what}`, async () => {
      const folder = await makeFolder(owner, age);
      await clearLeftovers(temp, "linux");
      assert.equal(existsSync(folder), stays);
    });

  onLinux("follows no link, and takes no other names", async () => {
    const target = join(temp, "target");
    await mkdir(target);
    await writeFile(join(target, "owner.json"), JSON.stringify({ ...self, pid: unused }));
    await symlink(target, join(temp, `lambda-invoke-${"a".repeat(16)}`));
    await clearLeftovers(temp, "linux");
    assert.deepEqual(readdirSync(target), ["owner.json"]);
  });

  const onUnix = process.platform === "win32" ? () => {} : it;
  onUnix("compares the times of starts where there are no clock ticks", async () => {
    const { pid, namespace } = self;
    const kept = await makeFolder({ pid, namespace });
    const removed = await makeFolder({ pid, namespace }, 24 * 3600);
    await clearLeftovers(temp, "darwin");
    assert.deepEqual([existsSync(kept), existsSync(removed)], [true, false]);
    const startedAt = (await startOf(process.pid, "darwin")) ?? 0;
    assert.ok(Math.abs(startedAt - performance.timeOrigin) < 60_000, `${startedAt}`);
  });
});
