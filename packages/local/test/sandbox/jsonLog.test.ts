import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { functions, start } from "../workspace.ts";

const sources = {
  talk: `
    export const handler = async ({ fail, hang, exit }) => {
      console.log("one %s", "two");
      console.debug("quiet");
      if (fail) throw new TypeError(fail);
      if (hang) await new Promise((resolve) => setTimeout(resolve, 9e5));
      if (exit) process.exit(4);
    };`,
};

/** A function whose log is in JSON. */
const inJson = (...levels: string[]) =>
  functions(sources, {
    talk: {
      timeout: 1,
      more: ["LoggingConfig:", "  LogFormat: JSON", ...levels.map((level) => `  ${level}`)],
    },
  });

interface Line {
  type?: string;
  level?: string;
  message?: string;
  record?: Record<string, unknown>;
}

const parse = (log: string) =>
  log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

describe("local: logs in JSON", () => {
  it("have platform records for Lambda's lines, and the function's lines with their level", async () => {
    await using local = await start(inJson());
    const { log, requestId } = await local.invoke("talk", {});
    const lines = parse(log);
    assert.deepEqual(
      lines.map(({ type, level }) => type ?? level),
      ["platform.initStart", "platform.start", "INFO", "DEBUG", "platform.report"],
    );
    const [, begin, said, , report] = lines;
    assert.deepEqual(begin?.record, { requestId, version: "$LATEST" });
    assert.equal(said?.message, "one two");
    const { metrics, ...rest } = report?.record ?? {};
    assert.deepEqual(rest, { requestId, status: "success" });
    const { durationMs, billedDurationMs, memorySizeMB, maxMemoryUsedMB, initDurationMs } = metrics as Record<
      string,
      number
    >;
    assert.equal(memorySizeMB, 128);
    assert.equal(billedDurationMs, Math.ceil((durationMs ?? 0) + (initDurationMs ?? 0)));
    assert.ok(process.platform === "win32" || (maxMemoryUsedMB ?? 0) > 20);
  });

  it("distinguish errors, timeouts and exits by their status", async () => {
    await using local = await start(inJson());
    for (const [event, status, errorType] of [
      [{ fail: "no" }, "error", undefined],
      [{ hang: true }, "timeout", undefined],
      [{ exit: true }, "failure", "Runtime.ExitError"],
    ] as const) {
      const lines = parse((await local.invoke("talk", event)).log);
      const last = lines
        .slice(-2)
        .map(({ type, record }) => [type, record?.["status"], record?.["errorType"]]);
      assert.deepEqual(last, [
        ["platform.runtimeDone", status, errorType],
        ["platform.report", status, errorType],
      ]);
    }
  });

  it("exclude lines below the configured levels", async () => {
    await using local = await start(inJson("ApplicationLogLevel: INFO", "SystemLogLevel: WARN"));
    const { log } = await local.invoke("talk", {});
    assert.deepEqual(
      parse(log).map(({ message }) => message),
      ["one two"],
    );
  });
});
