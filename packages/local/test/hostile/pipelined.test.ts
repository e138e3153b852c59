import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { functions, start, type TestService } from "../workspace.ts";
import { showLongestWait } from "./longestWait.ts";
import { head, sign, statuses, talk } from "./rawHttp.ts";

describe("local: many requests, sent at once on one connection", () => {
  let local: TestService;
  let host: string;
  before(async () => {
    local = await start(functions({ echo: "export const handler = async (event) => event;" }));
    host = new URL(local.address.endpoint).host;
  });
  after(() => local[Symbol.asyncDispose]());
  showLongestWait(() => local);

  it("a thousand unsigned: the first is refused, and the connection closed", async () => {
    const one = head("GET", "/2015-03-31/functions", { host });
    const received = await talk(local, (socket) => socket.write(one.repeat(1000)));
    assert.deepEqual(statuses(received), [403]);
  });

  it("signed and unsigned: each has its own response, up to the unsigned one", async () => {
    const path = "/2015-03-31/functions/echo";
    const good = head("GET", path, sign(local, { path }));
    const bad = head("GET", path, { host });
    const received = await talk(local, (socket) => socket.write(good + good + bad + good));
    assert.deepEqual(statuses(received), [200, 200, 403]);
  });

  it("a hundred signed, before the first is known to be: the connection is closed, so that none waits for ever", async () => {
    const path = "/2015-03-31/functions/echo";
    const received = await talk(local, (socket) =>
      socket.write(head("GET", path, sign(local, { path })).repeat(100)),
    );
    assert.ok(statuses(received).length < 100);
  });
});
