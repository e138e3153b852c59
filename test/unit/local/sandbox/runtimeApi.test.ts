import assert from "node:assert/strict";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { describe, it } from "mocha";
import { frameReader } from "../../../../src/local/sandbox/frames.ts";
import { serveRuntime, type RuntimeApi } from "../../../../src/local/sandbox/runtimeApi.ts";
import type { RuntimeMessage } from "../../../../src/local/sandbox/runtimeMessages.ts";
import { never } from "../workspace.ts";

/** A real Runtime API, and what it was told. */
async function serve(): Promise<RuntimeApi & AsyncDisposable & { told: RuntimeMessage[] }> {
  const told: RuntimeMessage[] = [];
  const api = await serveRuntime((message) => told.push(message), never);
  return { ...api, told, [Symbol.asyncDispose]: async () => api.close() };
}

function ask(api: RuntimeApi, path: string, headers: Record<string, string>): ReturnType<typeof request> {
  const upgrade = { connection: "Upgrade", upgrade: "lambda-local" };
  return request(`http://${api.address}${path}`, { headers: { ...upgrade, ...headers } }).end();
}

async function openChannel(api: RuntimeApi): Promise<{ socket: Duplex; limit: number }> {
  const [response, socket] = (await once(ask(api, "/channel", {}), "upgrade")) as [IncomingMessage, Duplex];
  return { socket, limit: Number(response.headers["lambda-local-response-limit"]) };
}

function frame(head: object, body = ""): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(Buffer.byteLength(body), 4);
  return Buffer.concat([lengths, text, Buffer.from(body)]);
}

describe("local: a sandbox's channel to its service", () => {
  it("takes events and what became of them, in whatever pieces they come", async () => {
    await using api = await serve();
    const { socket, limit } = await openChannel(api);
    assert.equal(limit, 6 * 1024 * 1024 + 100);
    const all = Buffer.concat([
      frame({ kind: "response", requestId: "1", peakMemoryKb: 7 }, '"é"'),
      frame({ kind: "response", requestId: "2", tooLarge: true }),
      frame({ kind: "error", requestId: "3" }, "{}"),
      frame({ kind: "next" }),
    ]);
    for (const byte of all) socket.write(Buffer.from([byte]));
    api.deliver({ body: Buffer.from('"ü"'), headers: { name: "välue" } });
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.deepEqual(answer, Buffer.concat([frame({ name: "välue" }, '"ü"')]));
    const [first, second, third, last] = api.told;
    assert.deepEqual(first, {
      kind: "response",
      requestId: "1",
      peakMemoryKb: 7,
      body: Buffer.from('"é"'),
    });
    assert.equal(second?.kind === "response" && second.body, "tooLarge");
    assert.equal(third?.kind, "error");
    assert.equal(last?.kind, "next");
    socket.destroy();
    await api.drained();
  });

  for (const [who, path, headers] of [
    ["a page in a browser", "/channel", { origin: "http://localhost:3000" }],
    ["who asks for something else", "/2018-06-01/runtime/invocation/next", {}],
  ] as const) {
    it(`is not for ${who}`, async () => {
      await using api = await serve();
      const [error] = (await once(ask(api, path, headers), "error")) as [NodeJS.ErrnoException];
      assert.equal(error.code, "ECONNRESET");
      assert.deepEqual(api.told, []);
    });
  }
});

describe("local: frames", () => {
  it("come out whole, however they were cut", () => {
    const framing = { headerBytes: 1, lengthOf: (header: Buffer) => 1 + header.readUInt8(0) };
    const bytes = Buffer.from([3, 65, 66, 67, 0, 1, 68]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const frames: string[] = [];
      const read = frameReader(framing, (each) => frames.push(each.toString("latin1", 1)));
      read(bytes.subarray(0, cut));
      read(bytes.subarray(cut));
      assert.deepEqual(frames, ["ABC", "", "D"]);
    }
  });
});
