import assert from "node:assert/strict";
import type { EventRun } from "../../../../src/core/invocation/eventRun.ts";
import type { Followed } from "../../../../src/core/output/outputBlock.ts";
import type { LambdaApi, LogLine, LogQuery } from "../../../../src/core/ports.ts";
import type { InvocationRecord } from "../../../../src/core/invocation/record.ts";
import type { LocalSettings } from "../../../../src/workbench/settings.ts";
import { EventFollower } from "../../../../src/workbench/invocations/eventFollower.ts";
import { ManualClock } from "../../core/invocation/manualClock.ts";

const ID = "8f507cfc-1111-2222-3333-444455556666";
const QUIET_MS = 20 * 60_000;
const accepted: InvocationRecord = {
  id: "id-1",
  function: { name: "order" },
  connection: "prod",
  mode: "Event",
  startedAt: new Date(0).toISOString(),
  durationMs: 1,
  attempts: 1,
  payload: { text: "{}", bytes: 2 },
  verdict: "accepted",
  requestId: ID,
};

const LOCAL_SETTINGS: LocalSettings = {
  awsRetryDelays: false,
  envFile: "",
  outsideAllowed: false,
  port: 0,
  profile: "",
  pythonPath: "",
};

/** A follower that writes down what it shows, a word and a number each. */
function follower(lines: string[], followAsync = true, group?: string) {
  const searched: string[] = [];
  const clock = new ManualClock();
  const shown: string[] = [];
  const read = lines.map((message, id): LogLine => {
    return { id: `${id}`, stream: "s", message, timestamp: clock.now() };
  });
  const api = {
    searchLog: (query: LogQuery) => (searched.push(query.logGroup), Promise.resolve(read)),
    eventPolicy: () => Promise.resolve(undefined),
    logGroup: () => Promise.resolve(group),
  } as unknown as LambdaApi;
  const made = new EventFollower({
    clock,
    gateway: { open: () => Promise.resolve(api) },
    output: {
      appendRun: (_: Followed, run: EventRun) => void shown.push(`run ${run.number} ${run.outcome}`),
      appendQuiet: (_: Followed, runs: number) => void shown.push(`quiet after ${runs}`),
      appendResumed: ({ requestId }: Followed) => void shown.push(`resumed ${requestId}`),
    },
    reporter: {
      failure: (error: unknown) => void shown.push(String(error)),
      note: (text: string) => void shown.push(text),
    },
    settings: { followAsync: () => followAsync, local: () => LOCAL_SETTINGS },
  });
  return { clock, searched, shown, follower: made, api };
}

const report = `REPORT RequestId: ${ID}\tDuration: 3.20 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB`;
const resumed = { requestId: ID, functionName: "order", logGroup: "/orders", acceptedAtMs: 0, failures: 2 };

describe("following an event in the background", () => {
  it("says so where nothing more is heard of it", async () => {
    const { clock, shown, follower: own, api } = follower([]);
    const done = own.follow(accepted, "/aws/lambda/order", api);
    await clock.advance(QUIET_MS);
    await done;
    assert.deepEqual(shown, ["quiet after 0"]);
  });

  it("says so after an attempt that failed, and not where the outcome is known", async () => {
    for (const [status, ...said] of [
      ["\tStatus: error", "run 1 failed", "quiet after 1"],
      ["", "run 1 ended"],
    ] as const) {
      const { clock, shown, follower: own, api } = follower([`${report}${status}`]);
      const done = own.follow(accepted, "/aws/lambda/order", api);
      await clock.advance(QUIET_MS + 10_000);
      await done;
      assert.deepEqual(shown, said);
    }
  });

  it("says nothing where it is ended, or is not wanted", async () => {
    const { shown, follower: own, api } = follower([]);
    const done = own.follow(accepted, "/aws/lambda/order", api);
    own.dispose();
    await done;
    const unwanted = follower([], false);
    await unwanted.follower.follow(accepted, "/aws/lambda/order", unwanted.api);
    assert.deepEqual([...shown, ...unwanted.shown], []);
  });

  it("counts the attempts of an event that an earlier window has left", async () => {
    const { clock, shown, follower: own } = follower([`${report}\tStatus: error`]);
    const done = own.resume([resumed]);
    await clock.advance(2_000);
    await done;
    const [note, ...blocks] = shown;
    assert.match(note ?? "", new RegExp(`The event ${ID} for order .* runs now`));
    assert.deepEqual(blocks, [`resumed ${ID}`, "run 3 failed"]);
  });

  it("looks into the group that the function names, asked for where the list does not have it", async () => {
    for (const [known, declared, group] of [
      ["/listed", "/declared", "/listed"],
      [undefined, "/declared", "/declared"],
      [undefined, undefined, "/aws/lambda/order"],
    ] as const) {
      const { clock, searched, follower: own, api } = follower([report], true, declared);
      const done = own.follow(accepted, known, api);
      await clock.advance(2_000);
      await done;
      assert.deepEqual([...new Set(searched)], [group]);
    }
  });
});
