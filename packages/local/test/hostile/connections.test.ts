import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, afterEach, before, describe, it } from "mocha";
import { functions, start, type TestService } from "../workspace.ts";
import { showLongestWait } from "./longestWait.ts";
import { head, sign, statuses } from "./rawHttp.ts";

const path = "/2015-03-31/functions/echo";

describe("local: connections that are left open", () => {
  let local: TestService;
  let host: string;
  let open: Socket[] = [];
  before(async () => {
    local = await start(functions({ echo: "export const handler = async (event) => event;" }));
    ({ host } = new URL(local.address.endpoint));
  });
  afterEach(() => {
    for (const socket of open) socket.destroy();
    open = [];
  });
  after(() => local[Symbol.asyncDispose]());
  showLongestWait(() => local);

  /** A connection that has sent this, and what came back over it. */
  async function connection(text: string): Promise<{ socket: Socket; received: () => string }> {
    const socket = connect(Number(new URL(local.address.endpoint).port), "127.0.0.1");
    let received = "";
    open.push(socket);
    socket.on("error", () => {}).on("data", (chunk: Buffer) => (received += chunk.toString("latin1")));
    await once(socket, "connect");
    socket.write(text);
    return { socket, received: () => received };
  }

  /** New clients, each over a connection of its own. */
  async function served(): Promise<void> {
    for (let client = 0; client < 5; client += 1) {
      const text = head("GET", path, { ...sign(local, { path }), connection: "close" });
      const { socket, received } = await connection(text);
      await once(socket, "close");
      assert.deepEqual(statuses(received()), [200]);
    }
    assert.deepEqual((await local.invoke("echo", { still: "here" })).payload, { still: "here" });
  }

  for (const [what, text] of [
    ["say nothing", ""],
    ["say half a line", "GET / HT"],
    ["send headers without end", `GET / HTTP/1.1\r\nhost: x\r\n`],
    ["send no body", `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n`],
    ["send half a body", `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nab`],
    ["were refused", `GET / HTTP/1.1\r\nhost: x\r\n\r\n`],
  ] as const) {
    it(`1,000 that ${what} keep nobody out`, async () => {
      for (let count = 0; count < 1000; count += 1) await connection(text);
      await served();
    });
  }

  it("1,000 that come at once cost none its connection that has sent a signed request", async () => {
    for (let round = 0; round < 3; round += 1) {
      const text = head("GET", path, { ...sign(local, { path }), connection: "close" });
      const first = connection(text);
      const others = Array.from({ length: 1000 }, () => connection(`GET / HT`));
      const { socket, received } = await first;
      await once(socket, "close");
      assert.deepEqual(statuses(received()), [200]);
      for (const each of await Promise.all(others)) each.socket.destroy();
    }
  });

  it("of 1,000 that say nothing, the oldest are closed after a while", async () => {
    const all: Socket[] = [];
    for (let count = 0; count < 1000; count += 1) all.push((await connection("")).socket);
    const oldest = all.slice(0, 700).filter((socket) => !socket.closed);
    await Promise.all(oldest.map((socket) => once(socket, "close")));
    assert.equal(
      all.slice(-100).some((socket) => socket.closed),
      false,
    );
  });

  it("each of 300 that send one unsigned request after the other gets an answer", async () => {
    for (let count = 0; count < 300; count += 1) {
      const { socket, received } = await connection(head("GET", path, { host }));
      await once(socket, "close");
      assert.deepEqual(statuses(received()), [403]);
    }
  });

  it("one that was refused is closed at once", async () => {
    const { socket, received } = await connection(head("GET", path, { host }));
    await once(socket, "close");
    assert.deepEqual(statuses(received()), [403]);
  });

  for (const [what, headers] of [
    [
      "another key",
      { authorization: "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/lambda/aws4_request" },
    ],
    ["an Origin", { origin: "http://localhost" }],
    ["another host", { host: "evil.example" }],
  ] as const) {
    it(`one that was refused because of ${what} is closed at once`, async () => {
      const { socket, received } = await connection(
        head("GET", path, { ...sign(local, { path }), ...headers }),
      );
      await once(socket, "close");
      assert.deepEqual(statuses(received()), [403]);
    });
  }

  it("one that sent a signed request stays, also after an error of the API's", async () => {
    const none = "/2015-03-31/functions/none";
    const { socket, received } = await connection(head("GET", none, sign(local, { path: none })));
    await once(socket, "data");
    assert.deepEqual(statuses(received()), [404]);
    socket.write(head("GET", path, { ...sign(local, { path }), connection: "close" }));
    await once(socket, "close");
    assert.deepEqual(statuses(received()), [404, 200]);
  });

  it("1,100 signed ones that are idle keep nobody out, and only the longest idle ones are closed", async () => {
    const text = head("GET", path, sign(local, { path }));
    const all: Socket[] = [];
    for (let count = 0; count < 1100; count += 1) {
      const { socket } = await connection(text);
      await once(socket, "data");
      all.push(socket);
    }
    await served();
    const oldest = all.slice(0, 50).filter((socket) => !socket.closed);
    await Promise.all(oldest.map((socket) => once(socket, "close")));
    const last = all.at(-1);
    assert.ok(last);
    last.write(text);
    await once(last, "data");
  });

  it("a request that is under way is not cut off by 1,000 others", async () => {
    const slow = await start(
      functions({ slow: "export const handler = () => new Promise((r) => setTimeout(r, 3000, 'done'));" }),
    );
    try {
      const { port } = new URL(slow.address.endpoint);
      const result = slow.invoke("slow");
      for (let count = 0; count < 1100; count += 1) {
        const socket = connect(Number(port), "127.0.0.1").on("error", () => {});
        open.push(socket);
        await once(socket, "connect");
      }
      assert.equal((await result).payload, "done");
    } finally {
      await slow[Symbol.asyncDispose]();
    }
  });
});
