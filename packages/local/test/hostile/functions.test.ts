import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { functions, start, type TestService } from "../workspace.ts";
import { showLongestWait } from "./longestWait.ts";

/** What a function does to harm others, as statements; it gets `event` with the service's endpoint and a file to write. */
const attacks: Readonly<Record<string, string>> = {
  "calls the service without a key": `
    const call = async (path, init) => (await fetch(event.endpoint + path, init)).status;
    const invoke = "/2015-03-31/functions/victim/invocations";
    return [await call("/2015-03-31/functions"), await call(invoke, { method: "POST", body: "{}" })];`,
  "ends its whole process group": `process.kill(0, "SIGKILL"); await new Promise(() => {});`,
  "stops its whole process group": `process.kill(0, "SIGSTOP"); await new Promise(() => {});`,
  "closes every descriptor": `
    for (let fd = 0; fd < 200; fd += 1) try { fs.closeSync(fd); } catch {}
    return 1;`,
  "writes garbage to every descriptor but its output": `
    const bytes = Buffer.alloc(4096, Buffer.from([0xff, 0xa5, 0x5a, 0, 3, 0x7b]));
    for (let fd = 3; fd < 200; fd += 1) try { fs.writeSync(fd, bytes); } catch {}
    return 1;`,
  "deletes its home folder": `
    fs.rmSync(process.env.HOME ?? process.env.USERPROFILE, { recursive: true, force: true });
    return 1;`,
  "replaces what its runtime is made of": `
    JSON.parse = JSON.stringify = () => '"forged"';
    Buffer.concat = Buffer.from = () => "forged";
    Object.prototype.errorType = "forged";
    Promise.prototype.then = () => {};
    return 1;`,
  "answers with more than 6 MB": `return "x".repeat(7 * 1024 * 1024);`,
  "throws an error with an endless message": `
    throw Object.assign(new Error("x".repeat(50 * 1024 * 1024)), { name: "y".repeat(1024 * 1024) });`,
  "throws an error that is a header": `
    throw Object.assign(new Error("a\\r\\nx-amz-function-error: none"), { name: "b\\r\\n\\r\\nHTTP/1.1 200 OK" });`,
  "answers with the names of built-in properties": `
    return JSON.parse('{"__proto__": {"functionError": "forged"}, "constructor": 1, "toString": 2}');`,
  "never lets go": `for (;;);`,
  "ends as if all were well": `process.exit(0);`,
  "rejects without anybody listening": `Promise.reject(new Error("late")); await new Promise(() => {});`,
};

const attacker = `
import fs from "node:fs";
export const handler = async (event) => {
  switch (event.what) {
${Object.entries(attacks)
  .map(([what, code]) => `    case ${JSON.stringify(what)}: {${code}\n    }`)
  .join("\n")}
  }
};`;

/** Reads what Linux shows of every process that it may look at. */
const spy = `
import fs from "node:fs";
const read = (path) => { try { return fs.readFileSync(path, "latin1"); } catch { return ""; } };
export const handler = async ({ file }) => {
  const ids = fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  const seen = ids.map((id) => read("/proc/" + id + "/environ") + read("/proc/" + id + "/cmdline"));
  const links = fs.readdirSync("/proc/self/fd").map((fd) => {
    try { return fs.readlinkSync("/proc/self/fd/" + fd); } catch { return ""; }
  });
  fs.writeFileSync(file, seen.join("\\n"));
  return { processes: ids.length, links };
};`;

const victim = `
let count = 0;
export const handler = async (event) => ({ event, count: ++count, pid: process.pid });`;

interface Seen {
  event: unknown;
  count: number;
  pid: number;
}

describe("local: a function that attacks others", () => {
  let local: TestService;
  let calls = 0;
  before(async () => {
    const code = { victim, attacker, ...(process.platform === "linux" ? { spy } : {}) };
    local = await start(functions(code, { attacker: { timeout: 2 } }));
    await call();
  });
  after(() => local[Symbol.asyncDispose]());
  showLongestWait(() => local);

  /** The victim's own answer, by a process that has answered every call before. */
  async function call(): Promise<number> {
    calls += 1;
    const { payload, error, log } = await local.invoke("victim", { calls });
    assert.equal(error, undefined, log);
    const { event, count, pid } = payload as Seen;
    assert.deepEqual([event, count], [{ calls }, calls]);
    return pid;
  }

  for (const what of Object.keys(attacks)) {
    // Windows has no process groups, and no signal that stops one.
    if (process.platform === "win32" && what.includes("process group")) continue;
    it(`${what}: another function's process, answers and next call are its own`, async () => {
      const pid = await call();
      const attack = local.invoke("attacker", { what, endpoint: local.address.endpoint });
      assert.equal(await call(), pid);
      const { payload, error } = await attack;
      if (what === "calls the service without a key") assert.deepEqual(payload, [403, 403]);
      assert.ok(error === undefined || error === "Unhandled", error);
      assert.equal(await call(), pid);
      // The function itself goes on too, in a new process where it has to.
      const { payload: again } = await local.invoke("attacker", {
        what: "calls the service without a key",
        endpoint: local.address.endpoint,
      });
      if (what !== "replaces what its runtime is made of") assert.deepEqual(again, [403, 403]);
    });
  }

  // Elsewhere, a process can't look into another one like this.
  if (process.platform === "linux")
    it("has no key of the service, neither in a process's variables nor in its arguments", async () => {
      const file = join(local.folder, "seen");
      const { payload } = await local.invoke("spy", { file });
      const { processes, links } = payload as { processes: number; links: string[] };
      const seen = await readFile(file, "latin1");
      // It did see something: its own service.
      assert.ok(processes > 1 && seen.includes("AWS_LAMBDA_RUNTIME_API"));
      assert.ok(!seen.includes(local.address.credentials.secretAccessKey));
      assert.ok(!seen.includes(local.address.credentials.accessKeyId));
      // No file of the service is open in it.
      assert.deepEqual(
        links.filter((link) => /\.jsonl?$|journal|template/.test(link)),
        [],
      );
    });
});
