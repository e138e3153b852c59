import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, afterEach, before, describe, it } from "mocha";
import { functions, start, type TestService } from "../workspace.ts";
import { head, residentMb, sign, statuses, talk } from "./rawHttp.ts";
import { showLongestWait } from "./longestWait.ts";

const megabyte = 1024 * 1024;
const invokePath = "/2015-03-31/functions/echo/invocations";

describe("local: hostile requests", () => {
  let local: TestService;
  let service: number;
  let host: string;
  before(async () => {
    const sources = {
      echo: "export const handler = async (event) => event;",
      parent: "export const handler = async () => process.ppid;",
    };
    const config = () => ({ requestTimeouts: { headersMs: 2000, requestMs: 4000 } });
    local = await start(functions(sources), { config });
    service = Number((await local.invoke("parent")).payload);
    host = new URL(local.address.endpoint).host;
  });
  afterEach("the service is the same, and answers", async () => {
    assert.equal((await local.invoke("parent")).payload, service);
    assert.deepEqual((await local.invoke("echo", { still: "here" })).payload, { still: "here" });
  });
  after(() => local[Symbol.asyncDispose]());
  showLongestWait(() => local);

  const refused = (received: string, ...wanted: number[]) => {
    const found = statuses(received);
    assert.ok(found.length > 0 && found.every((status) => wanted.includes(status)), received.slice(0, 300));
    assert.ok(!received.includes(local.address.credentials.secretAccessKey));
  };

  /** Writes until the service closes the connection. */
  async function flood(socket: Socket, piece: Buffer, times: number): Promise<void> {
    for (let n = 0; n < times && socket.writable; n += 1)
      if (!socket.write(piece))
        await new Promise<void>((resolve) => {
          const done = () => {
            socket.off("drain", done).off("close", done);
            resolve();
          };
          socket.on("drain", done).on("close", done);
        });
  }

  describe("with an invalid form", () => {
    for (const [what, text] of [
      ["zeros", "\0\0\0\0\0\0\0\0\r\n\r\n"],
      ["a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
      ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
      ["another protocol", "EHLO example.com\r\n"],
      ["no version", "GET /\r\n\r\n"],
      [
        "two content lengths",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
      ],
      [
        "a length and chunks",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      ],
      ["an invalid length", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n"],
      ["a header with a line feed", "GET / HTTP/1.1\r\nhost: x\r\na: b\nc\r\n\r\n"],
      ["no host", "GET / HTTP/1.1\r\n\r\n"],
    ] as const) {
      it(`${what}: refused, and the connection closed`, async () => {
        refused(await talk(local, (socket) => socket.write(text, "latin1")), 400, 403);
      });
    }

    for (const [what, chunks] of [
      ["invalid sizes", "zz\r\nab\r\n0\r\n\r\n"],
      ["a size beyond all numbers", `${"f".repeat(40)}\r\nab`],
      ["more than was said", "1\r\nabcdef\r\n0\r\n\r\n"],
    ] as const) {
      it(`chunks with ${what}: refused`, async () => {
        const body = Buffer.from("1");
        const signed = sign(local, { method: "POST", path: invokePath, body });
        const text = head("POST", invokePath, { ...signed, "transfer-encoding": "chunked" }) + chunks;
        refused(await talk(local, (socket) => socket.write(text)), 400);
      });
    }

    it("chunks that end with the connection: nothing runs", async () => {
      const signed = sign(local, { method: "POST", path: invokePath, body: Buffer.from("12") });
      const text = `${head("POST", invokePath, { ...signed, "transfer-encoding": "chunked" })}2\r\n1`;
      const received = await talk(local, (socket) => socket.end(text));
      assert.ok(!statuses(received).includes(200));
    });

    for (const target of [
      "http://evil.example/2015-03-31/functions",
      "*",
      "2015-03-31/functions",
      "//",
      "/?%",
    ]) {
      it(`the target ${target}: refused`, async () => {
        const headers = { ...sign(local, { path: target }), connection: "close" };
        refused(await talk(local, (socket) => socket.write(head("GET", target, headers))), 400, 403, 404);
      });
    }
  });

  describe("that are too large", () => {
    it("ten thousand headers, and one of a megabyte: refused", async () => {
      const many = Array.from({ length: 10_000 }, (_, n) => `x-${n}: ${n}\r\n`).join("");
      for (const headers of [many, `x: ${"y".repeat(megabyte)}\r\n`]) {
        const text = `GET / HTTP/1.1\r\nhost: ${host}\r\n${headers}\r\n`;
        const received = await talk(local, (socket) => socket.write(text));
        // The response may be lost if the service closes the connection while the client writes.
        assert.ok(statuses(received).every((status) => status === 431));
      }
    });

    it("100 MB, declared or in chunks, signed or not, ten at a time: refused, and memory stays flat", async () => {
      const piece = Buffer.alloc(megabyte, "x");
      const signed = sign(local, { method: "POST", path: invokePath, body: piece });
      const chunk = Buffer.concat([Buffer.from("100000\r\n"), piece, Buffer.from("\r\n")]);
      const kinds: { headers: Record<string, string>; piece: Buffer }[] = [
        { headers: { host, "content-length": String(100 * megabyte) }, piece },
        { headers: { ...signed, "content-length": String(100 * megabyte) }, piece },
        { headers: { host, "transfer-encoding": "chunked" }, piece: chunk },
        { headers: { ...signed, "transfer-encoding": "chunked" }, piece: chunk },
      ];
      const attack = async (): Promise<void> => {
        const calls = [...kinds, ...kinds, ...kinds.slice(2)].map(({ headers, piece: part }) =>
          talk(local, (socket) => {
            socket.write(head("POST", invokePath, headers));
            void flood(socket, part, 100).then(() => socket.end());
          }),
        );
        for (const received of await Promise.all(calls))
          assert.ok(
            statuses(received).every((status) => [400, 403, 408, 413].includes(status)),
            received,
          );
      };
      // The service's heap grows the first time, and keeps its size.
      await attack();
      const before = residentMb(service) ?? 0;
      for (let again = 0; again < 2; again += 1) await attack();
      const grown = (residentMb(service) ?? 0) - before;
      assert.ok(grown < 80, `${grown} MB more`);
    });

    it("a signed body of 6 MB and a byte: 413, in either form", async () => {
      const body = Buffer.alloc(6 * megabyte + 1, "1");
      const signed = sign(local, { method: "POST", path: invokePath, body });
      const forms: Record<string, string>[] = [
        { "content-length": String(body.length) },
        { "transfer-encoding": "chunked" },
      ];
      for (const form of forms) {
        const chunked = "transfer-encoding" in form;
        const received = await talk(local, (socket) => {
          socket.write(head("POST", invokePath, { ...signed, ...form, connection: "close" }));
          if (chunked) socket.write(`${body.length.toString(16)}\r\n`);
          socket.write(body);
          if (chunked) socket.write("\r\n0\r\n\r\n");
        });
        refused(received, 413);
      }
    });
  });

  describe("that are too slow", () => {
    const trickle = (socket: Socket, text: string) => {
      let sent = 0;
      const timer = setInterval(() => {
        if (socket.writable) socket.write(text[sent % text.length] ?? "x");
        sent += 1;
      }, 20);
      socket.once("close", () => clearInterval(timer));
    };

    it("endless headers: closed after the time for headers", async () => {
      const received = await talk(local, (socket) => {
        socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\nx: `);
        trickle(socket, "slow");
      });
      refused(received, 408);
    });

    it("an endless body of a signed request: closed after the time for a request", async () => {
      const signed = sign(local, { method: "POST", path: invokePath, body: Buffer.from("1".repeat(1000)) });
      const received = await talk(local, (socket) => {
        socket.write(head("POST", invokePath, { ...signed, "content-length": "1000" }));
        trickle(socket, "1");
      });
      refused(received, 408);
    });

    it("an endless body of a refused request: closed too", async () => {
      const received = await talk(local, (socket) => {
        socket.write(head("POST", invokePath, { host, "content-length": "1000" }));
        trickle(socket, "1");
      });
      assert.ok(
        statuses(received).every((status) => [403, 408].includes(status)),
        received,
      );
    });

    it("two hundred connections that send nothing, or half a line: closed, and others are served meanwhile", async () => {
      const silent = Array.from({ length: 200 }, (_, n) =>
        talk(local, (socket) => n % 2 && socket.write("GET / HT")),
      );
      assert.equal((await local.invoke("echo", 1)).payload, 1);
      for (const received of await Promise.all(silent))
        assert.ok(statuses(received).every((status) => status === 408));
    });
  });

  describe("with an invalid meaning", () => {
    for (const method of ["DELETE", "HEAD", "OPTIONS", "PATCH", "PUT", "TRACE"]) {
      it(`${method}, signed: no operation`, async () => {
        const headers = { ...sign(local, { method, path: invokePath }), connection: "close" };
        refused(await talk(local, (socket) => socket.write(head(method, invokePath, headers))), 404);
      });
    }

    it("CONNECT and an upgrade to WebSocket: no tunnel", async () => {
      const connect = await talk(local, (socket) =>
        socket.write(head("CONNECT", "example.com:443", { host })),
      );
      assert.deepEqual(statuses(connect), []);
      const upgrade = {
        host,
        connection: "upgrade, close",
        upgrade: "websocket",
        "sec-websocket-version": "13",
      };
      refused(await talk(local, (socket) => socket.write(head("GET", "/", upgrade))), 403);
    });

    it("an AWS header that the signature doesn't cover", async () => {
      const headers = { ...sign(local, { path: "/2015-03-31/functions" }), "x-amz-security-token": "more" };
      const text = head("GET", "/2015-03-31/functions", { ...headers, connection: "close" });
      refused(await talk(local, (socket) => socket.write(text)), 403);
    });

    it("invalid dates, also with a correct signature", async () => {
      for (const date of ["20269999T999999Z", "yesterday", "20260101T000000", ""]) {
        const headers = { ...sign(local, { headers: { "x-amz-date": date } }), connection: "close" };
        refused(
          await talk(local, (socket) => socket.write(head("GET", "/2015-03-31/functions", headers))),
          400,
          403,
        );
      }
    });

    it("two hosts, two signatures: refused", async () => {
      const signed = sign(local, {});
      for (const name of ["host", "authorization"] as const) {
        const twice = head("GET", "/2015-03-31/functions", { ...signed, connection: "close" });
        const text = twice.replace("\r\n\r\n", `\r\n${name}: ${signed[name]}\r\n\r\n`);
        refused(await talk(local, (socket) => socket.write(text)), 400, 403);
      }
    });

    for (const name of [
      "..",
      "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
      "a%00b",
      "%2Fetc",
      "..%5C..%5C",
      "%",
      "a%2520b",
      "x".repeat(5000),
    ]) {
      it(`the name ${name.slice(0, 40)}: unknown`, async () => {
        const path = `/2015-03-31/functions/${name}/invocations`;
        const headers = sign(local, {
          method: "POST",
          path: path.replaceAll("%", "%25"),
          body: Buffer.from("1"),
        });
        const text = head("POST", path, { ...headers, "content-length": "1", connection: "close" });
        refused(await talk(local, (socket) => socket.write(`${text}1`)), 400, 403, 404);
      });
    }

    it("none of this is an error of the service", () => {
      assert.deepEqual(
        local.said.filter((line) => /Error|Exception|at .*:\d+:\d+/.test(line)),
        [],
      );
    });
  });
});
