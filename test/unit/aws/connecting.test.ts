import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { InvocationRecord } from "../../../src/core/invocation/record.ts";
import type { InvocationMode } from "../../../src/core/invocation/invocationSpec.ts";
import { selfSigned } from "./certificate.ts";
import { startDeafListener } from "./deafListener.ts";
import { useOwnEnvironment } from "./environment.ts";
import { close, keepConnections, listen, reply, startServer } from "./faultyServer.ts";
import { callOf } from "../../support/invocations.ts";
import { gatewayTo, invokeAt } from "./local.ts";
import { TestClock } from "./testClock.ts";

const MODES: readonly InvocationMode[] = ["RequestResponse", "Event", "DryRun"];

function assertNotSent(record: InvocationRecord, ...errors: string[]): void {
  const name = record.error?.name ?? "";
  assert.ok(errors.includes(name), JSON.stringify(record));
  assert.deepEqual([record.verdict, record.attempts], ["notRun", 0]);
  assert.ok(record.durationMs >= 0);
  assert.equal("statusCode" in record, false);
}

/** A listener that does something to every connection as soon as the first bytes of it come. */
async function startListener(
  react: (socket: Socket) => void,
): Promise<{ port: number; connections: Socket[] } & AsyncDisposable> {
  const server = createServer((socket) => {
    socket.once("data", () => react(socket));
  });
  const connections = keepConnections(server);
  const port = await listen(server);
  return { port, connections, [Symbol.asyncDispose]: () => close(server, connections) };
}

describe("an invocation without a connection", () => {
  useOwnEnvironment();

  for (const mode of MODES) {
    it(`is tried three times where nothing listens, and did not run (${mode})`, async () => {
      const gone = await startServer(reply(200));
      await gone[Symbol.asyncDispose]();
      const clock = new TestClock();
      const record = await invokeAt(gone.endpoint, { mode }, { clock });
      assertNotSent(record, "ECONNREFUSED");
      assert.deepEqual(clock.sleeps, [200, 400]);
    });

    it(`is tried three times where the name cannot be found, and did not run (${mode})`, async () => {
      const clock = new TestClock();
      // a name with an empty label is found by no resolver, and is asked of none
      const record = await invokeAt("http://lambda..invalid:9", { mode }, { clock });
      assertNotSent(record, "ENOTFOUND", "EAI_AGAIN");
      assert.deepEqual(clock.sleeps, [200, 400]);
    });

    it(`is tried three times where no connection comes about in time, and did not run (${mode})`, async () => {
      await using listener = await startDeafListener();
      const clock = new TestClock();
      const record = await invokeAt(listener.endpoint, { mode }, { clock, connectTimeoutMs: 30 });
      assertNotSent(record, "ConnectTimeout");
      assert.deepEqual(clock.sleeps, [200, 400]);
    });

    it(`is sent once it can be (${mode})`, async () => {
      const gone = await startServer(reply(200));
      await gone[Symbol.asyncDispose]();
      const clock = new TestClock();
      const port = Number(new URL(gone.endpoint).port);
      const requests: string[] = [];
      const server = createServer((socket) => {
        socket.once("data", (bytes) => {
          requests.push(bytes.toString());
          socket.end("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1");
        });
      });
      const connections = keepConnections(server);
      clock.sleep = async (ms) => {
        clock.sleeps.push(ms);
        server.listen(port, "127.0.0.1");
        await once(server, "listening");
      };
      const record = await invokeAt(gone.endpoint, { mode }, { clock });
      await close(server, connections);
      assert.deepEqual([record.verdict, record.attempts, requests.length], ["returned", 1, 1]);
    });
  }

  it("did not run where it is cancelled while it connects", async () => {
    await using listener = await startDeafListener();
    const stop = new AbortController();
    const invocation = invokeAt(listener.endpoint, {}, { signal: stop.signal });
    await nextConnection();
    stop.abort();
    assertNotSent(await invocation, "CancelledBeforeSending");
  });

  it("did not run where the deadline comes while it connects", async () => {
    await using listener = await startDeafListener();
    const clock = new TestClock();
    const invocation = invokeAt(listener.endpoint, {}, { clock });
    await nextConnection();
    clock.expire();
    assertNotSent(await invocation, "DeadlineExceeded");
  });

  it("did not run where a header cannot be written", async () => {
    await using server = await startServer(reply(200));
    for (const tenantId of ["a\nb", "日本"]) {
      const record = await invokeAt(server.endpoint, { tenantId }, { connectTimeoutMs: 100 });
      assertNotSent(record, "ERR_INVALID_CHAR");
    }
    assert.equal(server.requests.length, 0);
  });

  it("did not run where the client context cannot be written", async () => {
    await using server = await startServer(reply(200));
    const circle: { self?: object } = {};
    circle.self = circle;
    const record = await invokeAt(server.endpoint, { clientContext: circle });
    assert.deepEqual([record.verdict, record.attempts, server.requests.length], ["notRun", 0, 0]);
  });

  it("did not run if the endpoint isn't an address", async () => {
    for (const endpoint of ["http://127.0.0.1:0", "http://127.0.0.1:1x", "127.0.0.1", "ftp://127.0.0.1"]) {
      const record = await invokeAt(endpoint);
      assert.deepEqual([record.verdict, record.attempts], ["notRun", 0], endpoint);
    }
  });
});

/** Resolves as soon as this process has begun to make its next connection. */
async function nextConnection(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onSocket = (): void => resolve();
  subscribe("net.client.socket", onSocket);
  await promise;
  unsubscribe("net.client.socket", onSocket);
}

describe("an invocation over TLS", () => {
  useOwnEnvironment();

  const certificate = selfSigned();

  for (const mode of MODES) {
    it(`is not sent where the certificate is not trusted (${mode})`, async () => {
      await using server = await startServer(reply(200), certificate);
      const clock = new TestClock();
      const record = await invokeAt(server.endpoint, { mode }, { clock });
      assertNotSent(record, "CertificateError");
      assert.deepEqual([server.requests.length, server.connections.length], [0, 1]);
      assert.deepEqual(clock.sleeps, []);
    });

    for (const how of ["closed", "reset"] as const) {
      it(`is not sent where the connection is ${how} during the handshake (${mode})`, async () => {
        await using listener = await startListener((socket) =>
          how === "closed" ? socket.end() : socket.resetAndDestroy(),
        );
        const record = await invokeAt(`https://127.0.0.1:${listener.port}`, { mode });
        assertNotSent(record, "ECONNRESET");
        assert.equal(record.error?.message, "The connection broke while it was being made.");
        assert.equal(listener.connections.length, 1);
      });
    }

    it(`is not sent where the deadline comes during the handshake (${mode})`, async () => {
      const clock = new TestClock();
      await using listener = await startListener(() => clock.expire());
      const record = await invokeAt(`https://127.0.0.1:${listener.port}`, { mode }, { clock });
      assertNotSent(record, "DeadlineExceeded");
      assert.equal(listener.connections.length, 1);
    });

    it(`is not sent where the other side does not speak TLS (${mode})`, async () => {
      await using server = await startServer(reply(200));
      const record = await invokeAt(server.endpoint.replace("http:", "https:"), { mode });
      assertNotSent(record, "EPROTO", "ECONNRESET");
      assert.equal(server.requests.length, 0);
    });

    it(`is sent once, and unknown, where the connection breaks after the handshake (${mode})`, async () => {
      using _trust = trust(certificate.cert);
      await using server = await startServer((_response, _request, socket) => socket.destroy(), certificate);
      const record = await invokeAt(server.endpoint, { mode });
      assert.deepEqual([record.verdict, record.attempts, record.error?.name], ["unknown", 1, "ECONNRESET"]);
      assert.equal(server.requests.length, 1);
    });
  }

  it("is answered where the certificate is trusted", async () => {
    using _trust = trust(certificate.cert);
    await using server = await startServer(reply(200, "1"), certificate);
    const record = await invokeAt(server.endpoint);
    assert.deepEqual([record.verdict, record.attempts], ["returned", 1]);
  });

  it("is sent once, and unknown, where a connection that was kept breaks", async () => {
    using _trust = trust(certificate.cert);
    let answers = 0;
    await using server = await startServer((response, request, socket) => {
      if (answers++ === 0) reply(200, "1")(response, request, socket);
      else socket.destroy();
    }, certificate);
    using gateway = gatewayTo(server.endpoint);
    const signal = new AbortController().signal;
    const api = await gateway.open({ kind: "local", name: "Local" }, signal);
    const call = callOf({ payload: "1", logTail: false });
    assert.equal((await api.send(call, signal)).kind, "answer");
    const second = await api.send(call, signal);
    assert.equal(server.connections.length, 1);
    assert.ok(second.kind === "failure" && second.sent);
    assert.deepEqual([second.name, server.requests.length], ["ECONNRESET", 2]);
  });
});

/** Trusts a certificate in this process until it is disposed of. */
function trust(certificate: string): Disposable {
  const before = getCACertificates("default");
  setDefaultCACertificates([...before, certificate]);
  return { [Symbol.dispose]: () => setDefaultCACertificates(before) };
}
