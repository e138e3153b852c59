import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeWithResponseStreamCommand } from "@aws-sdk/client-lambda";
import { functions, start, type Declared, type TestService } from "../workspace.ts";

const streamer = (body: string) =>
  `import { existsSync } from "node:fs";
   import { setTimeout as sleep } from "node:timers/promises";
   export const handler = awslambda.streamifyResponse(async (event, out) => {
     const write = (part) => new Promise((resolve) => out.write(part, resolve));
     const appears = async (path) => { while (!existsSync(path)) await sleep(5); };
     ${body}
   });`;

const sources = {
  waits: streamer("await write('first'); await appears(event.path); await write('second'); out.end();"),
  much: streamer(
    "for (let n = 0; n < event.count; n += 1) if (!out.write(Buffer.alloc(65536, n))) await new Promise((resolve) => out.once('drain', resolve)); out.end();",
  ),
  exits: streamer("await write('before'); process.exit(7);"),
  hangs: streamer("await write('before'); await appears('/never');"),
  unended: streamer("await write('before');"),
  page: `export const handler = awslambda.streamifyResponse(async (event, out) => {
    out = awslambda.HttpResponseStream.from(out, { statusCode: 201 }); out.write("<p>"); out.end(); });`,
};

for (const runtime of ["nodejs22.x", "nodejs24.x"]) {
  describe(`local: streamed responses (${runtime})`, () => {
    const declared: Record<string, Declared> = Object.fromEntries(
      Object.keys(sources).map((name) => [name, { runtime, timeout: name === "hangs" ? 1 : 9 }]),
    );
    let local: TestService;
    before(async () => {
      local = await start(functions(sources, declared));
    });
    after(() => local[Symbol.asyncDispose]());

    async function open(FunctionName: string, event: object, signal?: AbortSignal) {
      const command = new InvokeWithResponseStreamCommand({
        FunctionName,
        Payload: Buffer.from(JSON.stringify(event)),
      });
      const { EventStream } = await local.lambda.send(command, signal ? { abortSignal: signal } : {});
      assert.ok(EventStream);
      return EventStream;
    }

    async function all(FunctionName: string, event: object) {
      const chunks: Uint8Array[] = [];
      for await (const { PayloadChunk, InvokeComplete } of await open(FunctionName, event)) {
        if (PayloadChunk?.Payload) chunks.push(PayloadChunk.Payload);
        if (InvokeComplete) return { body: Buffer.concat(chunks), complete: InvokeComplete };
      }
      assert.fail("There was no InvokeComplete.");
    }

    it("arrive while the function is still running", async () => {
      const path = join(local.folder, "go-on");
      const chunks: string[] = [];
      for await (const { PayloadChunk } of await open("waits", { path })) {
        if (!PayloadChunk) continue;
        chunks.push(Buffer.from(PayloadChunk.Payload ?? []).toString());
        if (chunks.length === 1) await writeFile(path, "");
      }
      assert.deepEqual(chunks, ["first", "second"]);
    });

    it("of 40 MB, far over the limit of others, arrive whole", async () => {
      const { body, complete } = await all("much", { count: 640 });
      assert.deepEqual([body.length, complete], [640 * 65536, {}]);
      for (let n = 0; n < 640; n += 1) assert.equal(body[n * 65536], n % 256);
    });

    it("that a crash ends tell so after what came before it", async () => {
      const { body, complete } = await all("exits", {});
      assert.equal(body.toString(), "before");
      assert.equal(complete.ErrorCode, "Runtime.ExitError");
    });

    it("that the timeout ends tell so", async () => {
      const { body, complete } = await all("hangs", {});
      assert.equal(body.toString(), "before");
      assert.equal(complete.ErrorCode, "Sandbox.Timedout");
      assert.match(complete.ErrorDetails ?? "", /Task timed out after 1\.00 seconds/);
    });

    it("carry the head of an HTTP response, as a function URL reads it", async () => {
      const { body } = await all("page", {});
      assert.equal(body.toString(), '{"statusCode":201}\0\0\0\0\0\0\0\0<p>');
    });

    it("go on to the function's end when the caller leaves", async () => {
      const leave = new AbortController();
      const path = join(local.folder, "left");
      for await (const { PayloadChunk } of await open("waits", { path }, leave.signal))
        if (PayloadChunk) break;
      leave.abort();
      await writeFile(path, "");
      const filter = { logGroupName: "/aws/lambda/waits", filterPattern: '"REPORT RequestId"' };
      for (let reports = 0; reports < 2;) {
        const { events = [] } = await local.logs.send(new FilterLogEventsCommand(filter));
        reports = events.length;
        assert.ok(events.every(({ message }) => !message?.includes("Status:")));
      }
    });

    it("are collected for a caller that does not stream", async () => {
      const { payload } = await local.invoke("page").catch(() => ({ payload: "no JSON" }));
      assert.equal(payload, "no JSON");
      assert.equal((await local.invoke("exits")).error, "Unhandled");
    });
  });
}
