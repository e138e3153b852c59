import assert from "node:assert/strict";
import type { InvocationRecord, Verdict } from "../../../src/core/invocation/record.ts";
import type { InvocationMode } from "../../../src/core/invocation/invocationSpec.ts";
import { adviceOf } from "../../../src/core/output/outputBlock.ts";
import { completeFrame, EVENT_STREAM_HEADERS } from "../../support/eventStream.ts";
import { useOwnEnvironment } from "./environment.ts";
import { refuse, reply, type Serve, startServer } from "./faultyServer.ts";
import { invokeAt } from "./local.ts";
import { TestClock } from "./testClock.ts";

const MODES: readonly InvocationMode[] = ["RequestResponse", "Event", "DryRun", "ResponseStream"];
const WHOLE = MODES.filter((mode) => mode !== "ResponseStream");
const HTML = "<html><body><h1>Not today</h1></body></html>";

interface Fault {
  name: string;
  serve: Serve;
  verdict: Verdict;
  error: string;
  status?: number;
  /** 1 where nothing else is said. */
  requests?: number;
  /** The pauses between the requests, in milliseconds. */
  pauses?: number[];
}

/** The fault happens every time; where a request may follow another, all of them end in it. */
const FAULTS: Fault[] = [
  lost("the connection is reset before any answer", "ECONNRESET", (_response, _request, socket) =>
    socket.resetAndDestroy(),
  ),
  lost("the connection is closed before any answer", "ECONNRESET", (_response, _request, socket) =>
    socket.destroy(),
  ),
  lost("the connection is closed in the head of the answer", "ECONNRESET", raw("HTTP/1.1 200 OK\r\nx-am")),
  lost("the connection is reset in the body", "ECONNRESET", (response, _request, socket) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"a":', () => socket.resetAndDestroy());
  }),
  lost("the body is shorter than its length", "ECONNRESET", (response, _request, socket) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"a":', () => socket.end());
  }),
  lost("the body stops between two chunks", "ECONNRESET", (response, _request, socket) => {
    response.writeHead(200, { "transfer-encoding": "chunked" });
    response.write('{"a":', () => socket.end());
  }),
  lost("the answer is not HTTP", "HPE_INVALID_CONSTANT", raw("SSH-2.0-OpenSSH_9.9\r\n\r\n")),
  lost(
    "the body isn't chunked",
    "ECONNRESET",
    raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
  ),

  throttled("Lambda throttles", {}, {}, [200, 400]),
  throttled("Lambda throttles and says for how long", {}, { "retry-after": "2" }, [2000, 2000]),
  throttled("Lambda throttles for long", {}, { "retry-after": "600" }, [5000, 5000]),
  throttled("Lambda throttles and says why", { Reason: "CallerRateLimitExceeded" }, {}, [200, 400]),
  { ...passing(429, "HTTP 429"), name: "something throttles without a word", serve: reply(429) },
  typed(502, "ResourceNotReadyException", true),
  typed(502, "ENINotReadyException", true),
  typed(502, "EC2ThrottledException", true),
  typed(409, "ResourceConflictException", true),
  typed(409, "SnapStartNotReadyException", true),
  typed(409, "CodeArtifactUserPendingException", true),
  typed(502, "KMSDisabledException", false),
  typed(502, "InvalidZipFileException", false),
  typed(400, "InvalidRequestContentException", false),
  typed(403, "AccessDeniedException", false),
  typed(404, "ResourceNotFoundException", false),
  typed(408, "EFSMountTimeoutException", false),
  typed(413, "RequestTooLargeException", false),

  unknown(500, "ServiceException"),
  unknown(400, "SnapStartException"),
  unknown(408, "SnapStartTimeoutException"),
  unknown(410, "EFSIOException"),
  unknown(502, "SomethingNewException"),
  ...[500, 502, 503, 504].map((status) => page(status, "unknown")),
  page(301, "unknown", { location: "/elsewhere" }),
  page(307, "unknown", { location: "/elsewhere" }),
  ...[101, 201, 203, 205, 206, 208, 226, 299].map(unused),
  ...[300, 302, 303, 304, 305, 308, 399, 600, 999].map((status) => ({
    ...unused(status),
    serve: reply(status),
  })),
  {
    ...unused(101),
    name: "101 to another protocol",
    serve: raw(
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n\x81\x01a",
    ),
  },
  {
    ...unused(101),
    name: "101 to another protocol, and nothing more",
    serve: (_response, _request, socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"),
  },
  {
    ...unused(203),
    name: "203 whose body never ends",
    serve: (response) => response.writeHead(203, { "content-length": "100" }).write('{"a":'),
  },
  lost("nothing follows 100", "ECONNRESET", raw("HTTP/1.1 100 Continue\r\n\r\n")),
  lost("nothing follows 103", "ECONNRESET", raw("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")),
  page(408, "unknown"),
  page(403, "notRun"),
  page(404, "notRun"),
  { ...page(503, "unknown", { "retry-after": "1" }), name: "503 with HTML, which asks to come again" },
  {
    name: "502 as a load balancer gives it, with JSON and without a type",
    serve: reply(502, '{"message":"Internal server error"}', { "content-type": "application/json" }),
    verdict: "unknown",
    error: "HTTP 502",
    status: 502,
  },
  {
    name: "an error without a body",
    serve: reply(500),
    verdict: "unknown",
    error: "HTTP 500",
    status: 500,
  },
  {
    name: "an error whose body is garbage",
    serve: (response) => response.writeHead(500).end(Buffer.from([0, 255, 254, 123, 34])),
    verdict: "unknown",
    error: "HTTP 500",
    status: 500,
  },
  {
    name: "a refusal whose body is garbage",
    serve: (response) => response.writeHead(400).end('{"Message": '),
    verdict: "notRun",
    error: "HTTP 400",
    status: 400,
  },
  {
    name: "an error whose body is cut",
    serve: (response, _request, socket) => {
      response.writeHead(503, { "content-length": "100" });
      response.write('{"Mess', () => socket.end());
    },
    verdict: "unknown",
    error: "ECONNRESET",
    status: 503,
  },
];

function lost(name: string, error: string, serve: Serve): Fault {
  return { name, serve, verdict: "unknown", error };
}

/** Writes bytes that need not be HTTP, and closes the connection. */
function raw(bytes: string): Serve {
  return (_response, _request, socket) => socket.end(bytes);
}

function passing(status: number, error: string): Fault {
  return {
    name: error,
    serve: refuse(status, error),
    verdict: "notRun",
    error,
    status,
    requests: 3,
    pauses: [200, 400],
  };
}

function throttled(
  name: string,
  body: Record<string, string>,
  headers: Record<string, string>,
  pauses: number[],
): Fault {
  const error = "TooManyRequestsException";
  return { ...passing(429, error), name, serve: refuse(429, error, body, headers), pauses };
}

function typed(status: number, error: string, again: boolean): Fault {
  const name = `${status} ${error}`;
  if (again) return { ...passing(status, error), name };
  return { name, serve: refuse(status, error), verdict: "notRun", error, status };
}

/** A status that Invoke doesn't have, with what would be an answer. */
function unused(status: number): Fault {
  const serve: Serve =
    status === 101 ? raw("HTTP/1.1 101 Switching Protocols\r\n\r\n{}") : reply(status, '{"ran":true}');
  return {
    name: `${status}, which Invoke doesn't have`,
    serve,
    verdict: "unknown",
    error: `HTTP ${status}`,
    status,
  };
}

function unknown(status: number, error: string): Fault {
  return { name: `${status} ${error}`, serve: refuse(status, error), verdict: "unknown", error, status };
}

/** A page of something between here and Lambda. */
function page(status: number, verdict: Verdict, headers: Record<string, string> = {}): Fault {
  const serve = reply(status, HTML, { "content-type": "text/html", ...headers });
  return { name: `${status} with HTML`, serve, verdict, error: `HTTP ${status}`, status };
}

function assertFailed(record: InvocationRecord, fault: Omit<Fault, "name" | "serve">): void {
  assert.equal(record.error?.name, fault.error, JSON.stringify(record));
  assert.equal(record.verdict, fault.verdict);
  if (fault.status !== undefined) assert.equal(record.statusCode, fault.status);
  assert.match(record.error.message, /\S{2,}/);
  assert.doesNotMatch(record.error.message, /UnknownError|undefined|Unexpected|Deserialization|\$response/);
  assert.ok(record.durationMs >= 0 && record.durationMs < 60_000);
  assert.match(adviceOf(record) ?? "", /\.$/);
}

describe("an invocation when", () => {
  useOwnEnvironment();

  for (const fault of FAULTS) {
    const { name, serve, requests = 1, pauses = [] } = fault;
    for (const mode of MODES) {
      it(`${name} is sent ${["", "once", "twice", "three times"][requests]}, and ${fault.verdict} (${mode})`, async () => {
        await using server = await startServer(serve);
        const clock = new TestClock();
        const record = await invokeAt(server.endpoint, { mode }, { clock });
        assertFailed(record, fault);
        assert.equal(server.requests.length, requests);
        assert.equal(record.attempts, server.requests.length);
        assert.deepEqual(clock.sleeps, pauses);
        assert.equal(clock.deadlines, 0);
      });
    }
  }

  for (const mode of MODES) {
    it(`the answer does not come by the deadline is sent once, and unknown (${mode})`, async () => {
      await using server = await startServer(() => {});
      const clock = new TestClock();
      const invocation = invokeAt(server.endpoint, { mode }, { clock });
      await server.arrived(1);
      clock.expire();
      assertFailed(await invocation, { verdict: "unknown", error: "DeadlineExceeded" });
      assert.equal((await invocation).attempts, server.requests.length);
      assert.equal(server.requests.length, 1);
    });

    it(`the answer's body does not come by the deadline is sent once, and unknown (${mode})`, async () => {
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
      await using server = await startServer((response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write('{"a":', () => begin());
      });
      const clock = new TestClock();
      const invocation = invokeAt(server.endpoint, { mode }, { clock });
      await begun;
      clock.expire();
      assertFailed(await invocation, { verdict: "unknown", error: "DeadlineExceeded" });
      assert.equal((await invocation).attempts, server.requests.length);
      assert.equal(server.requests.length, 1);
    });

    it(`it is cancelled before it is sent reaches no server, and did not run (${mode})`, async () => {
      await using server = await startServer(reply(200));
      const record = await invokeAt(server.endpoint, { mode }, { signal: AbortSignal.abort() });
      assertFailed(record, { verdict: "notRun", error: "CancelledBeforeSending" });
      assert.equal(record.attempts, 0);
      assert.deepEqual([server.requests.length, server.connections.length], [0, 0]);
    });

    it(`it is cancelled while it waits is sent once, and unknown (${mode})`, async () => {
      const stop = new AbortController();
      await using server = await startServer(() => stop.abort());
      const record = await invokeAt(server.endpoint, { mode }, { signal: stop.signal });
      assertFailed(record, { verdict: "unknown", error: "Cancelled" });
      assert.equal(record.attempts, server.requests.length);
      assert.equal(server.requests.length, 1);
    });
  }
});

describe("an invocation that is answered with another mode's status", () => {
  useOwnEnvironment();

  for (const [mode, status] of [
    ["RequestResponse", 202],
    ["RequestResponse", 204],
    ["Event", 204],
    ["DryRun", 202],
    ["ResponseStream", 202],
    ["ResponseStream", 204],
  ] as const) {
    it(`is sent once, and unknown (${mode}, ${status})`, async () => {
      await using server = await startServer(reply(status));
      const record = await invokeAt(server.endpoint, { mode });
      assertFailed(record, { verdict: "unknown", error: `HTTP ${status}`, status });
      assert.deepEqual([server.requests.length, record.attempts], [1, 1]);
    });
  }

  for (const mode of WHOLE) {
    it(`comes from an emulator that always runs the function: what it returned (${mode})`, async () => {
      await using server = await startServer(reply(200, '"ran"'));
      const record = await invokeAt(server.endpoint, { mode });
      assert.deepEqual([record.verdict, server.requests.length], ["returned", 1]);
    });
  }

  for (const informational of [100, 102, 103]) {
    it(`comes after ${informational}: the answer counts`, async () => {
      const head = `HTTP/1.1 ${informational} Soon\r\n\r\n`;
      await using server = await startServer(
        raw(`${head}${head}HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1`),
      );
      const record = await invokeAt(server.endpoint);
      assert.deepEqual(
        [record.verdict, record.response, server.requests.length],
        ["returned", { text: "1" }, 1],
      );
    });
  }
});

describe("an invocation that was refused for a while", () => {
  useOwnEnvironment();

  const good: Readonly<Record<InvocationMode, { serve: Serve; verdict: Verdict }>> = {
    RequestResponse: { serve: reply(200), verdict: "returned" },
    Event: { serve: reply(202), verdict: "accepted" },
    DryRun: { serve: reply(204), verdict: "valid" },
    ResponseStream: { serve: reply(200, completeFrame(), EVENT_STREAM_HEADERS), verdict: "returned" },
  };

  for (const mode of MODES) {
    for (const refusals of [1, 2]) {
      it(`is sent ${refusals + 1} times in all, and answered (${mode})`, async () => {
        const { serve, verdict } = good[mode];
        const script = [...Array<Serve>(refusals).fill(refuse(429, "TooManyRequestsException")), serve];
        await using server = await startServer((...seen) => script.shift()?.(...seen));
        const record = await invokeAt(server.endpoint, { mode });
        assert.deepEqual([record.verdict, record.attempts], [verdict, refusals + 1]);
        assert.equal(server.requests.length, refusals + 1);
        assert.equal("error" in record, false);
        const bodies = server.requests.map(({ body }) => body.toString());
        assert.deepEqual(new Set(bodies), new Set(['{"a":1}']));
      });
    }

    it(`is not sent again once an answer is lost (${mode})`, async () => {
      const script: Serve[] = [
        refuse(429, "TooManyRequestsException"),
        (_response, _request, socket) => socket.resetAndDestroy(),
      ];
      await using server = await startServer((...seen) => (script.shift() ?? reply(200))(...seen));
      const record = await invokeAt(server.endpoint, { mode });
      assert.deepEqual([record.verdict, record.attempts, server.requests.length], ["unknown", 2, 2]);
    });
  }

  it("is sent again without the log tail where the function has none", async () => {
    const message = "Tail logs are not supported for this function.";
    const script = [refuse(400, "InvalidParameterValueException", { Message: message }), reply(200)];
    await using server = await startServer((...seen) => script.shift()?.(...seen));
    const record = await invokeAt(server.endpoint);
    assert.deepEqual([record.verdict, record.attempts], ["returned", 2]);
    assert.deepEqual(
      server.requests.map(({ headers }) => headers["x-amz-log-type"]),
      ["Tail", undefined],
    );
  });

  it("says why it was throttled", async () => {
    const reason = "ReservedFunctionConcurrentInvocationLimitExceeded";
    await using server = await startServer(refuse(429, "TooManyRequestsException", { Reason: reason }));
    const record = await invokeAt(server.endpoint);
    assert.equal(record.error?.message, `It was TooManyRequestsException. (${reason})`);
    assert.equal(record.requestId, "request-1");
  });
});
