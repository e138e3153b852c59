import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { functions, start, type Declared, type Files, type TestService } from "./workspace.ts";

const sources = {
  throws:
    "class OrderError extends Error { name = 'OrderError' }\nexport const handler = async () => { throw new OrderError('no items'); };",
  throwsText: "export const handler = async () => { throw 'just text'; };",
  throwsLater:
    "export const handler = () => new Promise(() => setTimeout(() => { throw new RangeError('from a timer'); }, 5));",
  rejectsLater:
    "export const handler = () => new Promise(() => { Promise.reject(new RangeError('nobody catches')); });",
  exits: "export const handler = async ({ code }) => process.exit(code);",
  killed:
    "export const handler = async () => { console.log('going'); process.kill(process.pid, 'SIGKILL'); await new Promise(() => setTimeout(() => {}, 9e5)); };",
  hangs:
    "export const handler = async () => { console.log('waiting'); await new Promise((resolve) => setTimeout(resolve, 9e5)); };",
  spins: "export const handler = async () => { console.log('spinning'); for (;;); };",
  grows:
    "export const handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)); };",
  syntax: "export const handler = async () => {",
  missingModule: "import 'not-installed';\nexport const handler = async () => 1;",
  missingExport: "export const other = async () => 1;",
  throwsOnLoad: "throw new TypeError('no configuration');",
  exitsOnLoad: "process.exit(3);",
  circular: "export const handler = async () => { const a = {}; a.a = a; return a; };",
  bigint: "export const handler = async () => 1n;",
  nothing: "export const handler = async () => {};",
  streams:
    "export const handler = awslambda.streamifyResponse(async (event, out) => { out.write('[1'); out.write(',2]'); out.end(); });",
};

interface Thrown {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

function declare(runtime: string): Record<string, Declared> {
  const each = Object.keys(sources).map((name): [string, Declared] => [name, { runtime, timeout: 60 }]);
  return {
    ...Object.fromEntries(each),
    hangs: { runtime, timeout: 1 },
    spins: { runtime, timeout: 1 },
    grows: { runtime, timeout: 60 },
  };
}

for (const runtime of ["nodejs20.x", "nodejs22.x", "nodejs24.x"]) {
  describe(`local: the outcome of an invocation (${runtime})`, () => {
    let local: TestService;
    before(async () => {
      local = await start(functions(sources, declare(runtime)));
    });
    after(() => local[Symbol.asyncDispose]());

    const fail = async (name: string, payload: unknown = {}) => {
      const result = await local.invoke(name, payload);
      assert.equal(result.status, 200);
      assert.equal(result.error, "Unhandled");
      return { ...result, thrown: result.payload as Thrown };
    };

    it("is an error with its type, message and stack, as the runtime client sends it", async () => {
      const { thrown, log, requestId } = await fail("throws");
      assert.deepEqual([thrown.errorType, thrown.errorMessage], ["OrderError", "no items"]);
      assert.match(thrown.trace?.[1] ?? "", /throws\/index\.mjs:2:\d+\)$/);
      assert.match(log, new RegExp(`\t${requestId}\tERROR\tInvoke Error \t\\{"errorType":"OrderError"`));
      assert.match(log, /^REPORT .*MB\t[^\n]*$/m);
    });

    it("keeps the sandbox after an error of the function", async () => {
      await fail("throws");
      assert.doesNotMatch((await fail("throws")).log, /Init Duration/);
    });

    it("is an error with the string if a string is thrown", async () => {
      const { thrown } = await fail("throwsText");
      assert.deepEqual([thrown.errorType, thrown.errorMessage], ["string", "just text"]);
    });

    it("is an error with the exit status", async () => {
      const { thrown, log, requestId } = await fail("exits", { code: 7 });
      assert.equal(thrown.errorType, "Runtime.ExitError");
      assert.equal(
        thrown.errorMessage,
        `RequestId: ${requestId} Error: Runtime exited with error: exit status 7`,
      );
      assert.match(log, /Status: error\tError Type: Runtime\.ExitError\t\n$/);
      if (process.platform === "linux") assert.match(log, /\tMax Memory Used: \d+ MB\t/);
      const silent = await fail("exits", { code: 0 });
      assert.match(silent.thrown.errorMessage, /Runtime exited without providing a reason$/);
    });

    it("is an error with the signal", async () => {
      const { thrown, log } = await fail("killed");
      assert.match(thrown.errorMessage, /Runtime exited with error: signal: killed$/);
      assert.match(log, /INFO\tgoing\n/);
    });

    it("is unaffected by an earlier sandbox that ended", async () => {
      await fail("exits", { code: 1 });
      assert.match((await fail("exits", { code: 1 })).log, /Init Duration/);
    });

    for (const [name, line] of [
      ["hangs", "waiting"],
      ["spins", "spinning"],
    ] as const) {
      it(`ends a function that ${name} at its timeout`, async () => {
        const { thrown, log, requestId } = await fail(name);
        assert.equal(thrown.errorType, "Sandbox.Timedout");
        assert.equal(thrown.errorMessage, `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`);
        assert.match(
          log,
          new RegExp(`INFO\t${line}\n.*Z ${requestId} Task timed out after 1.00 seconds\n\nEND`),
        );
        const [, durationMs] = /Duration: (\d+\.\d\d) ms\tBilled.*Status: timeout\t\n$/.exec(log) ?? [];
        assert.ok(Number(durationMs) >= 1000, log);
      });
    }

    it("ends a function that exceeds its memory", async () => {
      const { thrown, log } = await fail("grows");
      assert.equal(thrown.errorType, "Runtime.ExitError");
      assert.match(log, /heap out of memory/);
    });

    it("is the error that keeps the code from loading", async () => {
      assert.equal((await fail("syntax")).thrown.errorType, "Runtime.UserCodeSyntaxError");
      assert.match((await fail("missingModule")).thrown.errorMessage, /Cannot find package 'not-installed'/);
      const { thrown } = await fail("missingExport");
      assert.deepEqual(
        [thrown.errorType, thrown.errorMessage],
        ["Runtime.HandlerNotFound", "index.handler is undefined or not exported"],
      );
      assert.deepEqual((await fail("throwsOnLoad")).thrown.errorType, "TypeError");
      assert.match((await fail("exitsOnLoad")).thrown.errorMessage, /exit status 3$/);
    });

    it("tries to load the code again with the next invocation", async () => {
      await fail("throwsOnLoad");
      assert.match((await fail("throwsOnLoad")).log, /^INIT_START/);
    });

    it("reports a response that isn't JSON", async () => {
      assert.match((await fail("circular")).thrown.errorMessage, /Unable to stringify response body/);
      assert.match((await fail("bigint")).thrown.errorMessage, /Unable to stringify response body/);
    });

    it("is null if a function returns nothing", async () => {
      assert.equal((await local.invoke("nothing")).payload, null);
    });

    it("is the complete streamed response", async () => {
      assert.deepEqual((await local.invoke("streams")).payload, [1, 2]);
    });

    it("is an uncaught error", async () => {
      for (const name of ["throwsLater", "rejectsLater"]) {
        const { thrown } = await fail(name);
        assert.match(
          `${thrown.errorType} ${thrown.errorMessage}`,
          /RangeError|Runtime\.UnhandledPromiseRejection|Runtime\.ExitError/,
        );
        assert.match((await fail(name)).log, /Init Duration/);
      }
    });
  });
}

const callbacks = {
  "classic/index.cjs":
    "exports.handler = (event, context, callback) => { setTimeout(() => console.log('later'), 20); callback(null, 'called'); };",
  "failing/index.cjs":
    "exports.handler = (event, context, callback) => callback(new RangeError('by callback'));",
  "succeed/index.cjs": "exports.handler = (event, context) => context.succeed('succeeded');",
  "hasty/index.cjs":
    "exports.handler = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 9e5); callback(null, 'at once'); };",
  "leaving/index.cjs":
    "exports.handler = ({ length }, context) => { context.succeed('x'.repeat(length)); process.exit(0); };",
};

function classic(runtime: string): Files {
  const names = Object.keys(callbacks).map((path) => path.replace("/index.cjs", ""));
  const lines = names.flatMap((name) => [
    `  ${name}:`,
    "    Type: AWS::Serverless::Function",
    `    Properties: { CodeUri: ${name}, Handler: index.handler, Runtime: ${runtime} }`,
  ]);
  return { "template.yaml": ["Resources:", ...lines].join("\n"), ...callbacks };
}

describe("local: handlers with a callback", () => {
  for (const runtime of ["nodejs16.x", "nodejs20.x", "nodejs22.x"]) {
    it(`work up to nodejs22.x (${runtime})`, async () => {
      await using local = await start(classic(runtime));
      const waited = await local.invoke("classic");
      assert.equal(waited.payload, "called");
      assert.match(waited.log, /\tlater\n/);
      assert.equal(((await local.invoke("failing")).payload as Thrown).errorMessage, "by callback");
      assert.equal((await local.invoke("succeed")).payload, "succeeded");
      assert.equal((await local.invoke("hasty")).payload, "at once");
      // The response was sent before the process ended, so it's complete.
      for (const length of [1, 5_000_000]) {
        assert.equal(String((await local.invoke("leaving", { length })).payload).length, length);
      }
    });
  }

  it("are refused from nodejs24.x on, as in Lambda", async () => {
    await using local = await start(classic("nodejs24.x"));
    const { error, payload } = await local.invoke("classic");
    assert.equal(error, "Unhandled");
    assert.equal((payload as Thrown).errorType, "Runtime.CallbackHandlerDeprecated");
  });
});

describe("local: the handler's file", () => {
  const properties = (name: string, handler: string) => [
    `  ${name}:`,
    "    Type: AWS::Serverless::Function",
    `    Properties: { CodeUri: ., Handler: ${handler}, Runtime: nodejs22.x }`,
  ];
  const files = {
    "template.yaml": [
      "Resources:",
      ...properties("nested", "src/deep/app.api.get"),
      ...properties("typed", "typed/index.handler"),
      ...properties("script", "script/index.handler"),
      ...properties("plain", "script/plain.handler"),
    ].join("\n"),
    "src/deep/app.cjs": "exports.api = { get: async () => 'nested' };",
    "typed/package.json": '{ "type": "module" }',
    "typed/index.js": "export const handler = async () => import.meta.url;",
    "script/index.js": "exports.handler = async () => __filename;",
    "script/plain.mjs":
      "const { default: it } = await import('./index.js'); export const handler = it.handler;",
  };

  it("is found in subfolders, as CommonJS and as a module", async () => {
    await using local = await start(files);
    assert.equal((await local.invoke("nested")).payload, "nested");
    assert.match(String((await local.invoke("typed")).payload), /^file:.*typed\/index\.js$/);
    assert.match(String((await local.invoke("script")).payload), /script\/index\.js$/);
    assert.match(String((await local.invoke("plain")).payload), /script\/index\.js$/);
  });
});
