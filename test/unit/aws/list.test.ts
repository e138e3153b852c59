import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import type { FunctionSummary } from "../../../src/core/functions/functionSummary.ts";
import { useOwnEnvironment } from "./environment.ts";
import { refuse, reply, type Serve, startServer } from "./faultyServer.ts";
import { list, NEVER, pages, sentenceOf } from "./listing.ts";
import { gatewayTo } from "./local.ts";

function localList(endpoint: string, signal = NEVER): Promise<FunctionSummary[]> {
  const gateway = gatewayTo(endpoint);
  return gateway.open({ kind: "local", name: "Local" }, NEVER).then((api) => list(api, signal));
}

describe("the list of functions", () => {
  useOwnEnvironment();

  it("has every function of every page, in order", async () => {
    await using server = await startServer(pages(120));
    const found = await localList(server.endpoint);
    assert.deepEqual(
      found.map(({ name }) => name),
      Array.from({ length: 120 }, (_, index) => `function-${index}`),
    );
    assert.deepEqual(
      server.requests.map(({ method, url }) => [method, url.pathname, url.searchParams.get("Marker")]),
      [null, "50", "100"].map((marker) => ["GET", "/2015-03-31/functions", marker]),
    );
  });

  it("asks for a page only when it is wanted", async () => {
    await using server = await startServer(pages(120));
    using gateway = gatewayTo(server.endpoint);
    const api = await gateway.open({ kind: "local", name: "Local" }, NEVER);
    const iterator = api.listFunctions(NEVER)[Symbol.asyncIterator]();
    await turn();
    assert.equal(server.requests.length, 0);
    for (const count of [1, 2]) {
      const page = await iterator.next();
      assert.equal(page.value?.length, 50);
      await turn();
      assert.equal(server.requests.length, count);
    }
    await iterator.return?.();
    assert.equal((await iterator.next()).done, true);
    assert.equal(server.requests.length, 2);
  });

  it("may be empty", async () => {
    await using server = await startServer(pages(0));
    assert.deepEqual(await localList(server.endpoint), []);
  });

  for (const status of [101, 201, 202, 203, 204, 206])
    it(`isn't empty where the endpoint answers ${status}, but can't be read`, async () => {
      const switched = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n";
      const serve: Serve =
        status === 101 ? (_response, _request, socket) => socket.write(switched) : reply(status, "{}");
      await using server = await startServer(serve);
      assert.match(await sentenceOf(localList(server.endpoint)), new RegExp(`status ${status}, which`));
      assert.equal(server.requests.length, 1);
    });

  it("has what the product shows of a function, and nothing that was not given", async () => {
    const given = {
      FunctionName: "order",
      FunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:order",
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Description: "Takes orders",
      MemorySize: 128,
      Timeout: 3,
      CodeSize: 512,
      LastModified: "2026-11-21T10:00:00.000+0000",
      PackageType: "Zip",
      Architectures: ["arm64"],
      LoggingConfig: { LogGroup: "/orders" },
    };
    const bare = { FunctionName: "bare", FunctionArn: "arn:aws:lambda:x:1:function:bare", Description: "" };
    const body = JSON.stringify({ Functions: [given, bare, { FunctionName: "no ARN" }] });
    await using server = await startServer(reply(200, body));
    assert.deepEqual(await localList(server.endpoint), [
      {
        name: "order",
        arn: "arn:aws:lambda:eu-central-1:123456789012:function:order",
        runtime: "nodejs24.x",
        handler: "index.handler",
        description: "Takes orders",
        memorySizeMb: 128,
        timeoutSeconds: 3,
        codeSizeBytes: 512,
        lastModified: "2026-11-21T10:00:00.000+0000",
        packageType: "Zip",
        architectures: ["arm64"],
        logGroup: "/orders",
      },
      { name: "bare", arn: "arn:aws:lambda:x:1:function:bare" },
    ]);
  });

  it("is asked for again by the SDK where an answer is lost: reading is safe to repeat", async () => {
    const script: Serve[] = [(_response, _request, socket) => socket.destroy()];
    await using server = await startServer((...seen) => (script.shift() ?? pages(3))(...seen));
    assert.equal((await localList(server.endpoint)).length, 3);
    assert.equal(server.requests.length, 2);
  });

  it("ends at once where it is no longer wanted", async () => {
    const stop = new AbortController();
    await using server = await startServer(() => stop.abort());
    await assert.rejects(localList(server.endpoint, stop.signal));
    assert.equal(server.requests.length, 1);
  });
});

describe("a list that fails", () => {
  useOwnEnvironment();

  it("says which permission is missing", async () => {
    const Message = "User: x is not authorized to perform: lambda:ListFunctions";
    await using server = await startServer(refuse(403, "AccessDeniedException", { Message }));
    const sentence = await sentenceOf(localList(server.endpoint));
    assert.match(
      sentence,
      /not authorized to perform: lambda:ListFunctions\.? Ask for the permission lambda:ListFunctions/,
    );
    assert.equal(server.requests.length, 1);
  });

  it("says to renew credentials that have expired", async () => {
    await using server = await startServer(
      refuse(403, "ExpiredTokenException", { Message: "It has expired" }),
    );
    assert.match(await sentenceOf(localList(server.endpoint)), /It has expired\. Renew the credentials/);
  });

  it("says that nothing listens there", async () => {
    const gone = await startServer(reply(200));
    await gone[Symbol.asyncDispose]();
    assert.match(await sentenceOf(localList(gone.endpoint)), /refused\. Nothing listens there.*endpoint/);
  });

  it("says that the name cannot be found", async () => {
    assert.match(await sentenceOf(localList("http://lambda..invalid:9")), /name cannot be .*endpoint/);
  });

  it("says that no answer came in time, after three requests", async () => {
    await using server = await startServer(() => {});
    using gateway = gatewayTo(server.endpoint, { readMs: 1000 });
    const api = await gateway.open({ kind: "local", name: "Local" }, NEVER);
    assert.match(await sentenceOf(list(api)), /timed out\. Check the network/);
    assert.equal(server.requests.length, 3);
  });

  it("says what came instead of an answer", async () => {
    await using server = await startServer(reply(404, "<html></html>", { "content-type": "text/html" }));
    assert.match(await sentenceOf(localList(server.endpoint)), /status 404/);
  });
});
