import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { InvokeCommand, type InvokeCommandInput } from "@aws-sdk/client-lambda";
import { describe, it } from "mocha";
import { times } from "../../../../tools/testing/variation.ts";
import { until } from "../processes.ts";
import { processUse } from "../storms/serviceUse.ts";
import { functions, start, type TestService } from "../workspace.ts";

/** The full count with `--soak`. */
const INVOCATIONS = times(600, 20_000);
/** Before the measurement, until the service's memory has the size that it has under load. */
const WARM_UP = times(300, 3000);
const CLIENTS = 4;
/** How long the processor's time is measured afterwards. */
const IDLE_MS = times(2000, 20_000);
/** A tick of the clock may be counted in the shorter time. */
const MAX_SHARE = 0.005 + 10 / IDLE_MS;

const bodies = {
  quiet: "return process.ppid;",
  talks: "console.log('x'.repeat(1000)); return { awsRequestId, ...event };",
  fails: "throw new Error('number ' + event.n);",
  exits: "if (event.n % 51 === 0) process.exit(1); return event.n;",
};

/** More lines than the log of a function keeps. */
const FILLING_LINES = 60_000;

/** Each function prints lines of 100 characters where it's told to. */
const sources = Object.fromEntries(
  Object.entries(bodies).map(([name, body]) => [
    name,
    `export const handler = async (event, { awsRequestId }) => {
      if (event.lines > 0) return void process.stdout.write(("x".repeat(99) + "\\n").repeat(event.lines));
      ${body}
    };`,
  ]),
);

/** What callers do: events of different sizes, synchronous and asynchronous, to functions that succeed, fail and end. */
async function invokeOne(local: TestService, n: number): Promise<void> {
  const names = Object.keys(sources);
  const input: InvokeCommandInput = {
    FunctionName: names[n % names.length],
    Payload: JSON.stringify({ n, filler: "y".repeat((n * 37) % 5000) }),
    InvocationType: n % 41 === 0 ? "Event" : "RequestResponse",
    LogType: n % 3 === 0 ? "Tail" : "None",
  };
  const { StatusCode } = await local.lambda.send(new InvokeCommand(input));
  assert.ok(StatusCode === 200 || StatusCode === 202);
}

async function invokeMany(local: TestService, count: number): Promise<void> {
  let next = 0;
  const client = async () => {
    for (let n = next++; n < count; n = next++) await invokeOne(local, n);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

/** The processor's time that a process has used, in ms. Source: proc_pid_stat(5); a tick is 10 ms. */
function processorMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resolves when a service runs no function: its only child watches over what it leaves. */
async function atRest(pid: number): Promise<void> {
  await until(
    () => readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ").length <= 1,
  );
}

/** The least that something is, until it's small enough: what was begun, such as a retry, ends by itself. */
async function settled(measure: () => number, limit: number): Promise<number> {
  let least = measure();
  for (let n = 0; n < 600 && least > limit; n += 1) {
    await setTimeout(100);
    least = Math.min(least, measure());
  }
  return least;
}

/** The part of the processor that a service with nothing to do takes, once it has tidied up: V8 collects memory later. */
async function idleShare(pid: number): Promise<number> {
  let share = 1;
  for (let n = 0; n < 10 && share > MAX_SHARE; n += 1) {
    const startedAt = performance.now();
    const used = processorMs(pid);
    await setTimeout(IDLE_MS);
    share = (processorMs(pid) - used) / (performance.now() - startedAt);
  }
  return share;
}

// Descriptors, memory and time are read from /proc.
if (process.platform === "linux")
  describe(`local: ${INVOCATIONS} invocations`, () => {
    it("leave the service as it was: descriptors, memory, and nothing to do", async function () {
      this.timeout(3_600_000);
      const config = () => ({ asyncRetryDelaysMs: [0, 0], idleMs: 1500 });
      await using local = await start(functions(sources), { config });
      const service = Number((await local.invoke("quiet", {})).payload);
      // Logs are kept up to a limit: from here on, none grows.
      for (const name of Object.keys(sources)) await local.invoke(name, { lines: FILLING_LINES });
      await invokeMany(local, WARM_UP);
      await atRest(service);
      const before = processUse(service);
      await invokeMany(local, INVOCATIONS);
      await atRest(service);
      const memory = await settled(() => processUse(service).memoryMb, before.memoryMb + 16);
      const descriptors = await settled(() => processUse(service).descriptors, before.descriptors);
      const share = await idleShare(service);
      console.log(
        `      memory ${before.memoryMb.toFixed(1)} → ${memory.toFixed(1)} MB, descriptors ${before.descriptors} → ${descriptors}, idle ${(share * 100).toFixed(2)} %`,
      );
      assert.ok(memory <= before.memoryMb + 16, `${memory - before.memoryMb} MB more`);
      assert.ok(descriptors <= before.descriptors, `${descriptors - before.descriptors} descriptors more`);
      assert.ok(share <= MAX_SHARE, `${share * 100} % of the processor`);
    });
  });
