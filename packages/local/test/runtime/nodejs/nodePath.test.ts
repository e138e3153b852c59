import assert from "node:assert/strict";
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { cannotRunId } from "../../../src/contract/state.ts";
import type { LocalWorkspace } from "../../../src/contract/workspace.ts";
import { functions, never, refusal, type Declared, type TestService } from "../../workspace.ts";
import { machineWith } from "./machineNodes.ts";

const says =
  "export const handler = async () => [process.versions.node, process.env.ELECTRON_RUN_AS_NODE ?? 'unset'];";

/** A workspace with a function of each of these runtimes, by name, which says on what it runs. */
function workspace(runtimes: Readonly<Record<string, string>>) {
  const names = Object.keys(runtimes);
  const declared = Object.entries(runtimes).map(([name, runtime]): [string, Declared] => [name, { runtime }]);
  return functions(Object.fromEntries(names.map((name) => [name, says])), Object.fromEntries(declared));
}

/** The version on which a function ran, as it says itself and as its log does. */
async function runOn(local: TestService, name: string): Promise<[unknown, string | undefined]> {
  const { payload, log } = await local.invoke(name);
  const [, version] = /^INIT_START Runtime Version: (.*) for nodejs\d+\.x$/m.exec(log) ?? [];
  return [(payload as string[])[0], version];
}

/** Sends the workspace again, and waits until the service has it. */
async function send(local: TestService, more: Partial<LocalWorkspace> = {}): Promise<void> {
  local.service.setWorkspace({ folders: [local.folder], trusted: true, ...more });
  // The service takes messages in their order.
  await assert.rejects(local.service.debug("nothing", never));
}

const own = process.versions.node;
const ownMajor = `nodejs${Number.parseInt(own, 10)}.x`;

// The stand-ins are scripts, which Windows can't start.
const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("local: the Node.js that runs functions", () => {
  it("is the nearest to each function's runtime, of PATH and of the version managers", async () => {
    await using machine = await machineWith({
      "bin/node": { node: "26.3.0" },
      "home/.nvm/versions/node/v22.16.0/bin/node": { node: "22.16.0" },
      "home/.volta/tools/image/node/24.1.0/bin/node": { node: "24.1.0" },
      "home/.local/share/fnm/node-versions/v20.1.0/installation/bin/node": { node: "20.1.0" },
    });
    await using local = await machine.start(
      workspace({ a: "nodejs20.x", b: "nodejs22.x", c: "nodejs24.x", d: "nodejs26.x" }),
    );
    assert.deepEqual(await runOn(local, "a"), ["22.16.0", "node 22.16.0"]);
    assert.deepEqual(await runOn(local, "b"), ["22.16.0", "node 22.16.0"]);
    assert.deepEqual(await runOn(local, "c"), ["24.1.0", "node 24.1.0"]);
    assert.deepEqual(await runOn(local, "d"), ["26.3.0", "node 26.3.0"]);
  });

  it("is the service's own where that's the nearest, unless it's Electron", async () => {
    await using machine = await machineWith({ "bin/node": { node: "99.1.0" } });
    await using local = await machine.start(workspace({ f: ownMajor }));
    assert.deepEqual(await runOn(local, "f"), [own, `node ${own}`]);
  });

  it("is a real one rather than Electron, whatever their versions", async () => {
    await using machine = await machineWith({ electron: { node: "24.4.0", electron: "40.1.0" } });
    await mkdir(join(machine.folder, "bin"));
    await symlink(process.execPath, join(machine.folder, "bin", "node"));
    await using local = await machine.start(
      workspace({ old: "nodejs18.x", f: "nodejs24.x", young: "nodejs98.x" }),
      {
        executable: join(machine.folder, "electron"),
      },
    );
    for (const name of ["old", "f", "young"])
      assert.deepEqual(await runOn(local, name), [own, `node ${own}`]);
    assert.deepEqual((await local.invoke("f")).payload, [own, "unset"]);
  });

  it("is Electron where no other runs, and the log says so", async () => {
    await using machine = await machineWith({
      electron: { node: "24.4.0", electron: "40.1.0" },
      "home/.nvm/versions/node/v20.1.0/bin/node": { node: "20.1.0" },
    });
    const failing = {
      node: "exit 1",
      "nodejs/node": "echo not JSON",
      "other/node": "echo 1",
      "third/node": "echo null",
    };
    for (const [path, command] of Object.entries(failing)) {
      const file = join(machine.folder, "bin", path);
      await mkdir(join(file, ".."), { recursive: true });
      await writeFile(file, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
    }
    const bin = join(machine.folder, "bin");
    const env = {
      ...machine.env,
      PATH: ["", "nodejs", "other", "third"].map((each) => join(bin, each)).join(":"),
    };
    const json = ["LoggingConfig:", "  LogFormat: JSON"];
    const declared = { f: { runtime: "nodejs22.x" }, json: { runtime: "nodejs24.x", more: json } };
    await using local = await machine.start(functions({ f: says, json: says }, declared), {
      executable: join(machine.folder, "electron"),
      env,
    });
    assert.deepEqual(await runOn(local, "f"), ["24.4.0", "node 24.4.0 of Electron 40.1.0"]);
    const { payload, log } = await local.invoke("json");
    assert.deepEqual(payload, ["24.4.0", "1"]);
    const [first = ""] = log.split("\n");
    const { record } = JSON.parse(first) as { record: { runtimeVersion: string } };
    assert.equal(record.runtimeVersion, "node 24.4.0 of Electron 40.1.0 for nodejs24.x");
  });

  it("is the one of the setting, whatever else is there, and processes of another are replaced", async () => {
    await using machine = await machineWith({
      "bin/node": { node: "24.1.0" },
      "mine/node": { node: "22.16.0" },
      electron: { node: "24.4.0", electron: "40.1.0" },
    });
    await using local = await machine.start(workspace({ f: "nodejs24.x" }));
    assert.deepEqual(await runOn(local, "f"), ["24.1.0", "node 24.1.0"]);
    await send(local, { nodePath: join(machine.folder, "mine", "node") });
    assert.deepEqual(await runOn(local, "f"), ["22.16.0", "node 22.16.0"]);
    await send(local, { nodePath: join(machine.folder, "electron") });
    assert.deepEqual(await runOn(local, "f"), ["24.4.0", "node 24.4.0 of Electron 40.1.0"]);
    await send(local);
    assert.deepEqual(await runOn(local, "f"), ["24.1.0", "node 24.1.0"]);
  });

  it("replaces processes when its file becomes another version", async () => {
    await using machine = await machineWith({ "mine/node": { node: "22.16.0" } });
    const nodePath = join(machine.folder, "mine", "node");
    await using local = await machine.start(workspace({ f: "nodejs24.x" }));
    await send(local, { nodePath });
    assert.deepEqual(await runOn(local, "f"), ["22.16.0", "node 22.16.0"]);
    await machine.add({ "mine/node": { node: "24.15.0" } });
    assert.deepEqual(await runOn(local, "f"), ["24.15.0", "node 24.15.0"]);
  });

  it("is found when it's installed later, once the workspace is sent again", async () => {
    await using machine = await machineWith({ electron: { node: "24.4.0", electron: "40.1.0" } });
    await using local = await machine.start(workspace({ f: "nodejs22.x" }), {
      executable: join(machine.folder, "electron"),
    });
    assert.deepEqual(await runOn(local, "f"), ["24.4.0", "node 24.4.0 of Electron 40.1.0"]);
    await machine.add({ "home/.nvm/versions/node/v22.16.0/bin/node": { node: "22.16.0" } });
    await send(local);
    assert.deepEqual(await runOn(local, "f"), ["22.16.0", "node 22.16.0"]);
  });

  it("is asked for its version once, not by each function or start", async () => {
    await using machine = await machineWith({ "bin/node": { node: "24.1.0" } });
    await using local = await machine.start(
      workspace({ a: "nodejs24.x", b: "nodejs24.x", c: "nodejs22.x", d: "nodejs18.x" }),
    );
    await Promise.all(["a", "b", "c", "d"].map((name) => local.invoke(name)));
    await local.write({ "a/index.mjs": `${says}\n` });
    await local.invoke("a");
    assert.equal(await readFile(join(machine.folder, "bin", "node.asked"), "utf8"), "asked\n");
  });

  it("isn't asked or run where the workspace isn't trusted", async () => {
    await using machine = await machineWith({
      "bin/node": { node: "24.1.0" },
      "mine/node": { node: "24.2.0" },
    });
    const untrusted = { trusted: false, nodePath: join(machine.folder, "mine", "node") };
    await using local = await machine.start(workspace({ f: "nodejs24.x" }), {
      workspace: { folders: [], ...untrusted },
    });
    await send(local, untrusted);
    const { name } = await refusal(local.invoke("f"));
    assert.equal(name, "ResourceNotFoundException");
    for (const path of ["bin", "mine"])
      assert.ok(!existsSync(join(machine.folder, path, "node.asked")), `${path}/node was asked`);
  });
});

onPosix("local: a setting that can't run functions", () => {
  const check =
    "Check the path of Node.js: lambdaInvoke.local.nodePath in Settings, or --node on the command line.";
  const cases: [what: string, path: string, text: (path: string) => string][] = [
    ["a file that isn't there", "mine/nowhere", (path) => `${path} isn't a Node.js that runs.`],
    ["a folder", "mine", (path) => `${path} isn't a Node.js that runs.`],
    ["a file that isn't executable", "mine/text", (path) => `${path} isn't a Node.js that runs.`],
    ["another program", "mine/echo", (path) => `${path} isn't a Node.js that runs.`],
    ["a program that only behaves like one", "mine/bun", (path) => `${path} isn't a Node.js that runs.`],
    [
      "an old Node.js",
      "mine/node",
      (path) => `${path} is Node.js 20.19.1, and functions need 22.15 or newer (of 23: 23.5).`,
    ],
  ];

  for (const [what, path, text] of cases) {
    it(`is reported, and nothing runs in its place: ${what}`, async () => {
      await using machine = await machineWith({
        "bin/node": { node: "24.1.0" },
        "mine/node": { node: "20.19.1" },
        "mine/bun": { node: "24.3.0", bun: "1.3.0" },
      });
      await writeFile(join(machine.folder, "mine", "text"), "node\n");
      await writeFile(join(machine.folder, "mine", "echo"), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
      const nodePath = join(machine.folder, path);
      await using local = await machine.start(workspace({ f: "nodejs24.x" }));
      await send(local, { nodePath });
      const message = `f: ${text(nodePath)} ${check}`;
      const { name, message: refused } = await refusal(local.invoke("f"));
      assert.deepEqual([name, refused], ["InvalidRuntimeException", message]);
      const { problems } = await local.state((state) => state.problems.length > 0);
      assert.deepEqual(
        problems.map(({ id, subject, text: said }) => [id, `${subject}: ${said}`]),
        [[cannotRunId("f"), message]],
      );
    });
  }

  it("is reported where it isn't an absolute path, and is never looked for in the workspace", async () => {
    await using machine = await machineWith({ "bin/node": { node: "24.1.0" } });
    await using local = await machine.start({
      ...workspace({ f: "nodejs24.x" }),
      "bin/node": "#!/bin/sh\ntouch ran\n",
    });
    await chmod(join(local.folder, "bin", "node"), 0o755);
    for (const nodePath of ["node", "bin/node", "./bin/node", "~/bin/node"]) {
      await send(local, { nodePath });
      const { message } = await refusal(local.invoke("f"));
      assert.equal(message, `f: ${nodePath} isn't an absolute path of a Node.js. ${check}`);
    }
  });

  it("is reported until the file is a Node.js executable", async () => {
    await using machine = await machineWith({});
    const nodePath = join(machine.folder, "mine", "node");
    await using local = await machine.start(workspace({ f: "nodejs24.x" }));
    await send(local, { nodePath });
    await local.state(({ problems }) => problems.length > 0);
    await machine.add({ "mine/node": { node: "24.1.0" } });
    assert.deepEqual(await runOn(local, "f"), ["24.1.0", "node 24.1.0"]);
    await local.state(({ problems }) => problems.length === 0);
  });
});
