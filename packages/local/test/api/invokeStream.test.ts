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

const waits = streamer("await write('first'); await appears(event.path); await write('second'); out.end();");
const sources = {
  waits,
  left: waits,
  much: streamer(
    "for (let n = 0; n < event.count; n += 1) if (!out.write(Buffer.alloc(65536, n))) await new Promise((resolve) => out.once('drain', resolve)); out.end();",
  ),
  throws: `let calls = 0; ${streamer("await write('before'); throw new RangeError(String(calls += 1));")}`,
  exits: streamer("await write('before'); process.exit(7);"),
  hangs: streamer("await write('before'); await appears('/never');"),
  unended: streamer("await write('before');"),
  page: `export const handler = awslambda.streamifyResponse(async (event, out) => {
    out = awslambda.HttpResponseStream.from(out, { statusCode: 201 }); out.write("<p>"); out.end(); });`,
};

for (const runtime of ["nodejs22.x", "nodejs24.x"]) {
  describe(`local: streamed responses (${runtime})`, () => {
    const declared: Record<string, Declared> = Object.fromEntries(
      Object.keys(sources).map((name) => [name, { runtime, timeout: name === "hangs" ? 1 : 900 }]),
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

    it("of 40 MB, far beyond the limit of buffered responses, arrive complete", async () => {
      const { body, complete } = await all("much", { count: 640 });
      assert.deepEqual([body.length, complete], [640 * 65536, {}]);
      for (let n = 0; n < 640; n += 1) assert.equal(body[n * 65536], n % 256);
    });

    it("end with the error that the function throws, which may run again at once", async () => {
      for (const calls of ["1", "2"]) {
        const { body, complete } = await all("throws", {});
        assert.deepEqual([body.toString(), complete.ErrorCode], ["before", "RangeError"]);
        const details = JSON.parse(complete.ErrorDetails ?? "") as { errorMessage: string };
        assert.equal(details.errorMessage, calls);
      }
    });

    it("end with an error after a crash", async () => {
      const { body, complete } = await all("exits", {});
      assert.equal(body.toString(), "before");
      assert.equal(complete.ErrorCode, "Runtime.ExitError");
    });

    it("end with an error after a timeout", async () => {
      const { body, complete } = await all("hangs", {});
      assert.equal(body.toString(), "before");
      assert.equal(complete.ErrorCode, "Sandbox.Timedout");
      assert.match(complete.ErrorDetails ?? "", /Task timed out after 1\.00 seconds/);
    });

    it("include the head of an HTTP response for function URLs", async () => {
      const { body } = await all("page", {});
      assert.equal(body.toString(), '{"statusCode":201}\0\0\0\0\0\0\0\0<p>');
    });

    it("don't stop the function when the client disconnects", async () => {
      const leave = new AbortController();
      const path = join(local.folder, "the-caller-has-left");
      for await (const { PayloadChunk } of await open("left", { path }, leave.signal))
        if (PayloadChunk) break;
      leave.abort();
      await writeFile(path, "");
      const filter = { logGroupName: "/aws/lambda/left", filterPattern: '"REPORT RequestId"' };
      for (let reports = 0; reports < 1;) {
        const { events = [] } = await local.logs.send(new FilterLogEventsCommand(filter));
        reports = events.length;
        assert.ok(events.every(({ message }) => !message?.includes("Status:")));
      }
    });

    it("are buffered for a client that doesn't stream", async () => {
      const { payload } = await local.invoke("page").catch(() => ({ payload: "no JSON" }));
      assert.equal(payload, "no JSON");
      assert.equal((await local.invoke("exits")).error, "Unhandled");
    });
  });
}
