import assert from "node:assert/strict";
import type { LambdaApi } from "../../../src/core/ports.ts";
import { useOwnEnvironment } from "./environment.ts";
import { refuse, reply, type Serve, startServer } from "./faultyServer.ts";
import { NEVER } from "./listing.ts";
import { gatewayTo } from "./local.ts";

const order = { name: "order", qualifier: "live" };

function answer(body: object): Serve {
  return reply(200, JSON.stringify(body), { "content-type": "application/json" });
}

/** What the API at a server says, and the paths that were asked for. */
async function ask<T>(serve: Serve, question: (api: LambdaApi) => Promise<T>): Promise<[T, string[]]> {
  await using server = await startServer(serve);
  using gateway = gatewayTo(server.endpoint);
  const api = await gateway.open({ kind: "local", name: "Local" }, NEVER);
  const said = await question(api);
  return [said, server.requests.map(({ url }) => url.pathname + url.search)];
}

describe("what a function's configuration says of its events", () => {
  useOwnEnvironment();

  const policy = (serve: Serve) => ask(serve, (api) => api.eventPolicy(order, NEVER));
  const group = (serve: Serve) => ask(serve, (api) => api.logGroup(order, NEVER));

  it("is how often they are tried again, and where they go", async () => {
    const onFailure = "arn:aws:sqs:eu-central-1:123456789012:failed";
    const body = {
      MaximumEventAgeInSeconds: 3600,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: {}, OnFailure: { Destination: onFailure } },
    };
    assert.deepEqual(await policy(answer(body)), [
      { maximumAgeMs: 3_600_000, maximumRetryAttempts: 0, onFailure },
      ["/2019-09-25/functions/order/event-invoke-config?Qualifier=live"],
    ]);
  });

  it("is Lambda's default where nothing is configured", async () => {
    for (const serve of [answer({}), refuse(404, "ResourceNotFoundException")]) {
      const [found] = await policy(serve);
      assert.equal(found?.maximumRetryAttempts, 2);
      assert.deepEqual([found?.maximumAgeMs, found?.onFailure], [undefined, undefined]);
    }
  });

  it("is the log group, asked for with the qualifier", async () => {
    const [found, paths] = await group(answer({ LoggingConfig: { LogGroup: "/shop/all" } }));
    assert.equal(found, "/shop/all");
    assert.deepEqual(paths, ["/2015-03-31/functions/order/configuration?Qualifier=live"]);
  });

  it("is not known without the permission to read it, and that stops nothing", async () => {
    const refused = refuse(403, "AccessDeniedException");
    assert.equal((await policy(refused))[0], undefined);
    assert.equal((await group(refused))[0], undefined);
  });
});
