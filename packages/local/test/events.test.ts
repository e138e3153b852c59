import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import {
  FilterLogEventsCommand,
  paginateFilterLogEvents,
  type FilterLogEventsCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { functions, never, refusal, start, type TestService } from "./workspace.ts";
import { pause } from "./pause.ts";

/** The messages of a function's log that match a filter. */
async function messages(
  local: TestService,
  name: string,
  filter: Partial<FilterLogEventsCommandInput> = {},
): Promise<string[]> {
  const input = { logGroupName: `/aws/lambda/${name}`, ...filter };
  const found: string[] = [];
  for await (const { events } of paginateFilterLogEvents({ client: local.logs }, input))
    found.push(...(events ?? []).map((event) => event.message ?? ""));
  return found;
}

/** Reads a function's log until the test is true for its lines. */
async function eventually(
  local: TestService,
  name: string,
  test: (lines: string[]) => boolean,
  filter = {},
): Promise<string[]> {
  for (;;) {
    const lines = await messages(local, name, filter);
    if (test(lines)) return lines;
    assert.ok(!never.aborted);
    await pause();
  }
}

const count = (lines: readonly string[], start: string) =>
  lines.filter((line) => line.startsWith(start)).length;

describe("local: asynchronous invocations", () => {
  const sources = {
    fine: "export const handler = async (event) => { console.log('got', event.n); };",
    bad: "export const handler = async () => { throw new Error('always'); };",
    hangs: "export const handler = async () => new Promise((resolve) => setTimeout(resolve, 9e5));",
    busy: "export const handler = async () => { await new Promise((resolve) => setTimeout(resolve, 5)); console.log('done'); };",
    context:
      "export const handler = async (event, context) => console.log('context', context.clientContext);",
  };
  const config = () => ({ asyncRetryDelaysMs: [10, 20] });

  it("are accepted with a request ID and no payload, and run afterwards", async () => {
    await using local = await start(functions(sources), { config });
    const { status, requestId, payload, version } = await local.invoke(
      "fine",
      { n: 5 },
      { InvocationType: "Event" },
    );
    assert.deepEqual([status, payload, version], [202, undefined, undefined]);
    const lines = await eventually(local, "fine", (all) => count(all, "REPORT") === 1, {
      filterPattern: `"${requestId}"`,
    });
    assert.match(lines.join(""), /got 5\n/);
  });

  for (const name of ["bad", "hangs"]) {
    it(`run three times with one request ID if the function fails (${name})`, async () => {
      await using local = await start(functions(sources, { hangs: { timeout: 1 } }), { config });
      const { requestId } = await local.invoke(name, {}, { InvocationType: "Event" });
      const lines = await eventually(local, name, (all) => count(all, "REPORT") === 3);
      assert.equal(count(lines, `START RequestId: ${requestId}`), 3);
      await eventuallySaid(local, `Event ${requestId} for ${name} won't be retried: it failed 3 times.`);
      assert.equal(count(await messages(local, name), "REPORT"), 3);
    });
  }

  it("that are throttled are retried until there's capacity", async () => {
    const declared = { busy: { more: ["ReservedConcurrentExecutions: 1"] } };
    await using local = await start(functions(sources, declared), { config });
    const calls = Array.from({ length: 4 }, () => local.invoke("busy", {}, { InvocationType: "Event" }));
    const ids = (await Promise.all(calls)).map(({ requestId }) => requestId);
    const lines = await eventually(local, "busy", (all) => count(all, "REPORT") === 4);
    for (const id of ids) assert.equal(count(lines, `START RequestId: ${id}`), 1);
  });

  it("all run once if many arrive at the same time", async () => {
    await using local = await start(functions(sources), { config });
    const calls = Array.from({ length: 100 }, (_, n) =>
      local.invoke("fine", { n }, { InvocationType: "Event" }),
    );
    const ids = new Set((await Promise.all(calls)).map(({ requestId }) => requestId));
    assert.equal(ids.size, 100);
    const lines = await eventually(local, "fine", (all) => count(all, "REPORT") >= 100);
    assert.equal(count(lines, "START"), 100);
    for (let n = 0; n < 100; n += 1) assert.ok(lines.some((line) => line.endsWith(`got ${n}\n`)));
  });

  it("have no client context", async () => {
    await using local = await start(functions(sources), { config });
    const ClientContext = Buffer.from("{}").toString("base64");
    await local.invoke("context", {}, { InvocationType: "Event", ClientContext });
    const lines = await eventually(local, "context", (all) => count(all, "REPORT") === 1);
    assert.match(lines.join(""), /\tcontext undefined\n/);
  });
});

describe("local: logs", () => {
  const talk = `
    export const handler = async ({ lines = 1, width = 10, plain = 0 }) => {
      for (let n = 0; n < lines; n += 1) console.log("line %d %s", n, "x".repeat(width));
      for (let n = 0; n < plain; n += 1) process.stdout.write("plain " + n + "\\n");
      console.error("two\\nlines");
    };`;

  for (const runtime of ["nodejs22.x", "nodejs24.x"]) {
    it(`keep every line in order (${runtime})`, async () => {
      await using local = await start(functions({ talk }, { talk: { runtime } }));
      const { requestId } = await local.invoke("talk", { lines: 2000, width: 200, plain: 500 });
      const lines = await messages(local, "talk");
      const own = lines.filter((line) => line.includes("\tline "));
      assert.deepEqual(
        own.map((line) => Number(/line (\d+)/.exec(line)?.[1])),
        Array.from({ length: 2000 }, (_, n) => n),
      );
      assert.ok(own.every((line) => line.split("\t")[1] === requestId && line.split("\t")[2] === "INFO"));
      const plain = lines.filter((line) => line.startsWith("plain "));
      assert.deepEqual(
        plain,
        Array.from({ length: 500 }, (_, n) => `plain ${n}\n`),
      );
      assert.ok(lines.some((line) => line.endsWith("\tERROR\ttwo\nlines\n")));
      assert.match(lines.at(-1) ?? "", /^REPORT/);
    });
  }

  it("keep a line of a megabyte complete", async () => {
    await using local = await start(functions({ talk }));
    await local.invoke("talk", { lines: 3, width: 1024 * 1024 });
    const long = (await messages(local, "talk", { filterPattern: "xxxxx" })).map((line) => line.length);
    assert.deepEqual(
      long.map((length) => length > 1024 * 1024),
      [true, true, true],
    );
  });

  it("report correct duration, memory and cold start", async () => {
    const slow =
      "await new Promise((resolve) => setTimeout(resolve, 300));\nexport const handler = async () => new Promise((resolve) => setTimeout(resolve, 100));";
    await using local = await start(functions({ slow }, { slow: { memory: 512 } }));
    const report =
      /Duration: ([\d.]+) ms\tBilled Duration: (\d+) ms\tMemory Size: (\d+) MB\tMax Memory Used: (\d+) MB\t(?:Init Duration: ([\d.]+) ms\t)?\n$/;
    const [, duration, billed, memory, used, init] = report.exec((await local.invoke("slow")).log) ?? [];
    assert.ok(Number(duration) >= 99 && Number(duration) < 1000, duration);
    assert.ok(Number(init) >= 300 && Number(init) < 3000, init);
    assert.equal(Number(billed), Math.ceil(Number(duration) + Number(init)));
    assert.equal(memory, "512");
    assert.ok(Number(used) > 20 && Number(used) < 300, used);
    assert.equal(report.exec((await local.invoke("slow")).log)?.[5], undefined);
  });

  it("are filtered by time, stream and terms, in pages", async () => {
    await using local = await start(functions({ talk }));
    const first = await local.invoke("talk", { lines: 5 });
    const second = await local.invoke("talk", { lines: 5 });
    const only = await messages(local, "talk", { filterPattern: `"${second.requestId}"` });
    assert.ok(only.length >= 8 && only.every((line) => line.includes(second.requestId)));
    assert.equal((await messages(local, "talk", { filterPattern: '"line 3" -nothing' })).length, 2);
    assert.equal((await messages(local, "talk", { filterPattern: '?"START RequestId" ?END' })).length, 4);
    assert.deepEqual(await messages(local, "talk", { startTime: Date.now() + 60_000 }), []);
    assert.deepEqual(await messages(local, "talk", { logStreamNamePrefix: "1999" }), []);
    const pages: string[] = [];
    let nextToken: string | undefined;
    do {
      const command = new FilterLogEventsCommand({
        logGroupName: "/aws/lambda/talk",
        limit: 4,
        ...(nextToken !== undefined && { nextToken }),
      });
      const page = await local.logs.send(command);
      assert.ok((page.events ?? []).length <= 4);
      pages.push(...(page.events ?? []).map((event) => event.message ?? ""));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    assert.deepEqual(pages, await messages(local, "talk"));
    assert.ok(pages.join("").indexOf(first.requestId) < pages.join("").indexOf(second.requestId));
  });

  it("are empty for a function that never ran, and missing for an unknown function", async () => {
    await using local = await start(functions({ talk }));
    assert.deepEqual(await messages(local, "talk"), []);
    assert.equal((await refusal(messages(local, "nobody"))).name, "ResourceNotFoundException");
    const { name, message } = await refusal(messages(local, "talk", { filterPattern: "{ $.level = 1 }" }));
    assert.equal(name, "InvalidParameterException");
    assert.match(message, /terms only/);
  });
});

describe("local: the samples", () => {
  const samples = fileURLToPath(new URL("../../../samples", import.meta.url));
  const event = async (name: string) =>
    JSON.parse(await readFile(`${samples}/events/${name}.json`, "utf8")) as unknown;
  const onSamples = () =>
    start(
      {},
      { workspace: { folders: [samples], trusted: true }, config: () => ({ asyncRetryDelaysMs: [10, 20] }) },
    );

  it("do what their descriptions say", async () => {
    await using local = await onSamples();
    const hello = (await local.invoke("hello", await event("hello"))).payload as Record<string, unknown>;
    assert.deepEqual([hello["greeting"], hello["event"]], ["Hello, Ada!", { name: "Ada" }]);
    const order = await local.invoke("order", await event("order"));
    assert.deepEqual(order.payload, {
      id: "A-1001",
      status: "accepted",
      quantity: 3,
      total: 2190,
      currency: "EUR",
    });
    const bad = await local.invoke("order", await event("order-bad"));
    assert.deepEqual(
      [bad.error, (bad.payload as { errorType: string }).errorType],
      ["Unhandled", "OrderError"],
    );
    assert.ok(
      ((await local.invoke("slow", { seconds: 0.1 })).payload as { sleptSeconds: number }).sleptSeconds >=
        0.1,
    );
    const report =
      JSON.stringify((await local.invoke("report", await event("report"))).payload).length / 1024 / 1024;
    assert.ok(report > 4.5 && report < 5.5, `${report} MB`);
    const invoice = await local.invoke("invoice", await event("invoice"));
    assert.deepEqual(invoice.payload, { number: "2026-114", total: 68.4, rounding: "cent" });
  });

  it("show retries: flaky fails twice, then succeeds, in any sandboxes", async () => {
    await using local = await onSamples();
    const calls = Array.from({ length: 5 }, async () =>
      local.invoke("flaky", await event("flaky"), { InvocationType: "Event" }),
    );
    for (const { requestId } of await Promise.all(calls)) {
      const lines = await eventually(local, "flaky", (all) => count(all, "REPORT") === 3, {
        filterPattern: `"${requestId}"`,
      });
      assert.match(lines.join(""), /Attempt 1 fails[^]*Attempt 2 fails[^]*Attempt 3 succeeds/);
    }
  });
});

/** Resolves when the service has written the line. */
async function eventuallySaid(local: TestService, line: string): Promise<void> {
  while (!local.said.includes(line)) await pause();
}
