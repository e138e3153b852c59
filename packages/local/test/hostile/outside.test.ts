import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, before, describe, it } from "mocha";
import { problemMessage, type LocalState } from "../../src/contract/state.ts";
import type { LocalWorkspace } from "../../src/contract/workspace.ts";
import { zip } from "../discovery/zip.ts";
import {
  functions,
  refusal,
  start,
  template,
  writeFiles,
  type Files,
  type TestService,
} from "../workspace.ts";
import { showLongestWait } from "./longestWait.ts";

const returns = (what: string) => `exports.handler = async () => "${what}";`;
const python = "def handler(event, context):\n    return 'outside'\n";

const outsideFiles: Files = {
  "index.js": returns("outside"),
  "index.py": python,
  bootstrap: "#!/bin/sh\nexit 1\n",
  "sub/index.js": returns("outside"),
  "sam/build/fn/index.js": returns("outside"),
  "sam/build/template.yaml": template({ fn: {} }),
  "layer/nodejs/node_modules/leak/index.js": "module.exports = 'outside';",
  "template.yaml": template({ fn: {} }),
  "fn/index.js": returns("outside"),
  ".env": "LEAK=outside",
};

/** A workspace that reaches for code outside of it. */
interface Case {
  what: string;
  files?: Files;
  /** Links: where they are, and what outside they lead to. */
  links?: Readonly<Record<string, string>>;
  settings?: Partial<LocalWorkspace>;
}

const simple = { "template.yaml": template({ fn: {} }) };
const code = { ...simple, "fn/index.js": returns("inside") };
const nested = (location: string) =>
  `Resources:\n  Inner:\n    Type: AWS::Serverless::Application\n    Properties:\n      Location: ${location}\n`;
const withCodeUri = (uri: string) => ({
  "template.yaml": template({ fn: {} }).replace("CodeUri: fn", `CodeUri: ${uri}`),
});
const withHandler = (handler: string, runtime = "nodejs24.x") => ({
  "template.yaml": template({ fn: { handler, runtime } }),
  "fn/other.js": "",
});

/** Each names `OUTSIDE` for the folder, and `UP` for the way there from a folder of the workspace. */
const cases: readonly Case[] = [
  { what: "an absolute handler", files: withHandler("OUTSIDE/index.handler") },
  { what: "a handler above the code", files: withHandler("UP/index.handler") },
  { what: "a handler file that is a link", files: simple, links: { "fn/index.js": "index.js" } },
  {
    what: "a handler in a folder that is a link",
    files: withHandler("lib/index.handler"),
    links: { "fn/lib": "." },
  },
  {
    what: "a Python handler that is a link",
    files: withHandler("index.handler", "python3.13"),
    links: { "fn/index.py": "index.py" },
  },
  {
    what: "a bootstrap that is a link",
    files: withHandler("x", "provided.al2023"),
    links: { "fn/bootstrap": "bootstrap" },
  },
  { what: "an absolute CodeUri", files: withCodeUri("OUTSIDE") },
  { what: "a CodeUri that is a URL of a file", files: withCodeUri("file://OUTSIDE") },
  { what: "a CodeUri above the workspace", files: withCodeUri("UP") },
  { what: "a CodeUri that is a link", files: simple, links: { fn: "." } },
  { what: "a CodeUri below a link", files: withCodeUri("link/sub"), links: { link: "." } },
  { what: "the output of a build that is a link", files: withCodeUri("gone"), links: { ".aws-sam": "sam" } },
  {
    what: "an entry point of a build",
    files: {
      ...code,
      "template.yaml": `${template({ fn: {} })}    Metadata:\n      BuildMethod: esbuild\n      BuildProperties:\n        EntryPoints: [OUTSIDE/index.js]\n`,
    },
  },
  {
    what: "a template that is a link",
    files: { "fn/index.js": returns("outside") },
    links: { "template.yaml": "template.yaml" },
  },
  {
    what: "a nested template that is a link",
    files: { "template.yaml": nested("inner.yaml"), "fn/index.js": returns("outside") },
    links: { "inner.yaml": "template.yaml" },
  },
  { what: "a nested template elsewhere", files: { "template.yaml": nested("OUTSIDE/template.yaml") } },
  {
    what: "a service's function file that is a link",
    files: {
      "serverless.yml":
        "service: a\nprovider:\n  name: aws\n  runtime: nodejs24.x\nfunctions:\n  fn:\n    name: fn\n    handler: lib/index.handler\n",
    },
    links: { lib: "." },
  },
];

// Windows lets only administrators make links to files.
if (process.platform !== "win32")
  describe("local: what a template loads from outside the workspace", () => {
    let local: TestService;
    let outside: string;
    let count = 0;
    before(async () => {
      outside = await realpath(await mkdtemp(join(tmpdir(), "outside-")));
      await writeFiles(outside, outsideFiles);
      await chmod(join(outside, "bootstrap"), 0o755);
      await writeFile(join(outside, "code.zip"), zip([{ name: "index.js", content: returns("outside") }]));
      local = await start({});
    });
    after(async () => {
      await local[Symbol.asyncDispose]();
      await rm(outside, { recursive: true });
    });
    showLongestWait(() => local);

    /** Opens a workspace of its own; gives its folder. */
    async function open({ files = {}, links = {}, settings }: Omit<Case, "what">): Promise<string> {
      count += 1;
      const folder = join(local.folder, `workspace-${count}`);
      const up = relative(join(folder, "fn"), outside);
      const replaced = Object.entries(files).map(([path, text]) => [
        path,
        text
          .replaceAll("OUTSIDE", outside)
          .replaceAll(
            "UP",
            path === "template.yaml" && text.includes("CodeUri: UP") ? relative(folder, outside) : up,
          ),
      ]);
      await writeFiles(folder, Object.fromEntries(replaced) as Files);
      for (const [path, target] of Object.entries(links)) await link(join(folder, path), target);
      local.service.setWorkspace({ folders: [folder], trusted: true, ...settings });
      return folder;
    }

    async function link(path: string, target: string): Promise<void> {
      await mkdir(dirname(path), { recursive: true });
      await symlink(join(outside, target), path);
    }

    /** Whether a row of this workspace says that something is outside. */
    const saysSo = (folder: string) => (state: LocalState) =>
      state.problems.some(
        (problem) =>
          problemMessage(problem).includes("outside the workspace") && problem.place?.file.startsWith(folder),
      );

    for (const { what, ...workspace } of cases) {
      it(`${what}: it doesn't run, and a row says why`, async () => {
        const folder = await open(workspace);
        const { status, message } = await refusal(local.invoke("fn"));
        assert.ok(status !== undefined && status >= 400, message);
        if (!/^a (?:nested|template|handler above)/.test(what)) await local.state(saysSo(folder));
      });
    }

    for (const { what, ...workspace } of cases.filter(({ what }) =>
      /handler file|handler in a|CodeUri|nested/.test(what),
    )) {
      it(`${what}: it runs where that is allowed`, async () => {
        await open({ ...workspace, settings: { outsideAllowed: true } });
        assert.equal((await local.invoke("fn")).payload, "outside");
      });
    }

    const leaks = `exports.handler = async () => {
      try { return require("leak"); } catch { return process.env.LEAK ?? "inside"; }
    };`;

    it("a layer that is a link is ignored", async () => {
      const layers = template({ fn: { more: ["Layers: [!Ref Layer]"] } });
      const layer =
        "  Layer:\n    Type: AWS::Serverless::LayerVersion\n    Properties:\n      ContentUri: layer\n";
      const folder = await open({
        files: { "template.yaml": layers + layer, "fn/index.js": leaks },
        links: { layer: "layer" },
      });
      assert.equal((await local.invoke("fn")).payload, "inside");
      await local.state(saysSo(folder));
    });

    it("a file of environment variables that is a link is ignored", async () => {
      const files = { ...simple, "fn/index.js": leaks };
      const folder = await open({ files, links: { ".env": ".env" }, settings: { envFile: ".env" } });
      assert.equal((await local.invoke("fn")).payload, "inside");
      await local.state(saysSo(folder));
    });

    it("an archive that is a link isn't unpacked", async () => {
      const folder = await open({ files: withCodeUri("code.zip"), links: { "code.zip": "code.zip" } });
      await refusal(local.invoke("fn"));
      await local.state(saysSo(folder));
    });

    it("links in an archive that lead out of it only together: it doesn't run", async () => {
      const folder = await open({ files: withCodeUri("code.zip") });
      const away = `${"../".repeat(12)}${outside.slice(1)}`;
      const steps = away.split("/").filter((step) => step === "..").length;
      const deep = Array.from({ length: steps + 2 }, (_, n) => `d${n}`).join("/");
      const archive = zip([
        { name: `${deep}/keep`, content: "" },
        { name: `${deep}/up`, content: "../".repeat(steps + 2), mode: 0o120777 },
        { name: "index.js", content: `${deep}/up/${away}/index.js`, mode: 0o120777 },
      ]);
      await writeFile(join(folder, "code.zip"), archive);
      const { status } = await refusal(local.invoke("fn"));
      assert.ok(status !== undefined && status >= 400);
    });

    for (const [what, path, target] of [
      ["the handler", "fn/index.js", "index.js"],
      ["the code", "fn", "."],
    ] as const) {
      it(`${what} that becomes a link after it ran: it doesn't run again`, async () => {
        const folder = await open({ files: code });
        assert.equal((await local.invoke("fn")).payload, "inside");
        await rm(join(folder, path), { recursive: true });
        await link(join(folder, path), target);
        const { status, message } = await refusal(local.invoke("fn"));
        assert.ok(status !== undefined && status >= 400, message);
        assert.match(message, /outside the workspace/);
      });
    }

    it("links inside the workspace are followed", async () => {
      const folder = await open({ files: { ...simple, "shared/index.js": returns("inside") } });
      await symlink(join(folder, "shared"), join(folder, "fn"));
      assert.equal((await local.invoke("fn")).payload, "inside");
    });

    it("a workspace folder that is a link itself is inside", async () => {
      const real = await open({ files: functions({}) });
      await writeFiles(real, code);
      const folder = join(local.folder, "linked");
      await symlink(real, folder);
      local.service.setWorkspace({ folders: [folder], trusted: true });
      assert.equal((await local.invoke("fn")).payload, "inside");
    });
  });
