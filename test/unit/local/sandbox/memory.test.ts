import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { residentKb } from "../../../../src/local/sandbox/memory.ts";
import { functions, start } from "../workspace.ts";

const sources = {
  echo: "export const handler = async (event) => event;",
  service: "export const handler = async () => process.ppid;",
};
const megabyte = 1024 * 1024;

/** The resident memory of a process, in bytes. */
function resident(pid: number): number {
  if (process.platform === "linux") {
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes) * 1024;
  }
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)])) * 1024;
}

describe("local: the service's memory", () => {
  it("does not grow over 100 invocations of 5 MB there and back", async function () {
    this.timeout(120_000);
    // Windows has no `ps`, and what is measured here is the same there.
    if (process.platform === "win32") return this.skip();
    await using local = await start(functions(sources, { echo: { memory: 1024, timeout: 60 } }));
    const pid = Number((await local.invoke("service")).payload);
    const Payload = JSON.stringify("x".repeat(5 * megabyte));
    const sizes: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      const { FunctionError } = await local.lambda.send(new InvokeCommand({ FunctionName: "echo", Payload }));
      assert.equal(FunctionError, undefined);
      sizes.push(resident(pid));
    }
    const [warm, end] = [Math.max(...sizes.slice(20, 40)), Math.max(...sizes.slice(-20))];
    const text = sizes.map((size) => Math.round(size / megabyte)).join(" ");
    assert.ok(end < warm + 64 * megabyte, text);
    assert.ok(end < 400 * megabyte, text);
  });
});

describe("local: a sandbox's memory", () => {
  it("is what the platform tells, or unknown", function () {
    if (process.platform === "win32") return this.skip();
    const own = process.memoryUsage.rss() / 1024;
    const told = residentKb(process.pid, process.platform) ?? 0;
    assert.ok(told > own / 2 && told < own * 4, `${told} of ${own}`);
    assert.equal(residentKb(process.pid, "win32"), undefined);
    assert.equal(residentKb(2 ** 30, process.platform), undefined);
  });
});
