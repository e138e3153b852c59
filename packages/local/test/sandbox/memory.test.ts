import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { times } from "../../../../tools/testing/variation.ts";
import { residentKb } from "../../src/sandbox/memory.ts";
import { functions, start } from "../workspace.ts";

const sources = {
  echo: "export const handler = async (event) => event;",
  service: "export const handler = async () => process.ppid;",
  flood:
    "import { writeSync } from 'node:fs';\nconst text = 'x\\n'.repeat(32768);\nexport const handler = async () => { for (;;) writeSync(1, text); };",
  bytes:
    "import { writeSync } from 'node:fs';\nconst bytes = Buffer.alloc(1e6, 0x80);\nexport const handler = async () => { for (let n = 0; n < 4; n += 1) writeSync(1, bytes); };",
  line: "import { writeSync } from 'node:fs';\nconst text = 'ü'.repeat(1e6);\nexport const handler = async () => { for (let n = 0; n < 40; n += 1) writeSync(1, text); };",
};
const megabyte = 1024 * 1024;

/** Windows has no `ps`; the measured code is the same there. */
const onPosix = process.platform === "win32" ? () => {} : it;

/** The resident memory of a process, in bytes. */
function resident(pid: number): number {
  if (process.platform === "linux") {
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes) * 1024;
  }
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)])) * 1024;
}

describe("local: the service's memory", () => {
  onPosix("does not grow over many invocations of 5 MB there and back", async () => {
    await using local = await start(functions(sources, { echo: { memory: 1024, timeout: 60 } }));
    const pid = Number((await local.invoke("service")).payload);
    const Payload = JSON.stringify("x".repeat(5 * megabyte));
    const count = times(40, 100);
    const sizes: number[] = [];
    for (let n = 0; n < count; n += 1) {
      const { FunctionError } = await local.lambda.send(new InvokeCommand({ FunctionName: "echo", Payload }));
      assert.equal(FunctionError, undefined);
      sizes.push(resident(pid));
    }
    const [warm, end] = [
      Math.max(...sizes.slice(count / 5, (count * 2) / 5)),
      Math.max(...sizes.slice(-count / 5)),
    ];
    const text = sizes.map((size) => Math.round(size / megabyte)).join(" ");
    assert.ok(end < warm + 64 * megabyte, text);
    assert.ok(end < 400 * megabyte, text);
  });
});

describe("local: a function that writes an endless line", () => {
  onPosix("ends at its timeout, and neither the service's memory nor others suffer", async () => {
    await using local = await start(functions(sources, { flood: { timeout: 5 } }));
    const pid = Number((await local.invoke("service")).payload);
    const before = resident(pid);
    const flood = local.invoke("flood");
    const sizes: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      await sleep(500);
      assert.equal((await local.invoke("echo", n)).payload, n);
      sizes.push(resident(pid));
    }
    const { payload, log } = await flood;
    assert.match((payload as { errorMessage: string }).errorMessage, /Task timed out after 5\.00 seconds/);
    assert.ok(log.length <= 4096 && log.includes("x\nx\n") && log.includes("REPORT RequestId"), log);
    const text = sizes.map((size) => Math.round(size / megabyte)).join(" ");
    assert.ok(Math.max(...sizes) < before + 256 * megabyte, text);
  });

  it("has the line split between two characters, and isn't blocked", async () => {
    await using local = await start(functions(sources, { line: { timeout: 20 } }));
    assert.equal((await local.invoke("line")).error, undefined);
    const { events = [] } = await local.logs.send(
      new FilterLogEventsCommand({ logGroupName: "/aws/lambda/line", filterPattern: "ü" }),
    );
    assert.ok(events.length > 0);
    for (const { message = "" } of events) assert.match(message, /^ü+$/);
    // Bytes that aren't UTF-8 are split at the limit itself.
    assert.equal((await local.invoke("bytes")).error, undefined);
    const input = { logGroupName: "/aws/lambda/bytes", filterPattern: "\ufffd" };
    const [first] = (await local.logs.send(new FilterLogEventsCommand(input))).events ?? [];
    assert.equal(first?.message?.length, megabyte);
  });
});

describe("local: a sandbox's memory", () => {
  it("is measured by the operating system, or unknown", () => {
    if (process.platform === "win32") return assert.equal(residentKb(process.pid, "win32"), undefined);
    const own = process.memoryUsage.rss() / 1024;
    const told = residentKb(process.pid, process.platform) ?? 0;
    assert.ok(told > own / 2 && told < own * 4, `${told} of ${own}`);
    assert.equal(residentKb(process.pid, "win32"), undefined);
    assert.equal(residentKb(2 ** 30, process.platform), undefined);
  });
});
