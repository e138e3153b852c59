import assert from "node:assert/strict";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import type { InvocationEvent } from "../../../src/core/invocation/invocationEvent.ts";
import type { InvocationRecord, Verdict } from "../../../src/core/invocation/record.ts";
import { run } from "../../../src/core/invocation/run.ts";
import type { StreamChunk } from "../../../src/core/invocation/streamedResponse.ts";
import { adviceOf } from "../../../src/core/output/outputBlock.ts";
import {
  chunkFrame,
  completeFrame,
  EVENT_STREAM_HEADERS,
  exceptionFrame,
} from "../../support/eventStream.ts";
import { requestOf, type TestRequest, withPass } from "../../support/invocations.ts";
import { useOwnEnvironment } from "./environment.ts";
import { refuse, reply, type Serve, startServer } from "./faultyServer.ts";
import { gatewayTo } from "./local.ts";
import { TestClock } from "./testClock.ts";

interface Streamed {
  record: InvocationRecord;
  chunks: StreamChunk[];
}

interface StreamOptions {
  request?: Partial<TestRequest>;
  clock?: TestClock;
  signal?: AbortSignal;
  onEvent?: (event: InvocationEvent) => Promise<void> | void;
}

/** Invokes a function with a streamed response, and collects what arrives. */
async function stream(endpoint: string, options: StreamOptions = {}): Promise<Streamed> {
  const { clock = new TestClock(), signal = new AbortController().signal } = options;
  using gateway = gatewayTo(endpoint);
  const api = await gateway.open({ kind: "local", name: "Local" }, signal);
  const request = await withPass(requestOf({ mode: "ResponseStream", ...options.request }));
  const chunks: StreamChunk[] = [];
  for await (const event of run(request, () => Promise.resolve(api), clock, signal)) {
    if (event.type === "chunk") chunks.push(event.chunk);
    await options.onEvent?.(event);
    if (event.type === "ended") return { record: event.record, chunks };
  }
  throw new Error("The invocation ended without a record.");
}

function serveFrames(...frames: Uint8Array[]): Serve {
  return reply(200, Buffer.concat(frames), EVENT_STREAM_HEADERS);
}

/** Sends frames, and breaks the connection once they have left. */
function breakAfter(how: "reset" | "end", ...frames: Uint8Array[]): Serve {
  return (response, _request, socket) => {
    response.writeHead(200, { ...EVENT_STREAM_HEADERS, "transfer-encoding": "chunked" });
    response.write(Buffer.concat(frames), () => (how === "reset" ? socket.resetAndDestroy() : socket.end()));
  };
}

function corrupt(frame: Uint8Array): Uint8Array {
  const bytes = Buffer.from(frame);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 0xff;
  return bytes;
}

const textOf = ({ response }: InvocationRecord): string | undefined =>
  response && "text" in response ? response.text : undefined;

describe("a streamed response", () => {
  useOwnEnvironment();

  it("arrives part by part, and becomes one record", async () => {
    const log = Buffer.from("hello\n").toString("base64");
    await using server = await startServer(
      serveFrames(chunkFrame("one "), chunkFrame("two"), completeFrame({ LogResult: log })),
    );
    const { record, chunks } = await stream(server.endpoint);
    assert.deepEqual(
      chunks.map(({ bytes }) => Buffer.from(bytes).toString()),
      ["one ", "two"],
    );
    assert.partialDeepStrictEqual(record, {
      mode: "ResponseStream",
      verdict: "returned",
      statusCode: 200,
      requestId: "request-1",
      attempts: 1,
      response: { text: "one two" },
      responseBytes: 7,
      log: "hello\n",
    });
    assert.partialDeepStrictEqual(record.stream, { chunks: 2, complete: true });
    assert.ok((record.stream?.firstByteMs ?? -1) >= 0);
  });

  it("is asked for as the function, the payload and the log tail say", async () => {
    await using server = await startServer(serveFrames(completeFrame()));
    const fn = { name: "order", qualifier: "live" };
    const request = { function: fn, payload: '{"b":2}', clientContext: { a: 1 }, tenantId: "blue" };
    await stream(server.endpoint, { request });
    const [seen] = server.requests;
    assert.equal(seen?.url.pathname, "/2021-11-15/functions/order/response-streaming-invocations");
    assert.equal(seen.url.searchParams.get("Qualifier"), "live");
    assert.equal(seen.body.toString(), '{"b":2}');
    assert.partialDeepStrictEqual(seen.headers, {
      "x-amz-invocation-type": "RequestResponse",
      "x-amz-log-type": "Tail",
      "x-amz-tenant-id": "blue",
      "x-amz-client-context": Buffer.from('{"a":1}').toString("base64"),
    });
  });

  it("is read only as fast as it's taken", async () => {
    const part = chunkFrame(Buffer.alloc(64 * 1024, "a"));
    const goOn = Promise.withResolvers<void>();
    let written = 0;
    await using server = await startServer((response) => {
      response.writeHead(200, EVENT_STREAM_HEADERS);
      const write = async (): Promise<void> => {
        for (; written < 1000; written++) if (!response.write(part)) await once(response, "drain");
        response.end(completeFrame());
      };
      void write();
    });
    let untouched: Promise<void> | undefined;
    const onEvent = (event: InvocationEvent): Promise<void> | undefined => {
      if (event.type !== "chunk" || untouched) return undefined;
      // The server, in this process, has filled the sockets' buffers when it can't write for many rounds of its loop.
      untouched = (async () => {
        for (let quiet = 0, before = written; quiet < 500; before = written) {
          await setImmediate();
          quiet = before === written ? quiet + 1 : 0;
        }
        assert.ok(written < 1000, "everything was read at once");
        goOn.resolve();
      })();
      return untouched.then(() => goOn.promise);
    };
    const { record } = await stream(server.endpoint, { onEvent });
    assert.deepEqual([record.verdict, record.responseBytes], ["returned", 1000 * 64 * 1024]);
    assert.equal(record.stream?.keptBytes, 6 * 1024 * 1024);
    assert.equal(record.attempts, 1);
  });

  it("has the status and headers of an HTTP response before its body", async () => {
    const prelude = JSON.stringify({
      statusCode: 201,
      headers: { "content-type": "text/html" },
      cookies: ["a=1"],
    });
    const frames = [chunkFrame(prelude), chunkFrame(Buffer.alloc(8)), chunkFrame("<p>"), completeFrame()];
    await using server = await startServer(serveFrames(...frames));
    const { record, chunks } = await stream(server.endpoint);
    assert.equal(textOf(record), "<p>");
    assert.deepEqual(record.stream?.prelude, JSON.parse(prelude));
    assert.deepEqual(chunks[0]?.prelude, record.stream?.prelude);
  });

  for (const [details, error] of [
    [
      '{"errorType":"OrderError","errorMessage":"No items","stackTrace":["at x"]}',
      { errorType: "OrderError", message: "No items", stackTrace: ["at x"] },
    ],
    ["It broke.", { name: "Runtime.Exit", message: "It broke." }],
  ] as const) {
    it(`is followed by the function's error: failed, with what came before (${details})`, async () => {
      const end = completeFrame({ ErrorCode: "Runtime.Exit", ErrorDetails: details });
      await using server = await startServer(serveFrames(chunkFrame("half"), end));
      const { record } = await stream(server.endpoint);
      assert.deepEqual(
        [record.verdict, record.functionError, textOf(record)],
        ["failed", "Runtime.Exit", "half"],
      );
      assert.partialDeepStrictEqual(record.error, error);
      assert.equal(server.requests.length, 1);
    });
  }

  it("counts as ended once Lambda said so, whatever becomes of the connection", async () => {
    await using server = await startServer(breakAfter("reset", chunkFrame("all"), completeFrame()));
    const { record } = await stream(server.endpoint);
    assert.deepEqual([record.verdict, textOf(record)], ["returned", "all"]);
  });

  it("is asked for again without the log tail where the function has none", async () => {
    const message = "Tail logs are not supported for this function.";
    const script = [
      refuse(400, "InvalidParameterValueException", { Message: message }),
      serveFrames(completeFrame()),
    ];
    await using server = await startServer((...seen) => script.shift()?.(...seen));
    const { record } = await stream(server.endpoint);
    assert.deepEqual([record.verdict, record.attempts], ["returned", 2]);
  });
});

describe("a stream that breaks is unknown, and isn't asked for again, when", () => {
  useOwnEnvironment();

  const FAULTS: [name: string, serve: Serve, error: string, text: string][] = [
    ["the connection is reset after a part", breakAfter("reset", chunkFrame("half")), "ECONNRESET", "half"],
    ["the connection is closed after a part", breakAfter("end", chunkFrame("half")), "ECONNRESET", "half"],
    ["it ends without saying how", serveFrames(chunkFrame("half")), "IncompleteStream", "half"],
    ["nothing comes at all", serveFrames(), "IncompleteStream", ""],
    [
      "a part is damaged",
      serveFrames(chunkFrame("half"), corrupt(chunkFrame("rest"))),
      "UnreadableStream",
      "half",
    ],
    [
      "the end is damaged",
      serveFrames(chunkFrame("half"), corrupt(completeFrame())),
      "UnreadableStream",
      "half",
    ],
    [
      "it ends within a part",
      serveFrames(chunkFrame("half"), chunkFrame("rest").subarray(0, 20)),
      "UnreadableStream",
      "half",
    ],
    [
      "it's a page",
      reply(200, "<html>Not today</html>", { "content-type": "text/html" }),
      "UnreadableStream",
      "",
    ],
    ...[
      "ServiceException",
      "TooManyRequestsException",
      "ResourceNotReadyException",
      "InvalidParameterValueException",
      "ExpiredTokenException",
      "SomethingNew",
    ].map((type): (typeof FAULTS)[number] => [
      `${type} comes within it`,
      serveFrames(chunkFrame("half"), exceptionFrame(type)),
      type,
      "half",
    ]),
    [
      "it begins with an exception",
      serveFrames(exceptionFrame("TooManyRequestsException")),
      "TooManyRequestsException",
      "",
    ],
  ];

  for (const [name, serve, error, text] of FAULTS)
    it(name, async () => {
      await using server = await startServer(serve);
      const clock = new TestClock();
      const { record } = await stream(server.endpoint, { clock });
      assertBroken(record, "unknown", error, text);
      assert.deepEqual([server.requests.length, record.attempts, clock.sleeps], [1, 1, []]);
      assert.equal(clock.deadlines, 0);
    });

  it("nothing more comes by the deadline, which each part renews", async () => {
    await using server = await startServer((response) => {
      response.writeHead(200, EVENT_STREAM_HEADERS);
      response.write(chunkFrame("half"));
    });
    const clock = new TestClock();
    const onEvent = (event: InvocationEvent): void => {
      if (event.type !== "chunk") return;
      assert.equal(clock.deadlines, 0, "no deadline runs while a part is taken");
      const timer = setInterval(() => {
        if (clock.deadlines === 0) return;
        clearInterval(timer);
        clock.expire();
      }, 1);
    };
    const { record } = await stream(server.endpoint, { clock, onEvent });
    assertBroken(record, "unknown", "DeadlineExceeded", "half");
    assert.match(record.error?.message ?? "", /^Nothing more of the response came within/);
    assert.equal(server.requests.length, 1);
  });

  it("it's cancelled, which says that the function goes on and is billed", async () => {
    const gone = Promise.withResolvers<void>();
    await using server = await startServer((response, _request, socket) => {
      socket.once("close", () => gone.resolve());
      response.writeHead(200, EVENT_STREAM_HEADERS);
      response.write(chunkFrame("half"));
    });
    const stop = new AbortController();
    const onEvent = (event: InvocationEvent): void => {
      if (event.type === "chunk") stop.abort();
    };
    const { record } = await stream(server.endpoint, { signal: stop.signal, onEvent });
    assertBroken(record, "unknown", "Cancelled", "half");
    assert.match(adviceOf(record) ?? "", /goes on.*billed/);
    await gone.promise;
    assert.equal(server.requests.length, 1);
  });
});

function assertBroken(record: InvocationRecord, verdict: Verdict, error: string, text: string): void {
  assert.deepEqual(
    [record.verdict, record.error?.name, textOf(record)],
    [verdict, error, text],
    JSON.stringify(record),
  );
  assert.deepEqual([record.stream?.complete, record.responseBytes], [false, text.length]);
  assert.match(record.error?.message ?? "", /\S{2,}/);
  assert.match(adviceOf(record) ?? "", /\.$/);
}
