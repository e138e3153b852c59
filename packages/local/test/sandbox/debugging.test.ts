import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { LocalServiceError } from "../../src/contract/serviceError.ts";
import type { NodeDebugTarget } from "../../src/contract/debugTarget.ts";
import { functions, never, start, type TestService } from "../workspace.ts";
import { Inspector } from "./inspector.ts";
import { pause } from "../pause.ts";

const sources = {
  greet:
    "console.log('loading');\nexport const handler = async (event) => {\n  const greeting = `Hello, ${event.name}!`;\n  return { greeting, pid: process.pid };\n};",
  slow: "export const handler = async (event, context) => {\n  await new Promise((resolve) => setTimeout(resolve, 1500));\n  return context.getRemainingTimeInMillis();\n};",
};
const declared = { greet: { timeout: 1 }, slow: { timeout: 1 } };

/** Starts a Node.js function under a debugger. */
async function debug(local: TestService, name: string, signal = never): Promise<NodeDebugTarget> {
  const target = await local.service.debug(name, signal);
  assert.equal(target.debugger, "node");
  return target;
}

/** Attaches as a debugger does, so that breakpoints apply from the first line on. */
async function attach(target: NodeDebugTarget): Promise<Inspector> {
  const inspector = await Inspector.attach(target);
  await inspector.send("Runtime.enable");
  await inspector.send("Debugger.enable");
  return inspector;
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("local: debugging", () => {
  it("stops at a breakpoint in the handler, for longer than the timeout, and returns", async () => {
    await using local = await start(functions(sources, declared));
    const target = await debug(local, "greet");
    assert.deepEqual([target.localRoot, target.remoteRoot], Array(2).fill(`${local.folder}/greet`));
    assert.ok(target.skipFiles.some((glob) => glob.endsWith("/runtime/nodejs/**")));
    const running = local.invoke("greet", { name: "Ada" });
    using inspector = await attach(target);
    await inspector.send("Debugger.setBreakpointByUrl", { urlRegex: ".*greet/index\\.mjs", lineNumber: 3 });
    await inspector.send("Runtime.runIfWaitingForDebugger");
    const { callFrames } = await inspector.event("Debugger.paused");
    const [{ callFrameId, location }] = callFrames as [
      { callFrameId: string; location: { lineNumber: number } },
    ];
    assert.equal(location.lineNumber, 3);
    const { result } = await inspector.send("Debugger.evaluateOnCallFrame", {
      callFrameId,
      // The timeout of a second passes while nothing of the function runs.
      expression: "for (const end = Date.now() + 1200; Date.now() < end; ); greeting",
    });
    assert.equal((result as { value: string }).value, "Hello, Ada!");
    await inspector.send("Debugger.resume");
    const { error, payload, log } = await running;
    assert.equal(error, undefined);
    assert.equal((payload as { greeting: string }).greeting, "Hello, Ada!");
    assert.doesNotMatch(log, /[Dd]ebugger|nodejs\.org/);
    assert.match(log, /\tloading\n/);
    assert.doesNotMatch(log, /Init Duration/);
  });

  it("serves the next invocation only, in a process that ends with it", async () => {
    await using local = await start(functions(sources, declared));
    const pidOf = async () => ((await local.invoke("greet", {})).payload as { pid: number }).pid;
    const before = await pidOf();
    const target = await debug(local, "greet");
    const running = pidOf();
    assert.equal(await pidOf(), before);
    using inspector = await attach(target);
    await inspector.send("Runtime.runIfWaitingForDebugger");
    const debugged = await running;
    assert.notEqual(debugged, before);
    while (isAlive(debugged)) await pause();
    assert.equal(await pidOf(), before);
  });

  it("suspends the timeout without a breakpoint", async () => {
    await using local = await start(functions(sources, declared));
    const target = await debug(local, "slow");
    using inspector = await attach(target);
    await inspector.send("Runtime.runIfWaitingForDebugger");
    const { error, payload } = await local.invoke("slow");
    assert.equal(error, undefined);
    assert.ok(Number(payload) > 3_600_000);
  });

  it("ends at the signal, before and during the invocation", async () => {
    await using local = await start(functions(sources, declared));
    const early = new AbortController();
    const first = await debug(local, "greet", early.signal);
    early.abort();
    await gone(first);
    assert.equal((await local.invoke("greet", { name: "Ada" })).error, undefined);
    const late = new AbortController();
    const second = await debug(local, "greet", late.signal);
    const running = local.invoke("greet", {});
    using inspector = await attach(second);
    await inspector.send("Debugger.setBreakpointByUrl", { urlRegex: ".*greet/index\\.mjs", lineNumber: 3 });
    await inspector.send("Runtime.runIfWaitingForDebugger");
    await inspector.event("Debugger.paused");
    late.abort();
    const { error, payload } = await running;
    assert.equal(error, "Unhandled");
    assert.match(JSON.stringify(payload), /Runtime\.ExitError.*signal: killed/);
  });

  it("is replaced by a later request for the same function", async () => {
    await using local = await start(functions(sources, declared));
    const first = await debug(local, "greet");
    const second = await debug(local, "greet");
    await gone(first);
    using inspector = await attach(second);
    await inspector.send("Runtime.runIfWaitingForDebugger");
    assert.equal((await local.invoke("greet", { name: "Ada" })).error, undefined);
  });

  it("explains why a function can't be debugged", async () => {
    await using local = await start(functions(sources, { slow: { runtime: "java21" } }));
    for (const [name, sentence] of [
      ["nobody", /^nobody is no longer declared/],
      ["slow", /java21/],
    ] as const) {
      await assert.rejects(local.service.debug(name, never), (error: Error) => {
        assert.ok(error instanceof LocalServiceError);
        assert.match(error.message, sentence);
        return true;
      });
    }
  });
});

/** Resolves when the process no longer listens. */
async function gone(target: NodeDebugTarget): Promise<void> {
  const listens = () =>
    fetch(`http://${target.host}:${target.port}/json/version`).then(
      () => true,
      () => false,
    );
  while (await listens());
}
