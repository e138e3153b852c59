import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { functions, start, type TestService } from "../workspace.ts";
import { showLongestWait } from "./longestWait.ts";

/** The attacks on a Runtime API, as a module: each resolves to what it got, or to the code of the error that it ended in. */
const attacks = `
import { request } from "node:http";
import { connect } from "node:net";
const call = (address, { method = "GET", path, headers = {}, body, ...more }) =>
  new Promise((resolve) => {
    const [host, port] = address.split(":");
    const sent = request({ host, port, method, path, headers, agent: false, ...more });
    sent.on("error", ({ code }) => resolve(code));
    sent.on("upgrade", () => resolve("upgraded"));
    sent.on("response", (response) => {
      let text = response.statusCode + " ";
      response.on("data", (chunk) => (text += chunk)).on("error", ({ code }) => resolve(code));
      response.on("end", () => resolve(text));
    });
    sent.end(body);
  });
const raw = (address, text, more = {}) =>
  new Promise((resolve) => {
    const [host, port] = address.split(":");
    let got = "";
    const socket = connect({ host, port: Number(port), ...more }, () => socket.write(text));
    socket.on("data", (chunk) => (got += chunk)).on("error", () => {}).on("close", () => resolve(got || "ECONNRESET"));
  });
const base = "/2018-06-01/runtime";
const forged = JSON.stringify("forged");
export const kinds = {
  "asks for the next event": (address) => call(address, { path: base + "/invocation/next" }),
  "asks for it from another address of the machine": (address) =>
    call(address, { path: base + "/invocation/next", localAddress: "127.0.0.2" }),
  "answers the event": (address, id) =>
    call(address, { method: "POST", path: base + "/invocation/" + id + "/response", body: forged }),
  "fails the event": (address, id) =>
    call(address, { method: "POST", path: base + "/invocation/" + id + "/error", body: forged }),
  "fails its start": (address) => call(address, { method: "POST", path: base + "/init/error", body: forged }),
  "streams an answer": (address, id) =>
    call(address, {
      method: "POST",
      path: base + "/invocation/" + id + "/response",
      headers: { "lambda-runtime-function-response-mode": "streaming" },
      body: forged,
    }),
  "opens a channel": (address) =>
    call(address, { path: "/channel", headers: { connection: "upgrade", upgrade: "lambda-local" } }),
  "answers and hangs up": (address, id) =>
    raw(address, "POST " + base + "/invocation/" + id + "/response HTTP/1.1\\r\\nhost: " + address +
      "\\r\\nconnection: close\\r\\ncontent-length: 8\\r\\n\\r\\n" + forged),
  "says nothing HTTP knows": (address) => raw(address, "\\0\\0\\0\\0\\r\\n\\r\\n"),
};
export const attack = ({ kind, address, id }) => kinds[kind](address, id);
`;

const kinds = [...attacks.matchAll(/^ {2}"([^"]+)": /gm)]
  .map(([, kind = ""]) => kind)
  // macOS has 127.0.0.1 only.
  .filter((kind) => process.platform === "linux" || !kind.includes("another address"));

const victim = `
import { writeFileSync, existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
export const handler = async ({ started, go, ...event }, { awsRequestId }) => {
  if (started) {
    writeFileSync(started, JSON.stringify({ address: process.env.AWS_LAMBDA_RUNTIME_API, id: awsRequestId }));
    while (!existsSync(go)) await setTimeout(10);
  }
  return { address: process.env.AWS_LAMBDA_RUNTIME_API, ...event };
};`;

/** A function that reaches its own Runtime API as a runtime client other than AWS's would: from processes that it starts. */
const parent = `
import { execFileSync } from "node:child_process";
export const handler = async ({ detached }) => {
  const url = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2018-06-01/runtime/invocation/none/response";
  const program = "fetch(process.argv[1], { method: 'POST', body: '1' }).then((got) => console.log(got.status))";
  const command = detached ? ["setsid", process.execPath] : [process.execPath];
  const [file, ...args] = [...command, "-e", program, url];
  return Number(execFileSync(file, args, { encoding: "utf8" }));
};`;

interface Target {
  address: string;
  id: string;
}

type Attacker = (local: TestService, kind: string, target: Target) => Promise<string>;

const run = promisify(execFile);

/** A process that is started by this test, not by the service. */
function byProcess(uid?: number): Attacker {
  return async (_local, kind, target) => {
    const program = `${attacks}\nprocess.stdout.write(String(await attack(JSON.parse(process.argv[1]))));`;
    const args = ["--input-type=module", "-e", program, JSON.stringify({ kind, ...target })];
    return (await run(process.execPath, args, uid === undefined ? {} : { uid, gid: uid })).stdout;
  };
}

const isRoot = process.getuid?.() === 0;
const attackers = new Map<string, Attacker>([
  ["another process of the same user", byProcess()],
  [
    "another function",
    async (local, kind, target) => String((await local.invoke("attacker", { kind, ...target })).payload),
  ],
  // Only an administrator can start a process as somebody else.
  ...(isRoot ? [["another user", byProcess(65_534)] as const] : []),
]);

/** Waits until another process has written a file, which is empty for a moment. */
async function written(path: string): Promise<string> {
  for await (const _tick of polls()) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (text !== "") return text;
  }
  throw new Error(`${path} was never written.`);
}

async function* polls(): AsyncGenerator<void> {
  for (;;) {
    yield;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

// Windows has no means to tell that costs less than a second.
const platforms: readonly NodeJS.Platform[] = ["linux", "darwin"];

if (platforms.includes(process.platform))
  describe("local: the Runtime API of a function", () => {
    let local: TestService;
    let count = 0;
    before(async () => {
      const attacker = `${attacks}\nexport const handler = attack;`;
      local = await start(functions({ victim, attacker, parent }, { victim: { timeout: 60 } }));
      await local.invoke("victim", {});
    });
    after(() => local[Symbol.asyncDispose]());
    showLongestWait(() => local);

    /** An invocation of the victim that waits until it's told to go on. */
    async function underWay(): Promise<{ target: Target; end: () => Promise<unknown> }> {
      count += 1;
      const [started, go] = [join(local.folder, `started-${count}`), join(local.folder, `go-${count}`)];
      const result = local.invoke("victim", { started, go, count });
      const target = JSON.parse(await written(started)) as Target;
      const end = async () => {
        await writeFile(go, "");
        return (await result).payload;
      };
      return { target, end };
    }

    for (const [who, attack] of attackers)
      for (const kind of kinds) {
        it(`${who} ${kind} while an event is under way: it gets nothing, and isn't believed`, async () => {
          const { target, end } = await underWay();
          assert.match(await attack(local, kind, target), /^(?:ECONNRESET|EPIPE)$/);
          assert.deepEqual(await end(), { address: target.address, count });
        });

        it(`${who} ${kind} while there's none: it gets nothing, and the next event is the function's`, async () => {
          const { address } = (await local.invoke("victim", {})).payload as Target;
          assert.match(await attack(local, kind, { address, id: "none" }), /^(?:ECONNRESET|EPIPE)$/);
          assert.deepEqual((await local.invoke("victim", { secret: 1 })).payload, { address, secret: 1 });
        });
      }

    it("two hundred connections of another process don't keep the function from its own", async () => {
      const { target, end } = await underWay();
      const [kind] = kinds;
      const calls = `Promise.all(Array.from({ length: 200 }, () => attack(JSON.parse(process.argv[1]))))`;
      const program = `${attacks}\nprocess.stdout.write(JSON.stringify(await ${calls}));`;
      const args = ["--input-type=module", "-e", program, JSON.stringify({ kind, ...target })];
      const got = JSON.parse((await run(process.execPath, args)).stdout) as string[];
      assert.deepEqual(new Set(got), new Set(["ECONNRESET"]));
      assert.deepEqual(await end(), { address: target.address, count });
    });

    for (const detached of process.platform === "linux" ? [false, true] : [false])
      it(`is open to the processes that a function starts${detached ? ", in a session of their own too" : ""}`, async () => {
        const { payload, log } = await local.invoke("parent", { detached });
        assert.equal(payload, 400, log);
      });
  });
