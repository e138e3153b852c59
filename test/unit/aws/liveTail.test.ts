import assert from "node:assert/strict";
import { StartLiveTailCommand } from "@aws-sdk/client-cloudwatch-logs";
import { awsClients } from "../../../src/aws/client.ts";
import type { LiveTailPart } from "../../../src/core/ports.ts";
import { LambdaServer } from "../../support/lambdaServer.ts";
import { useOwnEnvironment } from "./environment.ts";
import { gatewayTo } from "./local.ts";

const ARN = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/order";

describe("a Live Tail session", () => {
  useOwnEnvironment();
  let server: LambdaServer;
  beforeEach(async () => (server = await LambdaServer.start()));
  afterEach(() => server[Symbol.asyncDispose]());

  /** Reads a session, and does something at each of its parts. */
  async function read(
    onPart: (part: LiveTailPart, index: number) => void,
    { readMs, signal = new AbortController().signal }: { readMs?: number; signal?: AbortSignal } = {},
  ): Promise<LiveTailPart[]> {
    using gateway = gatewayTo(server.endpoint, { readMs });
    const api = await gateway.open({ kind: "local", name: "Local" }, signal);
    const parts: LiveTailPart[] = [];
    for await (const part of api.liveTail(ARN, signal)) {
      onPart(part, parts.length);
      parts.push(part);
    }
    return parts;
  }

  it("brings what was logged, as it was, until its time is over", async () => {
    const messages = ["plain\n", "€𝒳 \u0000 ü", "x".repeat(300_000), ""];
    const parts = await read((_part, index) => {
      const [session] = server.liveTails;
      if (index === 0)
        session?.update(messages.map((message, at) => ({ message, timestamp: at, stream: "a" })));
      else if (index === 1) session?.update([], true);
      else session?.end("SessionTimeoutException");
    });
    const lines = messages.map((message, timestamp) => ({ id: "", stream: "a", message, timestamp }));
    assert.deepEqual(parts, [
      { lines: [], isSampled: false },
      { lines, isSampled: false },
      { lines: [], isSampled: true },
    ]);
    assert.deepEqual(
      server.liveTails.map(({ input }) => input),
      [{ logGroupIdentifiers: [ARN] }],
    );
  });

  it("stays open for longer than an answer may take", async () => {
    const readMs = 4_000;
    const parts = await read(
      (_part, index) => {
        const [session] = server.liveTails;
        if (index === 0) setTimeout(() => session?.update([]), readMs + 1_000);
        else session?.end("SessionTimeoutException");
      },
      { readMs },
    );
    assert.equal(parts.length, 2);
  });

  it("is closed once nobody wants it any more, while nothing is sent, and isn't begun anew", async () => {
    const stop = new AbortController();
    const reading = read(() => setTimeout(() => stop.abort(new Error("enough")), 20), {
      signal: stop.signal,
    });
    await assert.rejects(reading, { message: "enough" });
    await server.liveTails[0]?.closed();
    assert.equal(server.liveTails.length, 1);
  });

  for (const [what, end] of [
    ["breaks", () => server.liveTails[0]?.cut()],
    ["ends with an error", () => server.liveTails[0]?.end("SessionStreamingException")],
  ] as const)
    it(`that ${what} says so, and isn't begun anew`, async () => {
      await assert.rejects(read(end), { name: "UserError", message: /^Live Tail ended\. / });
      assert.equal(server.liveTails.length, 1);
    });

  it("that is refused says why", async () => {
    server.refuseLiveTail = "AccessDeniedException";
    const refused = read(() => {});
    await assert.rejects(refused, {
      name: "UserError",
      message: /^Live Tail ended\. .*AccessDeniedException/,
    });
  });

  for (const [endpoint, host] of [
    [undefined, "stream-logs.eu-west-1.amazonaws.com"],
    ["http://localhost:4566", "localhost"],
  ] as const)
    it(`is asked for at ${host} if the endpoint is ${endpoint ?? "AWS's"}`, async () => {
      const keys = { accessKeyId: "a", secretAccessKey: "b" };
      const settings = {
        region: "eu-west-1",
        profile: undefined,
        endpoint: () => endpoint,
        useFipsEndpoint: false,
        useDualstackEndpoint: false,
        certificates: undefined,
      };
      const clients = awsClients(settings, () => Promise.resolve(keys), {});
      const hosts: string[] = [];
      const client = await clients.logs();
      const stopHere = (sent: { request: unknown }): Promise<never> => {
        hosts.push((sent.request as { hostname: string }).hostname);
        return Promise.reject(new Error("far enough"));
      };
      client.middlewareStack.add(() => stopHere, { step: "finalizeRequest", priority: "low" });
      await assert.rejects(client.send(new StartLiveTailCommand({ logGroupIdentifiers: [ARN] })));
      clients.destroy();
      assert.deepEqual([...new Set(hosts)], [host]);
    });
});
