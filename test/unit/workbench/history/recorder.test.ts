import assert from "node:assert/strict";
import type { HistoryLine } from "../../../../src/core/history/historyItem.ts";
import { withAttempt } from "../../../../src/core/invocation/outcome.ts";
import type { InvocationRecord } from "../../../../src/core/invocation/record.ts";
import type { Reply } from "../../../../src/core/invocation/reply.ts";
import { type Connect, run } from "../../../../src/core/invocation/run.ts";
import { machineClock } from "../../../../src/workbench/clock.ts";
import {
  HistoryRecorder,
  type HistoryRecorderParts,
} from "../../../../src/workbench/history/historyRecorder.ts";
import { requestOf, type TestRequest, withPass } from "../../../support/invocations.ts";

const CONNECTION = { kind: "aws", name: "Local", profile: "dev" } as const;
const RETURNED: Reply = { kind: "answer", statusCode: 200, payload: Buffer.from('"secret"'), log: "secret" };
const FAILED: Reply = {
  ...RETURNED,
  functionError: "Unhandled",
  payload: Buffer.from('{"errorType":"Oops","errorMessage":"secret","stackTrace":["secret"]}'),
};

describe("writing an invocation down", () => {
  let lines: HistoryLine[];
  let failures: unknown[];
  /** What happened, in order. */
  let order: string[];
  let append: HistoryRecorderParts["writer"]["append"];
  let savePayloads: boolean;
  let isExcluded: boolean;
  let recorder: HistoryRecorder;

  beforeEach(() => {
    lines = [];
    failures = [];
    order = [];
    savePayloads = true;
    isExcluded = false;
    append = (line) => {
      lines.push(line);
      order.push(`written ${line.revision}`);
      return Promise.resolve();
    };
    recorder = new HistoryRecorder({
      clock: machineClock,
      mark: { start: () => order.push("waiting"), stop: () => order.push("not waiting") },
      writer: { append: (line) => append(line) },
      savePayloads: () => savePayloads,
      isExcluded: () => Promise.resolve(isExcluded),
      onDidWrite: () => {},
      onDidFail: (error) => failures.push(error),
    });
  });

  async function invoke(reply: Reply, changes: Partial<TestRequest> = {}): Promise<InvocationRecord> {
    const send = (): Promise<Reply> => {
      order.push("sent");
      return Promise.resolve(reply);
    };
    return follow(() => Promise.resolve({ send }), changes);
  }

  async function follow(connect: Connect, changes: Partial<TestRequest> = {}): Promise<InvocationRecord> {
    const request = await withPass(requestOf(changes));
    const recording = recorder.recording(CONNECTION);
    const { signal } = new AbortController();
    const events = run(request, recording.before(connect), machineClock, signal);
    for await (const event of recording.follow(events)) if (event.type === "ended") return event.record;
    throw new Error("The invocation ended without a record.");
  }

  it("is done before it's sent, and before its end is known to anybody", async () => {
    const record = await invoke(RETURNED);
    assert.deepEqual(order, ["waiting", "written 0", "sent", "written 1", "not waiting"]);
    assert.deepEqual(
      lines.map(({ item }) => [item.id, item.verdict]),
      [
        [record.id, undefined],
        [record.id, "returned"],
      ],
    );
  });

  it("is done once, however often the request is repeated", async () => {
    const record = await invoke({
      kind: "failure",
      sent: true,
      name: "TooManyRequestsException",
      message: "",
      statusCode: 429,
    });
    assert.equal(record.attempts, 3);
    assert.deepEqual(
      lines.map(({ revision }) => revision),
      [0, 1],
    );
  });

  it("isn't done if there's no way to send it", async () => {
    await assert.rejects(
      follow(() => Promise.reject(new Error("no region"))),
      /no region/,
    );
    assert.deepEqual(lines, []);
  });

  it("has the name of the durable execution before that's sent, and its ARN after it", async () => {
    const durableExecutionArn = "arn:aws:lambda:eu-west-1:1:function:order:1/durable-execution/ours/1";
    await invoke({ ...RETURNED, durableExecutionArn }, { durableExecutionName: "ours" });
    assert.deepEqual(order.slice(0, 3), ["waiting", "written 0", "sent"]);
    assert.equal(lines[0]?.details.durableExecutionName, "ours");
    assert.equal(lines[1]?.details.durableExecutionArn, durableExecutionArn);
  });

  it("says of each of its lines if it may not be on disk", async () => {
    isExcluded = true;
    await invoke(RETURNED);
    assert.deepEqual(
      lines.map(({ item }) => item.isUnsaved),
      [true, true],
    );
    assert.deepEqual(order, ["waiting", "written 0", "sent", "written 1", "not waiting"]);
  });

  it("that fails doesn't keep it from being sent, once, and is told", async () => {
    append = () => Promise.reject(new Error("disk full"));
    const record = await invoke(RETURNED);
    assert.equal(record.verdict, "returned");
    assert.deepEqual(order, ["waiting", "sent", "not waiting"]);
    assert.equal(failures.length, 2);
  });

  it("that hangs doesn't keep it from being sent", async () => {
    append = (line) => (line.revision === 0 ? new Promise(() => {}) : (lines.push(line), Promise.resolve()));
    assert.equal((await invoke(RETURNED)).verdict, "returned");
    assert.equal(failures.length, 1);
    // What the first line would have had is in the second.
    assert.deepEqual(lines[0]?.details.payload, { text: '{"a":1}' });
  });

  for (const [what, reply] of Object.entries({ RETURNED, FAILED }))
    it(`keeps nothing of payload, response and log if they aren't to be kept: ${what}`, async () => {
      savePayloads = false;
      const clientContext = { custom: "secret" };
      await invoke(reply, { payload: '"secret"', clientContext });
      assert.doesNotMatch(JSON.stringify(lines), /secret/);
      assert.deepEqual(lines.at(-1)?.item.has, []);
      assert.equal(lines.at(-1)?.item.error, reply === FAILED ? "Oops" : undefined);
    });

  it("is done again with each attempt at an accepted event, without its log if that isn't to be kept", async () => {
    const accepted = await invoke(
      { kind: "answer", statusCode: 202, payload: Buffer.alloc(0) },
      { mode: "Event" },
    );
    savePayloads = false;
    const attempt = {
      number: 1,
      outcome: "failed",
      evidence: "platform",
      isLast: true,
      deliveries: [],
      endedAtMs: 0,
      log: "secret",
    } as const;
    await recorder.noteOutcome(withAttempt(accepted, attempt), true);
    await recorder.noteOutcome(accepted, true);
    assert.deepEqual(
      lines.map(({ revision, item }) => [revision, item.outcome]),
      [
        [0, undefined],
        [1, undefined],
        [2, "failed"],
      ],
    );
    assert.doesNotMatch(JSON.stringify(lines), /secret/);
  });

  it("says where nothing more is awaited of an accepted event, so that no window does", async () => {
    const accepted = await invoke(
      { kind: "answer", statusCode: 202, payload: Buffer.alloc(0) },
      { mode: "Event" },
    );
    await recorder.noteOutcome(accepted, false);
    await recorder.noteOutcome(accepted, true);
    assert.deepEqual(
      lines.slice(2).map(({ revision, item }) => [revision, item.followingEnded]),
      [
        [2, undefined],
        [3, true],
      ],
    );
  });

  it("goes on with an accepted event of a window that is closed", async () => {
    const accepted = await invoke(
      { kind: "answer", statusCode: 202, payload: Buffer.alloc(0) },
      { mode: "Event" },
    );
    const [, ended] = lines.splice(0);
    await recorder.noteOutcome(accepted, true);
    lines = [];
    await recorder.noteOutcome(accepted, true);
    assert.equal(lines.length, 0);
    recorder.adopt(ended?.item ?? assert.fail(), 4);
    await recorder.noteOutcome({ ...accepted, outcome: { verdict: "returned", attempts: [] } }, true);
    assert.deepEqual(
      lines.map(({ revision, item }) => [revision, item.id, item.outcome, item.followingEnded]),
      [[5, accepted.id, "returned", undefined]],
    );
  });

  it("is done again for what is under way after the history was cleared", async () => {
    let answer = (_reply: Reply): void => {};
    const replied = new Promise<Reply>((resolve) => (answer = resolve));
    const sent = new Promise<void>((resolve) => {
      void follow(() => Promise.resolve({ send: () => (resolve(), replied) })).then(() =>
        order.push("ended"),
      );
    });
    await sent;
    await recorder.writeRunning();
    assert.deepEqual(
      lines.map(({ revision }) => revision),
      [0, 0],
    );
    assert.ok(recorder.isRunning(lines[0]?.item.id ?? ""));
    answer(RETURNED);
  });
});
