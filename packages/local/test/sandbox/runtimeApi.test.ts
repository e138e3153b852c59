import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, it } from "mocha";
import { frameReader } from "../../src/runtime/shared/frames.ts";
import { serveRuntime, type RuntimeApi } from "../../src/sandbox/runtimeApi.ts";
import type { RuntimeMessage } from "../../src/runtime/shared/runtimeMessages.ts";
import { never } from "../workspace.ts";

/** A real Runtime API, and the messages that it received. */
async function serve(): Promise<RuntimeApi & AsyncDisposable & { told: RuntimeMessage[] }> {
  const told: RuntimeMessage[] = [];
  const api = await serveRuntime((message) => told.push(message), never);
  api.admit(process.pid);
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

const event = (requestId: string, body = "{}") => ({
  body: Buffer.from(body),
  headers: { "lambda-runtime-aws-request-id": requestId },
});

/** Reads the frames of a channel, one at a time. */
function framesOf(socket: Duplex): () => Promise<Buffer> {
  const frames: Buffer[] = [];
  let wake = () => {};
  const lengthOf = (header: Buffer) => 8 + header.readUInt32BE(0) + header.readUInt32BE(4);
  const read = frameReader({ headerBytes: 8, lengthOf }, (each) => {
    frames.push(each);
    wake();
  });
  socket.on("data", read);
  return async () => {
    while (frames.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return frames.shift() ?? Buffer.alloc(0);
  };
}

describe("local: the Node.js transport", () => {
  it("exchanges events and results, however they're split into chunks", async () => {
    await using api = await serve();
    const { socket, limit } = await openChannel(api);
    const nextFrame = framesOf(socket);
    assert.equal(limit, 6 * 1024 * 1024 + 100);
    const answers = [
      frame({ kind: "response", requestId: "1", peakMemoryKb: 7 }, '"é"'),
      frame({ kind: "response", requestId: "2", tooLarge: true }),
      frame({ kind: "error", requestId: "3" }, '{"errorType":"E"}'),
      frame({ kind: "error", requestId: "4", tooLarge: true }),
    ];
    for (const [index, answer] of answers.entries()) {
      const { body, headers } = event(String(index + 1), '"ü"');
      api.deliver({ body, headers: { ...headers, name: "välue" } });
      for (const byte of frame({ kind: "next" })) socket.write(Buffer.from([byte]));
      assert.deepEqual(await nextFrame(), frame({ ...headers, name: "välue" }, '"ü"'));
      for (const byte of answer) socket.write(Buffer.from([byte]));
    }
    socket.end();
    await api.drained();
    const [first, second, third, fourth] = api.told.filter(({ kind }) => kind !== "next");
    assert.deepEqual(first, {
      kind: "response",
      requestId: "1",
      peakMemoryKb: 7,
      body: Buffer.from('"é"'),
    });
    assert.equal(second?.kind === "response" && second.body, "tooLarge");
    assert.deepEqual(third, { kind: "error", requestId: "3", body: Buffer.from('{"errorType":"E"}') });
    assert.equal(fourth?.kind === "error" && String(fourth.body), "{}");
    assert.equal(api.told.filter(({ kind }) => kind === "next").length, 4);
  });

  it("accepts one answer to the current event, and ignores others", async () => {
    await using api = await serve();
    const { socket } = await openChannel(api);
    const nextFrame = framesOf(socket);
    api.deliver(event("1"));
    socket.write(frame({ kind: "next" }));
    await nextFrame();
    for (const [requestId, body] of [
      ["0", "early"],
      ["1", "right"],
      ["1", "again"],
    ] as const)
      socket.write(frame({ kind: "response", requestId }, body));
    socket.end();
    await api.drained();
    assert.deepEqual(
      api.told.map((message) => (message.kind === "response" ? String(message.body) : message.kind)),
      ["next", "right"],
    );
  });

  const lengths = (head: number, body: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(head, 0);
    bytes.writeUInt32BE(body, 4);
    return bytes;
  };
  for (const [what, bytes] of [
    ["a head that isn't JSON", Buffer.concat([lengths(3, 0), Buffer.from("ABC")])],
    ["a head that is null", Buffer.concat([lengths(4, 0), Buffer.from("null")])],
    ["a head of another kind", frame({ kind: "other" })],
    ["an answer that names no request", frame({ kind: "response" })],
    ["memory that isn't a number", frame({ kind: "response", requestId: "1", peakMemoryKb: "7" })],
    ["a head that is too long", lengths(4097, 0)],
    ["a body that is too long", lengths(2, 6 * 1024 * 1024 + 101)],
  ] as const) {
    it(`is closed after ${what}, and can be opened again`, async () => {
      await using api = await serve();
      const { socket } = await openChannel(api);
      socket.on("error", () => {});
      const closed = once(socket, "close");
      socket.resume().write(bytes);
      await closed;
      await api.drained();
      assert.deepEqual(api.told, []);
      (await openChannel(api)).socket.destroy();
    });
  }

  it("has one connection at a time", async () => {
    await using api = await serve();
    const { socket } = await openChannel(api);
    const [error] = (await once(ask(api, "/channel", {}), "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "ECONNRESET");
    const nextFrame = framesOf(socket);
    api.deliver(event("1"));
    socket.write(frame({ kind: "next" }));
    assert.deepEqual(await nextFrame(), frame(event("1").headers, "{}"));
  });

  for (const [who, path, headers] of [
    ["a page in a browser", "/channel", { origin: "http://localhost:3000" }],
    ["what a page in a browser embeds", "/channel", { "sec-fetch-site": "cross-site" }],
    ["who comes under another name", "/channel", { host: "evil.example" }],
    ["who asks for something else", "/2018-06-01/runtime/invocation/next", {}],
  ] as const) {
    it(`refuses ${who}`, async () => {
      await using api = await serve();
      const [error] = (await once(ask(api, path, headers), "error")) as [NodeJS.ErrnoException];
      assert.equal(error.code, "ECONNRESET");
      assert.deepEqual(api.told, []);
    });
  }
});

describe("local: the Runtime API of a sandbox", () => {
  /** Sends a request with exactly these headers, and returns the whole response. */
  async function send(
    api: RuntimeApi,
    path: string,
    { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number | undefined; text: string }> {
    const url = `http://${api.address}/2018-06-01/runtime/${path}`;
    const call = request(url, { method: body === undefined ? "GET" : "POST", headers }).end(body);
    const [response] = (await once(call, "response")) as [IncomingMessage];
    return { status: response.statusCode, text: await text(response) };
  }

  it("accepts one answer to the current event, and refuses others as AWS does", async () => {
    await using api = await serve();
    const unknown = { errorMessage: "Invalid request ID", errorType: "InvalidRequestID" };
    const post = async (path: string, body: string) => {
      const { status, text: answer } = await send(api, `invocation/${path}`, { body });
      return [status, JSON.parse(answer)] as const;
    };
    assert.deepEqual(await post("1/response", "early"), [400, unknown]);
    api.deliver(event("1"));
    assert.equal((await send(api, "invocation/next")).status, 200);
    assert.deepEqual(await post("not-the-id/response", "wrong".repeat(100_000)), [400, unknown]);
    assert.deepEqual(await post("%E0%A4%A/error", "{}"), [400, unknown]);
    assert.deepEqual(await post("1/response", "right"), [202, { status: "OK" }]);
    const [status, again] = await post("1/error", "{}");
    assert.deepEqual([status, (again as typeof unknown).errorType], [403, "InvalidStateTransition"]);
    api.deliver(event("2"));
    assert.equal((await send(api, "invocation/next")).status, 200);
    assert.deepEqual(await post("1/response", "late"), [400, unknown]);
    assert.deepEqual(await post("2/error", "{}"), [202, { status: "OK" }]);
    const told = api.told.flatMap((each) => (each.kind === "next" ? [] : [[each.kind, String(each.body)]]));
    assert.deepEqual(told, [
      ["response", "right"],
      ["error", "{}"],
    ]);
  });

  /** Sends bytes from a process that ends once the system has them; the event loop gets to see nothing before that. */
  function sendAndEnd(api: RuntimeApi, head: readonly string[], body: string): void {
    const program =
      'const [port, text] = process.argv.slice(1); const socket = require("node:net").connect(port, "127.0.0.1", () => socket.write(text, () => process.exit()));';
    const port = api.address.slice(api.address.indexOf(":") + 1);
    const bytes = [...head, `Host: ${api.address}`, "", body].join("\r\n");
    spawnSync(process.execPath, ["-e", program, port, bytes]);
  }

  it("has the answer that a process sent before it ended", async () => {
    await using api = await serve();
    api.deliver(event("1"));
    await send(api, "invocation/next");
    const head = ["POST /2018-06-01/runtime/invocation/1/response HTTP/1.1", "Content-Length: 5"];
    sendAndEnd(api, head, "right");
    await api.drained();
    const answer = api.told.find(({ kind }) => kind === "response");
    assert.equal(String(answer?.kind === "response" && answer.body), "right");
  });

  it("has what a process streamed before it ended", async () => {
    await using api = await serve();
    const chunks: string[] = [];
    api.deliver({ ...event("1"), onChunk: async (chunk) => void chunks.push(String(chunk)) });
    await send(api, "invocation/next");
    const head = [
      "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1",
      "Lambda-Runtime-Function-Response-Mode: streaming",
      "Transfer-Encoding: chunked",
    ];
    sendAndEnd(api, head, "6\r\nbefore\r\n");
    await api.drained();
    assert.deepEqual(chunks, ["before"]);
  });

  for (const [who, headers] of [
    ["a page in a browser", { origin: "http://localhost:3000" }],
    ["what a page in a browser embeds", { "sec-fetch-site": "cross-site" }],
    ["who comes under another name", { host: "evil.example" }],
    ["who comes to another port", { host: "127.0.0.1:1" }],
  ] as const) {
    it(`refuses ${who}`, async () => {
      await using api = await serve();
      api.deliver(event("1", '"secret"'));
      assert.deepEqual(await send(api, "invocation/next", { headers }), { status: 403, text: "" });
      assert.deepEqual(api.told, []);
      assert.deepEqual(await send(api, "invocation/next"), { status: 200, text: '"secret"' });
    });
  }
});

describe("local: frames", () => {
  it("are complete, however they're split into chunks", () => {
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
