import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { renameSync, writeFileSync, type FSWatcher } from "node:fs";
import { rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { watchOptions, type WatchOptions } from "../../../src/discovery/workspace/folderWatcher.ts";
import { handler, open, sam, type Files, type WorkspaceFolder } from "../workspaceFolder.ts";
import { pause } from "../../pause.ts";

const isLinux = process.platform === "linux";

const files: Files = {
  "template.yaml": sam({ One: ["CodeUri: one"], Two: ["CodeUri: two"] }),
  "one/index.js": handler,
  "one/lib/deep/a.js": "",
  "two/index.js": handler,
};

/** The revision that an invocation runs. */
async function revisionOf(workspace: WorkspaceFolder, name: string): Promise<number> {
  return workspace.catalog.revisionOf(await workspace.entry(name));
}

/** The revision once it's the same for two invocations in a row: not as long as a file has changed in the last moments. */
async function settled(workspace: WorkspaceFolder, name: string): Promise<number> {
  for (;;) {
    const revision = await revisionOf(workspace, name);
    if ((await revisionOf(workspace, name)) === revision) return revision;
    await pause();
  }
}

/** An error of the system, as `watch` throws it. */
function systemError(code: string): Error {
  return Object.assign(new Error(`watch ${code}`), { code, syscall: "watch" });
}

function withWatch(fake: (folder: string) => FSWatcher, more: Partial<WatchOptions> = {}) {
  return { watching: { ...watchOptions, watch: fake as WatchOptions["watch"], ...more } };
}

/** A watcher that reports nothing and fails later. */
class SilentWatcher extends EventEmitter implements FSWatcher {
  constructor(code: string) {
    super();
    setImmediate(() => this.emit("error", systemError(code)));
  }

  close(): void {}

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

const fails = (code: string) => () => {
  throw systemError(code);
};

describe("local: folders that can't be watched", () => {
  const limits: Readonly<Record<string, { host: ReturnType<typeof withWatch>; text: RegExp }>> = {
    "Local's own limit": {
      host: { watching: { ...watchOptions, platform: "linux", maxWatchers: 2 } },
      text: /^Some folders aren't watched\. The workspace has more than 2 folders/,
    },
    "no watches left": { host: withWatch(fails("ENOSPC"), { platform: "linux" }), text: /max_user_watches/ },
    "too many open files": { host: withWatch(fails("EMFILE"), { platform: "linux" }), text: /open files/ },
    "too many open files of the system": {
      host: withWatch(fails("ENFILE"), { platform: "linux" }),
      text: /open files/,
    },
    "no permission": { host: withWatch(fails("EACCES"), { platform: "linux" }), text: /\(EACCES\)/ },
    "a watcher that fails later": {
      host: withWatch(() => new SilentWatcher("EIO"), { platform: "linux" }),
      text: /\(EIO\)/,
    },
    "no recursive watcher": { host: withWatch(fails("EMFILE"), { platform: "darwin" }), text: /open files/ },
    "a recursive watcher that fails later": {
      host: withWatch(() => new SilentWatcher("EPERM"), { platform: "win32" }),
      text: /\(EPERM\)/,
    },
  };
  for (const [what, { host, text }] of Object.entries(limits)) {
    it(`never run old code: ${what}`, async () => {
      await using workspace = await open(files, {}, host);
      const isTold = async () => text.test((await workspace.messages()).join("\n"));
      // A watcher that fails later is told at the next change.
      for (let n = 0; !(await isTold()); n += 1)
        await workspace.write({ "template.yaml": `${String(files["template.yaml"])}# ${n}\n` });
      for (const path of ["one/lib/deep/a.js", "one/index.js", "one/new/b.js"]) {
        const [one, two] = [await settled(workspace, "One"), await settled(workspace, "Two")];
        await workspace.write({ [path]: `// changed ${path}\n` });
        assert.notEqual(await revisionOf(workspace, "One"), one, path);
        assert.equal(await revisionOf(workspace, "Two"), two, path);
      }
      assert.ok(await isTold());
    });

    it(`are searched for new templates: ${what}`, async () => {
      await using workspace = await open(files, {}, host);
      await workspace.entries();
      await workspace.write({ "one/lib/template.yaml": sam({ Three: ["CodeUri: ."] }) });
      while (!(await workspace.names()).includes("Three")) await pause();
      await workspace.write({ "deep/down/template.yaml": sam({ Four: ["CodeUri: ."] }) });
      while (!(await workspace.names()).includes("Four")) await pause();
    });
  }

  it("aren't reported where there's nothing to do: all are watched", async () => {
    await using workspace = await open(files);
    assert.deepEqual(await workspace.messages(), []);
    assert.equal(await settled(workspace, "One"), (await workspace.entry("One")).revision);
  });

  it("run new code of a function that has too many files to compare", async () => {
    await using workspace = await open(files, {}, withWatch(fails("ENOSPC")));
    for (let n = 0; n <= 10_000; n += 1) writeFileSync(join(workspace.folder, "one", `${n}.js`), "");
    const first = await revisionOf(workspace, "One");
    assert.notEqual(await revisionOf(workspace, "One"), first);
    assert.equal(await settled(workspace, "Two"), await settled(workspace, "Two"));
  });
});

describe("local: watching", () => {
  it("misses nothing when more changes at a time than the system can report", async () => {
    await using workspace = await open({ ...files, "noise/1.txt": "" });
    const one = (await workspace.entry("One")).revision;
    const at = (path: string) => join(workspace.folder, path);
    // The event loop waits meanwhile, so nothing is taken from the queue.
    for (let n = 0; n < 5000; n += 1) {
      renameSync(at("noise/1.txt"), at("noise/2.txt"));
      renameSync(at("noise/2.txt"), at("noise/1.txt"));
    }
    writeFileSync(at("one/lib/deep/a.js"), "// changed\n");
    const template = sam({ One: ["CodeUri: one"], Other: ["CodeUri: two"] });
    writeFileSync(at("template.yaml"), template);
    writeFileSync(at("noise/template.yaml"), sam({ Third: ["CodeUri: ."] }));
    const isKnown = async () => (await workspace.entry("One")).revision !== one;
    if (isLinux) assert.ok(await isKnown());
    // Elsewhere, watchers may be late.
    while (!(await isKnown())) await pause();
    while ((await workspace.names()).length < 3) await pause();
    assert.deepEqual(await workspace.names(), ["One", "Other", "Third"]);
  });

  it("finds the workspace folder again after it was moved away and back", async () => {
    await using workspace = await open(files);
    for (const step of [1, 2, 3]) {
      assert.deepEqual(await workspace.names(), ["One", "Two"]);
      const away = `${workspace.folder}-away`;
      await rename(workspace.folder, away);
      if (step > 1) assert.deepEqual(await workspace.names(), []);
      await rename(away, workspace.folder);
      assert.deepEqual(await workspace.names(), ["One", "Two"]);
    }
    assert.deepEqual(await workspace.messages(), []);
    const one = (await workspace.entry("One")).revision;
    await workspace.write({ "one/lib/deep/a.js": "// changed\n" });
    while ((await workspace.entry("One")).revision === one) await pause();
  });

  it("follows code and layers that are links to folders of the workspace", async () => {
    const linked = sam({ One: ["CodeUri: linked", "Layers: [!Ref Shared]"] });
    const layer = "  Shared: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layer } }\n";
    await using workspace = await open({
      "real/index.js": handler,
      "real/lib/a.js": "",
      ".layers/shared/nodejs/b.js": "",
    });
    const at = (path: string) => join(workspace.folder, path);
    await symlink(at("real"), at("linked"), "junction");
    await symlink(at(".layers/shared"), at("layer"), "junction");
    await workspace.write({ "template.yaml": linked + layer });
    while (!(await workspace.names()).includes("One")) await pause();
    for (const path of ["real/lib/a.js", "real/index.js", ".layers/shared/nodejs/b.js"]) {
      const one = (await workspace.entry("One")).revision;
      await workspace.write({ [path]: "// changed\n" });
      while ((await workspace.entry("One")).revision === one) await pause();
    }
  });
});
