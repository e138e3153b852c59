import assert from "node:assert/strict";
import { once } from "node:events";
import type { InvocationRecord } from "../../../src/core/invocation/record.ts";
import type { InvocationMode } from "../../../src/core/invocation/invocationSpec.ts";
import { ownEnvironment, useOwnEnvironment } from "./environment.ts";
import { reply, type SeenRequest, type Serve, startServer } from "./faultyServer.ts";
import { invoke, requestOf, type TestRequest } from "../../support/invocations.ts";
import { gatewayTo, invokeAt, type InvokeOptions } from "./local.ts";
import { TestClock } from "./testClock.ts";

const ARN = "arn:aws:lambda:eu-central-1:123456789012:function:order";
const NEVER = new AbortController().signal;

/** Invokes a function of a server that does as told; gives the record, and the request as the server saw it. */
async function invokeWith(
  serve: Serve,
  request: Partial<TestRequest> = {},
  options: InvokeOptions = {},
): Promise<{ record: InvocationRecord; seen: SeenRequest }> {
  await using server = await startServer(serve);
  const record = await invokeAt(server.endpoint, request, options);
  const [seen] = server.requests;
  assert.ok(seen);
  assert.equal(server.requests.length, 1);
  assert.equal(record.attempts, 1);
  return { record, seen };
}

/** Sends invocations one after the other through one gateway. */
function sender(
  endpoint: string,
  options: InvokeOptions,
): { send(): Promise<InvocationRecord> } & Disposable {
  const gateway = gatewayTo(endpoint, options);
  return {
    send: async () => {
      const api = await gateway.open({ kind: "local", name: "Local" }, NEVER);
      return await invoke(requestOf(), api, new TestClock(), NEVER);
    },
    [Symbol.dispose]: () => gateway.dispose(),
  };
}

describe("the request of an invocation", () => {
  useOwnEnvironment();

  for (const payload of [
    "{}",
    '{ "a" : 12345678901234567890,\r\n\t"a":1.0, "é😀": "\\u00e9" }\n',
    "null",
    `"${"x".repeat(6 * 1024 * 1024 - 2)}"`,
  ]) {
    it(`has the payload's bytes and no others: ${payload.slice(0, 30).trim()}`, async () => {
      const { seen, record } = await invokeWith(reply(200), { payload });
      assert.equal(seen.method, "POST");
      assert.ok(seen.body.equals(Buffer.from(payload)));
      assert.equal(seen.headers["content-length"], String(Buffer.byteLength(payload)));
      assert.equal(record.payload.bytes, seen.body.length);
      assert.equal(record.payload.text, payload);
    });
  }

  for (const [mode, status, logType] of [
    ["RequestResponse", 200, "Tail"],
    ["Event", 202, undefined],
    ["DryRun", 204, undefined],
  ] as [InvocationMode, number, string | undefined][]) {
    it(`names the mode ${mode}, and asks for the log ${logType ? "" : "not "}there`, async () => {
      const { seen } = await invokeWith(reply(status), { mode });
      assert.equal(seen.headers["x-amz-invocation-type"], mode);
      assert.equal(seen.headers["x-amz-log-type"], logType);
      assert.equal(seen.url.pathname, "/2015-03-31/functions/order/invocations");
      assert.equal(seen.url.search, "");
      assert.equal("expect" in seen.headers, false);
    });
  }

  it("asks for no log where that is switched off", async () => {
    const { seen } = await invokeWith(reply(200), { logTail: false });
    assert.equal(seen.headers["x-amz-log-type"], undefined);
  });

  it("carries the client context in base64, synchronously only", async () => {
    const clientContext = { custom: { é: "😀" }, client: { app_title: "app" } };
    const { seen } = await invokeWith(reply(200), { clientContext });
    const header = String(seen.headers["x-amz-client-context"]);
    assert.deepEqual(JSON.parse(Buffer.from(header, "base64").toString("utf8")), clientContext);
    const event = await invokeWith(reply(202), { clientContext, mode: "Event" });
    assert.equal("x-amz-client-context" in event.seen.headers, false);
  });

  it("carries the tenant, and no header for what was not given", async () => {
    const { seen } = await invokeWith(reply(200), { tenantId: "blue-1" });
    assert.equal(seen.headers["x-amz-tenant-id"], "blue-1");
    const plain = await invokeWith(reply(200));
    assert.equal("x-amz-tenant-id" in plain.seen.headers, false);
    assert.equal("x-amz-client-context" in plain.seen.headers, false);
  });

  for (const [name, target, path, qualifier] of [
    ["a name", { name: "order" }, "order", null],
    ["a version", { name: "order", qualifier: "7" }, "order", "7"],
    ["$LATEST", { name: "order", qualifier: "$LATEST" }, "order", "$LATEST"],
    ["an ARN", { name: "order", arn: ARN }, encodeURIComponent(ARN), null],
    ["an ARN and an alias", { name: "order", arn: ARN, qualifier: "live" }, encodeURIComponent(ARN), "live"],
  ] as const) {
    it(`is addressed to ${name}`, async () => {
      const { seen } = await invokeWith(reply(200), { function: target });
      assert.equal(seen.url.pathname, `/2015-03-31/functions/${path}/invocations`);
      assert.equal(seen.url.searchParams.get("Qualifier"), qualifier);
    });
  }

  it("is signed with the key of the connection, for its region", async () => {
    const { seen } = await invokeWith(reply(200));
    const scope = /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/lambda\/aws4_request/;
    assert.match(seen.headers.authorization ?? "", scope);
  });

  it("is one, also where the environment asks the SDK for retries", async () => {
    await using environment = await ownEnvironment({ AWS_MAX_ATTEMPTS: "5", AWS_RETRY_MODE: "adaptive" });
    await environment.write(".aws/config", "[default]", "max_attempts = 7", "retry_mode = standard");
    const { record } = await invokeWith((_response, _request, socket) => socket.resetAndDestroy());
    assert.equal(record.verdict, "unknown");
  });
});

describe("the answer to an invocation", () => {
  useOwnEnvironment();

  for (const [mode, status, headers, verdict] of [
    ["RequestResponse", 200, {}, "returned"],
    ["RequestResponse", 200, { "x-amz-function-error": "Unhandled" }, "failed"],
    ["RequestResponse", 200, { "x-amz-function-error": "Handled" }, "failed"],
    ["Event", 202, {}, "accepted"],
    ["DryRun", 204, {}, "valid"],
  ] as const) {
    it(`${status} ${Object.values(headers).join("")} in mode ${mode} is ${verdict}`, async () => {
      const serve = reply(status, status === 200 ? '{"errorMessage":"no"}' : "", headers);
      const { record } = await invokeWith(serve, { mode });
      assert.equal(record.verdict, verdict);
      assert.equal(record.statusCode, status);
      assert.equal(record.requestId, "request-1");
      assert.equal(record.functionError, Object.values(headers)[0]);
      assert.equal(record.error?.message, verdict === "failed" ? "no" : undefined);
    });
  }

  it("has the log, decoded, and the report in it", async () => {
    const log =
      "START é\nREPORT RequestId: r\tDuration: 2 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 9 MB\n";
    const headers = {
      "x-amz-log-result": Buffer.from(log).toString("base64"),
      "x-amz-executed-version": "$LATEST",
      "x-amzn-requestid": "r",
    };
    const { record } = await invokeWith(reply(200, "1", headers));
    assert.equal(record.log, log);
    assert.equal(record.report?.billedDurationMs, 3);
    assert.equal(record.executedVersion, "$LATEST");
  });

  it("is kept as bytes where it is binary", async () => {
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
    const { record } = await invokeWith((response) => response.writeHead(200).end(bytes));
    assert.deepEqual(record.response, { base64: bytes.toString("base64") });
    assert.equal(record.responseBytes, 512);
  });

  it("is whole where it has 5 MB and comes in chunks", async () => {
    const text = JSON.stringify({ rows: "é".repeat((5 * 1024 * 1024) / 2) });
    const { record } = await invokeWith((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 100_000) response.write(bytes.subarray(at, at + 100_000));
      response.end();
    });
    assert.ok(record.response && "text" in record.response);
    assert.ok(record.response.text === text, "the text differs");
    assert.equal(record.responseBytes, Buffer.byteLength(text));
    assert.equal(record.verdict, "returned");
  });

  it("is empty where the function returned nothing", async () => {
    const { record } = await invokeWith(reply(200));
    assert.deepEqual([record.response, record.responseBytes], [{ text: "" }, 0]);
  });

  it("takes the time that the client saw", async () => {
    const { record } = await invokeWith((...seen) => setTimeout(() => reply(200)(...seen), 30));
    assert.ok(record.durationMs >= 29, `${record.durationMs}`);
    assert.match(record.startedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});

describe("a connection that is kept", () => {
  useOwnEnvironment();

  it("serves the next invocation", async () => {
    await using server = await startServer(reply(200));
    using client = sender(server.endpoint, {});
    await client.send();
    await client.send();
    assert.deepEqual([server.connections.length, server.requests.length], [1, 2]);
  });

  it("is not used again after the idle limit", async () => {
    await using server = await startServer(reply(200));
    using client = sender(server.endpoint, { idleMs: 30 });
    await client.send();
    const [first] = server.connections;
    assert.ok(first);
    await once(first, "close");
    const second = await client.send();
    assert.deepEqual([second.verdict, second.attempts], ["returned", 1]);
    assert.deepEqual([server.connections.length, server.requests.length], [2, 2]);
  });

  it("is not used again after the other side closed it", async () => {
    await using server = await startServer(reply(200));
    using client = sender(server.endpoint, {});
    await client.send();
    const [first] = server.connections;
    assert.ok(first);
    first.end();
    await once(first, "close");
    const second = await client.send();
    assert.deepEqual([second.verdict, second.attempts], ["returned", 1]);
    assert.deepEqual([server.connections.length, server.requests.length], [2, 2]);
  });

  it("is not cut while an answer takes longer than the idle limit, be it new or used before", async () => {
    const idleMs = 25;
    await using server = await startServer((...seen) => setTimeout(() => reply(200)(...seen), idleMs * 4));
    using client = sender(server.endpoint, { idleMs });
    const records = [await client.send(), await client.send()];
    assert.deepEqual(
      records.map(({ verdict, attempts }) => [verdict, attempts]),
      [
        ["returned", 1],
        ["returned", 1],
      ],
    );
    assert.deepEqual([server.connections.length, server.requests.length], [1, 2]);
  });

  it("is not shared by invocations that run at the same time", async () => {
    const { promise: all, resolve: answerAll } = Promise.withResolvers<void>();
    let waiting = 0;
    await using server = await startServer((response) => {
      if (++waiting === 20) answerAll();
      void all.then(() => response.writeHead(200).end("1"));
    });
    using client = sender(server.endpoint, {});
    const records = await Promise.all(Array.from({ length: 20 }, () => client.send()));
    assert.ok(records.every(({ verdict, attempts }) => verdict === "returned" && attempts === 1));
    assert.deepEqual([server.connections.length, server.requests.length], [20, 20]);
  });
});
