import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type Files, functions, start, template, type TestService, writeFiles } from "../workspace.ts";
import { showLongestWait } from "./longestWait.ts";

/** A workspace that is made to harm who opens it. */
interface Hostile {
  files: Files;
  /** Named pipes: who opens one waits for a writer that never comes. */
  pipes?: readonly string[];
  folders?: readonly string[];
}

const code = { "fn/index.js": "exports.handler = async () => ({ api: process.env.AWS_LAMBDA_RUNTIME_API })" };
const sam = (...more: string[]): Files => ({ "template.yaml": template({ fn: { more } }), ...code });
const yaml = (text: string): Files => ({ ...code, "template.yaml": `${template({ fn: {} })}${text}` });
const deep = 200_000;
const variables = (...lines: string[]): Files =>
  sam("Environment:", "  Variables:", ...lines.map((line) => `    ${line}`));
const serverless = (text: string): Files => ({
  "serverless.yml": `service: a\nprovider:\n  name: aws\n  runtime: nodejs24.x\n${text}\nfunctions:\n  fn:\n    name: fn\n    handler: fn/index.handler\n`,
  ...code,
});
const shell = "$(touch PWNED);`touch PWNED`;touch PWNED#";

const hostile: Readonly<Record<string, Hostile>> = {
  "aliases that multiply": {
    files: yaml(
      `Metadata:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from(
        { length: 12 },
        (_, n) => `  a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(", ")}]\n`,
      ).join("")}`,
    ),
  },
  "an alias of itself": { files: yaml("Metadata: &a\n  b: *a\n") },
  "YAML that is nested without end": {
    files: { ...code, "template.yaml": `Resources: ${"[".repeat(deep)}` },
  },
  "JSON that is nested without end": {
    files: { ...code, "template.json": `{"Resources": ${'{"a":'.repeat(deep)}1${"}".repeat(deep)}}` },
  },
  "tags that other readers run": {
    files: yaml(
      `Metadata:\n  a: !!js/function "function () { require('fs').writeFileSync('PWNED', '') }"\n  b: !!python/object/apply:os.system ["touch PWNED"]\n  c: !ruby/object:Gem::Installer\n    i: x\n`,
    ),
  },
  "names of built-in properties": {
    files: yaml(
      `  __proto__: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: nodejs24.x}}\n  constructor: {Type: AWS::Serverless::Function, Properties: {FunctionName: toString, Handler: a.b, Runtime: __proto__}}\nParameters:\n  __proto__: {Type: String, Default: {isAdmin: true}}\nGlobals: {__proto__: {Function: {Timeout: 1}}}\n`,
    ),
  },
  "a handler that is a shell command": {
    files: { ...code, "template.yaml": template({ fn: { handler: `'${shell}.handler'` } }) },
  },
  "a runtime that is a shell command": {
    files: { ...code, "template.yaml": template({ fn: { runtime: `'python3.13${shell}'` } }) },
  },
  "a place of code that is a shell command": {
    files: { ...code, "template.yaml": template({ fn: {} }).replace("CodeUri: fn", `CodeUri: '${shell}'`) },
  },
  "variables that lead the runtime elsewhere": {
    files: variables("AWS_LAMBDA_RUNTIME_API: evil.example:80", "_HANDLER: other.handler"),
  },
  "variables that no process can have": {
    files: variables('"A=B": c', '"": empty', '"nul": "a\\0b"', `long: "${"x".repeat(300_000)}"`),
  },
  "times and sizes beyond all numbers": {
    files: sam("Timeout: 1e308", "MemorySize: -1e308", "EphemeralStorage: {Size: .inf}"),
  },
  "a name that is a path": { files: sam("FunctionName: ../../../../tmp/PWNED") },
  "a name with a line break": { files: sam('FunctionName: "a\\r\\nx-injected: 1"') },
  "a string that takes long to be searched for variables": {
    files: variables(
      `V: !Sub "${"${".repeat(50_000)}"`,
      `W: !Sub "${"${a".repeat(50_000)}${"}".repeat(50_000)}"`,
    ),
  },
  "variables of a service that are nested without end": {
    files: serverless(`custom:\n  a: "${"${self:custom.".repeat(20_000)}${"}".repeat(20_000)}"`),
  },
  "variables of a service that run code": {
    files: {
      ...serverless("custom:\n  a: ${file(./run.js):a}\n  b: ${file(./run.ts)}"),
      "run.js": "require('fs').writeFileSync(__dirname + '/PWNED', ''); exports.a = 1;",
      "run.ts": "require('fs').writeFileSync(__dirname + '/PWNED', '');",
    },
  },
  "a plug-in of a service": {
    files: {
      ...serverless("plugins:\n  - ./plugin.js"),
      "plugin.js": "require('fs').writeFileSync(__dirname + '/PWNED', '');",
    },
  },
  "bytes that aren't text": {
    files: { ...code, "template.yaml": `Resources:\n\0\u0001\uFFFE${"\0".repeat(10_000)}` },
  },
  "a template that is a pipe": { files: code, pipes: ["template.yaml"] },
  "a template that is a folder": { files: code, folders: ["template.yaml/template.yaml"] },
  "a handler that is a pipe": {
    files: { "template.yaml": template({ fn: {} }) },
    pipes: ["fn/index.js"],
  },
  "a file of packages that is a pipe": { files: sam(), pipes: ["fn/package.json"] },
  "a file of packages that is a pipe, before a build": {
    files: {
      "template.yaml": `${template({ fn: {} })}    Metadata:\n      BuildMethod: esbuild\n      BuildProperties: {EntryPoints: [index.ts]}\n`,
      "fn/index.ts": "export const handler = async () => 1;",
    },
    pipes: ["fn/package.json"],
  },
  "settings of the compiler that are a pipe": {
    files: { "template.yaml": template({ fn: {} }), "fn/index.ts": "export const handler = async () => 1;" },
    pipes: ["fn/tsconfig.json"],
  },
  "an archive that is a pipe": {
    files: { "template.yaml": template({ fn: {} }).replace("CodeUri: fn", "CodeUri: code.zip") },
    pipes: ["code.zip"],
  },
};

describe("local: templates that attack", () => {
  let local: TestService;
  let victim: string;
  before(async () => {
    local = await start({});
    victim = join(local.folder, "victim");
    await writeFiles(victim, functions({ victim: "export const handler = async (event) => event;" }));
  });
  after(() => local[Symbol.asyncDispose]());
  showLongestWait(() => local);

  for (const [number, [what, { files, pipes = [], folders = [] }]] of Object.entries(hostile).entries()) {
    if (process.platform === "win32" && pipes.length > 0) continue;
    it(`${what}: no code runs that isn't a function's, and other functions are served`, async () => {
      const folder = join(local.folder, `hostile-${number}`);
      await writeFiles(folder, files);
      for (const each of folders) await mkdir(join(folder, each), { recursive: true });
      for (const pipe of pipes) {
        await mkdir(dirname(join(folder, pipe)), { recursive: true });
        assert.equal(spawnSync("mkfifo", [join(folder, pipe)]).status, 0);
      }
      local.service.setWorkspace({ folders: [folder, victim], trusted: true });
      assert.deepEqual((await local.invoke("victim", { number })).payload, { number });
      const attempt = local.invoke("fn", {}).catch(() => ({ payload: undefined }));
      // A function whose own code is a pipe waits for it until its time is over: others don't.
      const { payload } = pipes.length > 0 ? { payload: undefined } : await attempt;
      const { api = "127.0.0.1:1" } = (payload ?? {}) as { api?: string };
      assert.match(api, /^127\.0\.0\.1:\d+$/);
      assert.deepEqual((await local.invoke("victim", { number })).payload, { number });
      for (const place of [folder, victim, local.folder, process.cwd(), "/tmp"])
        assert.ok(!existsSync(join(place, "PWNED")), place);
      assert.equal(Object.hasOwn(Object.prototype, "isAdmin"), false);
    });
  }
});
