import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { handler, open, sam } from "../workspaceFolder.ts";
import { zip, type ZipEntry } from "../zip.ts";

const template = sam({ Fn: ["CodeUri: code.zip"] });
const whole = zip([{ name: "index.js", content: handler }]);

describe("local: code in a zip file", () => {
  it("is unpacked with folders and executables", async () => {
    const code = zip([
      { name: "index.js", content: handler },
      { name: "node_modules/", mode: 0o040755 },
      { name: "node_modules/a/index.js", content: "module.exports = 1;" },
      { name: "bin/run", content: "#!/bin/sh\n", mode: 0o100755 },
    ]);
    await using workspace = await open({ "template.yaml": template, "code.zip": code });
    const { fn } = await workspace.entry("Fn");
    assert.deepEqual(await workspace.messages(), []);
    assert.equal(readFileSync(join(fn.codeRoot, "index.js"), "utf8"), handler);
    assert.equal(readFileSync(join(fn.codeRoot, "node_modules/a/index.js"), "utf8"), "module.exports = 1;");
    if (process.platform !== "win32") {
      assert.equal(statSync(join(fn.codeRoot, "bin/run")).mode & 0o777, 0o755);
      assert.equal(statSync(join(fn.codeRoot, "index.js")).mode & 0o111, 0);
    }
  });

  it("is unpacked once for all functions, and again when it changes or appears later", async () => {
    const both = sam({ A: ["CodeUri: code.zip"], B: ["CodeUri: code.zip"] });
    await using workspace = await open({ "template.yaml": both });
    assert.equal((await workspace.messages()).length, 2);
    await workspace.write({ "code.zip": whole });
    const first = await workspace.entry("A");
    assert.deepEqual(await workspace.messages(), []);
    assert.equal((await workspace.entry("B")).fn.codeRoot, first.fn.codeRoot);
    await workspace.write({ "code.zip": zip([{ name: "index.js", content: "// new\n" }]) });
    const second = await workspace.entry("A");
    assert.notEqual(second.revision, first.revision);
    assert.equal(readFileSync(join(second.fn.codeRoot, "index.js"), "utf8"), "// new\n");
    assert.ok(existsSync(first.fn.codeRoot), "a warm sandbox may still read the old one");
    await workspace.write({ "code.zip": zip([{ name: "index.js", content: "// newer\n\n" }]) });
    await workspace.entry("A");
    assert.equal((await readdir(join(first.fn.codeRoot, ".."))).length, 2);
  });

  it("is deleted when the service ends", async () => {
    await using workspace = await open({
      "template.yaml": `${template}${sam({ Inline: ["InlineCode: 'exports.handler = 1;'"] }).replace("Resources:\n", "")}`,
      "code.zip": whole,
    });
    assert.deepEqual(await workspace.names(), ["Fn", "Inline"]);
    assert.equal((await readdir(workspace.temp)).length, 1);
    workspace.end();
    assert.ok(!existsSync(workspace.temp));
  });

  const refused: Readonly<Record<string, [ZipEntry[] | string, RegExp]>> = {
    "an entry that climbs out": [[{ name: "a/../../evil.js", content: "x" }], /relative path|outside/],
    "an entry with an absolute path": [[{ name: "/tmp/evil.js", content: "x" }], /absolute path|outside/],
    "an entry that climbs out in Windows' way": [
      [{ name: "..\\evil.js", content: "x" }],
      /relative path|outside/,
    ],
    "an entry on a drive of Windows": [[{ name: "C:\\evil.js", content: "x" }], /absolute path|outside/],
    "a link that leads outside": [
      [{ name: "link", content: "../../evil", mode: 0o120777 }],
      /link .* leads outside/,
    ],
    "a link with an absolute target": [
      [{ name: "link", content: "/etc", mode: 0o120777 }],
      /link .* leads outside/,
    ],
    "more content than it declares": [
      [{ name: "a.js", content: "x".repeat(1000), claimedBytes: 10 }],
      /too many bytes|too large/,
    ],
    "more content than Lambda allows": [
      [{ name: "a.js", content: "x", claimedBytes: 251 * 1024 * 1024 }],
      /250 MB/,
    ],
    "a file that isn't an archive": ["not a zip", /end of central directory/i],
    "a file where a folder is": [
      [
        { name: "a", content: "x" },
        { name: "a/b", content: "y" },
      ],
      /./,
    ],
  };
  for (const [what, [content, why]] of Object.entries(refused)) {
    it(`is rejected with ${what}`, async () => {
      const code = typeof content === "string" ? content : zip(content);
      await using workspace = await open({ "template.yaml": template, "code.zip": code });
      const { fn } = await workspace.entry("Fn");
      const [message = "", ...more] = await workspace.messages();
      assert.deepEqual(more, []);
      assert.match(message, /^Fn: The code .*code\.zip can't be unpacked: /);
      assert.match(message, why);
      assert.equal(`Fn: ${fn.cannotRun}`, message);
      assert.ok(
        !existsSync(join(workspace.temp, "evil.js")) && !existsSync(join(workspace.folder, "evil.js")),
      );
      await workspace.write({ "code.zip": whole });
      assert.equal((await workspace.entry("Fn")).fn.cannotRun, undefined);
    });
  }

  it("isn't written through its own links", async function () {
    if (process.platform === "win32") return;
    const code = zip([
      { name: "index.js", content: handler },
      { name: "link", content: "inner", mode: 0o120777 },
      { name: "inner/a.js", content: "a" },
    ]);
    await using workspace = await open({ "template.yaml": template, "code.zip": code });
    const { fn } = await workspace.entry("Fn");
    assert.deepEqual(await workspace.messages(), []);
    assert.equal(readFileSync(join(fn.codeRoot, "link/a.js"), "utf8"), "a");
  });
});

describe("local: a function's code", () => {
  it("can't be a link to outside the workspace unless that's allowed", async () => {
    await using workspace = await open({ "template.yaml": sam({ Fn: ["CodeUri: link/src"] }) });
    await workspace.write({ "../elsewhere/src/index.js": handler });
    await symlink(join(workspace.folder, "../elsewhere"), join(workspace.folder, "link"), "junction");
    workspace.set({});
    assert.match((await workspace.messages())[0] ?? "", /link.src is outside the workspace/);
    workspace.set({ outsideAllowed: true });
    assert.deepEqual(await workspace.messages(), []);
    workspace.set({ folders: [workspace.folder, join(workspace.folder, "../elsewhere")] });
    assert.deepEqual(await workspace.messages(), []);
  });

  it("is the output of `sam build` if the sources have no handler", async () => {
    const lines = ["CodeUri: src", "Handler: bootstrap"];
    const compiled = sam({ Fn: lines })
      .replace("Runtime: nodejs24.x", "Runtime: provided.al2023")
      .replace("      Handler: index.handler\n", "");
    await using workspace = await open({ "template.yaml": compiled, "src/main.rs": "fn main() {}\n" });
    const { fn } = await workspace.entry("Fn");
    assert.equal(fn.codeRoot, join(workspace.folder, "src"));
    await workspace.write({
      ".aws-sam/build/Fn/bootstrap": "#!/bin/sh\n",
      ".aws-sam/build/template.yaml": compiled,
    });
    assert.equal((await workspace.entry("Fn")).fn.codeRoot, join(workspace.folder, ".aws-sam/build/Fn"));
    await workspace.write({ "src/bootstrap": "#!/bin/sh\n", "template.yaml": `${compiled}\n` });
    assert.equal((await workspace.entry("Fn")).fn.codeRoot, join(workspace.folder, "src"));
  });

  it("uses the output of `sam build` for a layer that SAM builds", async () => {
    const layer = [
      "  Tools:",
      "    Type: AWS::Serverless::LayerVersion",
      "    Metadata: { BuildMethod: nodejs24.x }",
      "    Properties: { ContentUri: tools }",
      "",
    ].join("\n");
    const text = sam({ Fn: ["CodeUri: src", "Layers: [!Ref Tools]"] }) + layer;
    await using workspace = await open({
      "template.yaml": text,
      "src/index.js": handler,
      "tools/package.json": "{}",
    });
    assert.deepEqual((await workspace.entry("Fn")).fn.layers, [join(workspace.folder, "tools")]);
    await workspace.write({
      ".aws-sam/build/Tools/nodejs/package.json": "{}",
      ".aws-sam/build/template.yaml": text,
    });
    assert.deepEqual((await workspace.entry("Fn")).fn.layers, [
      join(workspace.folder, ".aws-sam/build/Tools"),
    ]);
  });
});
