import assert from "node:assert/strict";
import type { Connection } from "../../src/core/connections/connection.ts";
import { type HistoryItem, startedLine } from "../../src/core/history/historyItem.ts";
import { type LoadedDetails, toHistoryRecord } from "../../src/core/history/toHistoryRecord.ts";
import type { PendingInvocation } from "../../src/workbench/invocations/pendingInvocation.ts";
import { invokeAgain } from "../../src/workbench/historyView/invokeFromHistory.ts";
import { requestOf } from "../support/invocations.ts";
import { answerDialogs } from "./harness/dialogs.ts";

const DEV: Connection = { kind: "aws", name: "dev", profile: "dev", region: "eu-west-1" };

describe("an invocation of the history that's invoked again", () => {
  const fn = {
    name: "order",
    arn: "arn:aws:lambda:eu-west-1:123456789012:function:order",
    qualifier: "live",
  };

  /** Invokes it again where its connection leads to now; resolves to what would be sent. */
  async function again(now: Connection, savePayload = true): Promise<PendingInvocation[]> {
    const { spec } = requestOf({ function: fn, connection: "dev", clientContext: { a: 1 }, tenantId: "t" });
    const started = { id: "1", spec, connection: DEV, startedAt: new Date().toISOString() };
    const line = startedLine(started, savePayload);
    const item: HistoryItem = { ...line.item, verdict: "returned" };
    const details = line.details as LoadedDetails;
    const repeated: PendingInvocation[] = [];
    await invokeAgain("1", {
      history: {
        read: () => Promise.resolve({ item, details, revision: 1, record: toHistoryRecord(item, details) }),
      },
      invoker: { repeat: (pending) => (repeated.push(pending), Promise.resolve(undefined)) },
      prompts: {
        catalog: { connection: () => Promise.resolve(now) },
        targets: { bind: () => Promise.resolve() },
      },
    });
    return repeated;
  }

  it("is the same: version, mode, payload, context and tenant", async () => {
    using dialogs = answerDialogs();
    const [pending] = await again(DEV);
    assert.deepEqual(dialogs.shown, []);
    assert.partialDeepStrictEqual(pending, {
      target: { connection: "dev", function: fn.arn, qualifier: "live" },
      mode: "RequestResponse",
      payload: { text: '{"a":1}', bytes: 7 },
      clientContext: { a: 1 },
      tenantId: "t",
      scripted: false,
    });
  });

  for (const change of [{ profile: "prod" }, { region: "us-east-1" }, { endpoint: "http://localhost:1" }])
    it(`goes nowhere else unless that's confirmed: ${JSON.stringify(change)}`, async () => {
      const now: Connection = { ...DEV, ...change };
      using refused = answerDialogs();
      assert.deepEqual(await again(now), []);
      assert.match(
        refused.shown.join(),
        /The connection dev leads elsewhere now\. Send the event to order there\?/,
      );
      using _confirmed = answerDialogs("Send There");
      assert.equal((await again(now)).length, 1);
    });

  it("isn't sent without the payload that it had", async () => {
    await assert.rejects(again(DEV, false), { name: "UserError", message: /payload isn't kept/ });
  });
});
