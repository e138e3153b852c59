import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import type { DebugTarget, NodeDebugTarget } from "../../src/contract/debugTarget.ts";
import { findPythons } from "../runtime/python/findPythons.ts";
import { Inspector } from "../sandbox/inspector.ts";
import { functions, never, start, template, type TestService } from "../workspace.ts";

/** The attacks on an inspector, as a module: each prints what it got, or nothing. */
const attacks = `
import { readdirSync, readFileSync } from "node:fs";
const get = async (port, path) => {
  const response = await fetch("http://127.0.0.1:" + port + path);
  return response.ok ? await response.text() : "";
};
const evaluate = (port, path) => new Promise((resolve) => {
  const socket = new WebSocket("ws://127.0.0.1:" + port + path);
  const expression = "globalThis.wasAttacked = true";
  socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression } }));
  socket.onmessage = ({ data }) => resolve(data);
  socket.onerror = () => resolve("");
  socket.onclose = () => resolve("");
});
const read = (path) => {
  try { return readFileSync(path, "latin1"); } catch { return ""; }
};
export const kinds = {
  "asks for its list": (port) => get(port, "/json/list"),
  "asks for its list by another name": (port) => get(port, "/json"),
  "asks for its version": (port) => get(port, "/json/version"),
  "asks for its protocol": (port) => get(port, "/json/protocol"),
  "attaches to no path": (port) => evaluate(port, "/"),
  "attaches to a guessed path": (port) => evaluate(port, "/" + crypto.randomUUID()),
  "attaches to a path that names no process": (port) => evaluate(port, "/json/list"),
  "looks for its path in what processes show": (port) => {
    const files = readdirSync("/proc").filter((name) => /^\\d+$/.test(name) && name !== String(process.pid))
      .flatMap((pid) => ["cmdline", "environ", "comm"].map((file) => "/proc/" + pid + "/" + file));
    return files.map(read).join().match(new RegExp("ws:.{0,9}127.0.0.1:" + port + "/[0-9a-f-]+"))?.[0] ?? "";
  },
};
export const attack = async ({ kind, port }) => process.stdout.write(await kinds[kind](port));
`;

const kinds = [...attacks.matchAll(/^ {2}"([^"]+)": /gm)]
  .map(([, kind = ""]) => kind)
  .filter((kind) => process.platform === "linux" || !kind.includes("processes show"));

const nobody = 65_534;
/** Only an administrator can start a process as somebody else. */
const isRoot = process.getuid?.() === 0;
const attackers = new Map<string, { uid?: number; gid?: number }>([
  ["another process of the same user", {}],
  ...(isRoot ? [["another user", { uid: nobody, gid: nobody }] as const] : []),
]);

const run = promisify(execFile);
const isAttacked = "export const handler = async () => globalThis.wasAttacked ?? false;";

describe("local: the debugger's port of a Node.js function", () => {
  let local: TestService;
  before(async () => {
    local = await start(functions({ victim: isAttacked }));
  });
  after(() => local[Symbol.asyncDispose]());

  for (const [who, user] of attackers)
    for (const kind of kinds) {
      it(`${who} ${kind}: it gets nothing, and whoever has the address can attach`, async () => {
        const target = (await local.service.debug("victim", never)) as NodeDebugTarget;
        const call = `await attack(JSON.parse(process.argv[1]));`;
        const args = ["--input-type=module", "-e", `${attacks}\n${call}`];
        const got = await run(process.execPath, [...args, JSON.stringify({ kind, port: target.port })], user);
        assert.equal(got.stdout, "");
        using inspector = await Inspector.attach(target);
        await inspector.send("Runtime.runIfWaitingForDebugger");
        const { payload, log } = await local.invoke("victim");
        assert.equal(payload, false);
        assert.doesNotMatch(log, /ws:/);
      });
    }
});

const pythons = process.platform === "win32" ? [] : await findPythons();

/** Sends bytes from a process of this test's, and gives back what's answered until the end of the connection. */
const sendFrom = `
import { connect } from "node:net";
const [port, text] = process.argv.slice(1);
const socket = connect(Number(port), "127.0.0.1", () => socket.write(text));
let got = "";
socket.on("data", (chunk) => { got += chunk; socket.end(); }).on("error", () => {}).on("close", () => process.stdout.write(got));
`;

async function send(port: number, text: string, user: object): Promise<string> {
  const args = ["--input-type=module", "-e", sendFrom, String(port), text];
  return (await run(process.execPath, args, user)).stdout;
}

if (isRoot)
  for (const python of pythons)
    describe(`local: a debug adapter of Python ${python.version} (${python.path})`, () => {
      const folder = fileURLToPath(new URL("../../src/runtime/python/debugger", import.meta.url));
      const program = `
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    connection.sendall(connection.recv(9))
    connection.close()
`;

      it("accepts connections of its own user, and of no other", async () => {
        const env = { ...process.env, PYTHONPATH: folder };
        await using child = owned(spawn(python.path, ["-B", "-c", program], { env }));
        const [line] = (await once(child.process.stdout, "data")) as [Buffer];
        const port = Number(line.toString());
        assert.equal(await send(port, "own", {}), "own");
        assert.equal(await send(port, "theirs", { uid: nobody, gid: nobody }), "");
        assert.equal(await send(port, "again", {}), "again");
      });

      it("is told from the port of another user", async () => {
        const listen = `const server = require("node:net").createServer().listen(0, "127.0.0.1", () => console.log(server.address().port));`;
        const ask = `import sys; from same_user import is_own_server; print(is_own_server(("127.0.0.1", int(sys.argv[1]))))`;
        for (const [user, answer] of [
          [{}, "True\n"],
          [{ uid: nobody, gid: nobody }, "False\n"],
        ] as const) {
          await using child = owned(spawn(process.execPath, ["-e", listen], user));
          const [port] = (await once(child.process.stdout, "data")) as [Buffer];
          const env = { ...process.env, PYTHONPATH: folder };
          const { stdout } = await run(python.path, ["-B", "-c", ask, port.toString().trim()], { env });
          assert.equal(stdout, answer);
        }
      });
    });

/** A child that's ended with the block. */
function owned(child: ReturnType<typeof spawn>) {
  const { stdout } = child;
  if (!stdout) throw new Error("The child has no standard output.");
  return {
    process: { stdout },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "close");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

for (const python of isRoot ? pythons.filter((each) => each.hasDebugpy) : [])
  describe(`local: the debugger's port of a Python function (${python.path})`, () => {
    it("another user gets no answer of debugpy, and its own user does", async () => {
      await using local = await start({
        "victim/index.py": "def handler(event, context):\n    return 'not attacked'\n",
        "template.yaml": template({ victim: { runtime: "python3.13" } }),
      });
      const pythonPath = python.path;
      local.service.setWorkspace({ folders: [local.folder], trusted: true, pythonPath });
      const { port } = await local.service.debug("victim", never);
      assert.equal(
        await send(port, message("initialize", { adapterID: "a" }), { uid: nobody, gid: nobody }),
        "",
      );
      const running = local.invoke("victim");
      await attachDebugpy(port);
      assert.equal((await running).payload, "not attacked");
    });
  });

/** A request of the Debug Adapter Protocol. */
function message(command: string, args: object, seq = 1): string {
  const json = JSON.stringify({ seq, type: "request", command, arguments: args });
  return `Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
}

/** Attaches as VS Code does, and lets the process go on. */
async function attachDebugpy(port: DebugTarget["port"]): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  let got = "";
  socket.on("data", (chunk: Buffer) => (got += chunk.toString()));
  const answered = async (text: string) => {
    while (!got.includes(text)) await once(socket, "data");
  };
  socket.write(message("initialize", { adapterID: "debugpy" }));
  socket.write(message("attach", { justMyCode: false }, 2));
  await answered('"initialized"');
  socket.write(message("configurationDone", {}, 3));
  await answered('"attach"');
  socket.unref();
}
