import assert from "node:assert/strict";
import { formatAttemptLine } from "@lambda-invoke/local/contract/attemptLine.ts";
import { LOCAL } from "../../../../src/core/connections/connections.ts";
import { LogGroupReaders } from "../../../../src/core/invocation/logGroupReader.ts";
import type { TrackingEvent } from "../../../../src/core/invocation/invocationEvent.ts";
import type { AwsConnection } from "../../../../src/core/connections/connection.ts";
import { CredentialError } from "../../../../src/core/credentials/credentialFailures.ts";
import { UserError } from "../../../../src/core/userError.ts";
import type { LambdaApi, LogLine, LogQuery } from "../../../../src/core/ports.ts";
import type { InvocationRecord } from "../../../../src/core/invocation/record.ts";
import type { LocalSettings } from "../../../../src/workbench/settings.ts";
import { EventTracker } from "../../../../src/workbench/invocations/eventTracker.ts";
import { FollowedEvents } from "../../../../src/workbench/invocations/followedEvents.ts";
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

const LOCAL_SETTINGS: LocalSettings = { awsRetryDelays: false, port: 0, workspace: {} };

const PROD: AwsConnection = { kind: "aws", name: "prod", region: "eu-central-1" };

/** What the tracker sees of the rest; a test may change it while an event is followed. */
interface World {
  connections: AwsConnection[];
  localEnabled: boolean;
  followAsync: boolean;
  followed: FollowedEvents;
  /** Reads the log. */
  searchLog: () => Promise<readonly LogLine[]>;
  /** The log group that the function's configuration names. */
  group: string | undefined;
  /** The log group that the list of functions has. */
  knownGroup: string | undefined;
  /** How long Lambda keeps an event, if that's configured; the events' age is asked for. */
  maximumAgeMs: number | undefined;
}

function inWords(event: TrackingEvent): string {
  switch (event.type) {
    case "resumed":
      return `resumed ${event.event.requestId}`;
    case "attempt":
      return `attempt ${event.attempt.number} ${event.attempt.outcome}`;
    case "gaveUp":
      return `gave up after ${event.attempts}`;
  }
}

/** A tracker that writes down what it feeds to the store, in words. */
function tracking(lines: string[], changes: Partial<World> = {}) {
  const clock = new ManualClock();
  const read = (messages: string[]): LogLine[] =>
    messages.map((message, id) => {
      const stream = message.startsWith("ATTEMPT") ? "attempts" : "s";
      return { id: `${id}`, stream, message, timestamp: clock.now() };
    });
  const first = read(lines);
  const world: World = {
    connections: [PROD],
    localEnabled: true,
    followAsync: true,
    followed: new FollowedEvents(),
    searchLog: () => Promise.resolve(first),
    group: undefined,
    knownGroup: "/aws/lambda/order",
    maximumAgeMs: undefined,
    ...changes,
  };
  const [searched, opened, shown]: [string[], string[], string[]] = [[], [], []];
  const api = {
    searchLog: (query: LogQuery) => (searched.push(query.logGroup), world.searchLog()),
    eventPolicy: () =>
      Promise.resolve(
        world.maximumAgeMs === undefined
          ? undefined
          : { maximumRetryAttempts: 2, maximumAgeMs: world.maximumAgeMs },
      ),
    logGroup: () => Promise.resolve(world.group),
  } as unknown as LambdaApi;
  let listed = (_connection: string): void => undefined;
  const made = new EventTracker({
    clock,
    followed: world.followed,
    gateway: {
      open: ({ name }, _signal, { unattended = false } = {}) => (
        opened.push(unattended ? `${name}, unattended` : name),
        Promise.resolve(api)
      ),
    },
    logReaders: new LogGroupReaders(),
    onDidList: (listener) => {
      listed = listener;
      return { dispose: () => undefined };
    },
    store: {
      adopt: ({ id }) => void shown.push(`adopted ${id}`),
      onDidChange: () => ({ dispose: () => undefined }),
      track: (event) => void shown.push(inWords(event)),
    },
    reporter: {
      failure: (error: unknown) => void shown.push(String(error)),
      note: (text: string) => void shown.push(text),
    },
    settings: { followAsync: () => world.followAsync, local: () => LOCAL_SETTINGS },
    connection: (name) => {
      const local = world.localEnabled ? LOCAL : undefined;
      const found = name === LOCAL.name ? local : world.connections.find((each) => each.name === name);
      return Promise.resolve(found);
    },
    knownLogGroup: () => world.knownGroup,
  });
  const list = (connection: string): void => listed(connection);
  return { clock, searched, opened, shown, tracker: made, world, read, list };
}

const report = `REPORT RequestId: ${ID}\tDuration: 3.20 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB`;
/** What Local says of an attempt. */
const told = (number: number, outcome: "returned" | "failed"): string =>
  formatAttemptLine({ requestId: ID, number, outcome });
/** What reading the log throws while nothing listens. */
const refused = (): UserError => new UserError("The connection was refused.", { retryable: true });
const resumed = { requestId: ID, functionName: "order", logGroup: "/orders", acceptedAtMs: 0, failures: 2 };

describe("following an event in the background", () => {
  it("says so where nothing more is heard of it", async () => {
    const { clock, shown, tracker: own } = tracking([]);
    const done = own.follow(accepted);
    await clock.advance(QUIET_MS);
    await done;
    assert.deepEqual(shown, ["gave up after 0"]);
  });

  it("is known while it lasts, and ends without a word where it's stopped", async () => {
    const { clock, shown, tracker: own, world } = tracking([]);
    const sizes: number[] = [];
    const { followed } = world;
    followed.onDidChange(() => sizes.push(followed.size));
    const done = own.follow(accepted);
    assert.ok(followed.has(ID));
    followed.stop(ID);
    await clock.advance(QUIET_MS);
    await done;
    assert.deepEqual([followed.has(ID), sizes, shown], [false, [1, 0], []]);

    const again = own.follow(accepted);
    await clock.advance(QUIET_MS);
    await again;
    assert.deepEqual([followed.has(ID), sizes, shown], [false, [1, 0, 1, 0], ["gave up after 0"]]);
  });

  it("says so after an attempt that failed, and not where the outcome is known", async () => {
    for (const [status, ...said] of [
      ["\tStatus: error", "attempt 1 failed", "gave up after 1"],
      ["", "attempt 1 ended"],
    ] as const) {
      const { clock, shown, tracker: own } = tracking([`${report}${status}`]);
      const done = own.follow(accepted);
      await clock.advance(QUIET_MS + 10_000);
      await done;
      assert.deepEqual(shown, said);
    }
  });

  it("says nothing where it is ended, or is not wanted", async () => {
    const { shown, tracker: own } = tracking([]);
    const done = own.follow(accepted);
    own.dispose();
    await done;
    const unwanted = tracking([], { followAsync: false });
    await unwanted.tracker.follow(accepted);
    assert.deepEqual([...shown, ...unwanted.shown], []);
  });

  it("counts the attempts of an event that an earlier window has left", async () => {
    const { clock, shown, tracker: own } = tracking([report, told(3, "failed")]);
    const done = own.resume([resumed]);
    await clock.advance(2_000);
    await done;
    const [note, ...blocks] = shown;
    assert.match(note ?? "", new RegExp(`The event ${ID} for order .* runs now`));
    assert.deepEqual(blocks, [`resumed ${ID}`, "attempt 3 failed"]);
  });

  it("looks into the group that the function names, asked for where the list does not have it", async () => {
    for (const [known, declared, group] of [
      ["/listed", "/declared", "/listed"],
      [undefined, "/declared", "/declared"],
      [undefined, undefined, "/aws/lambda/order"],
    ] as const) {
      const { clock, searched, tracker: own } = tracking([report], { group: declared, knownGroup: known });
      const done = own.follow(accepted);
      await clock.advance(2_000);
      await done;
      assert.deepEqual([...new Set(searched)], [group]);
    }
  });

  it("goes on where the log could not be read for a while, and says nothing of that", async () => {
    const { clock, shown, tracker: own, world, opened, read } = tracking([]);
    const done = own.follow(accepted);
    await clock.advance(1_000);
    world.searchLog = () => Promise.reject(refused());
    await clock.advance(10 * 60_000);
    const before = opened.length;
    world.searchLog = () => Promise.resolve(read([report]));
    await clock.advance(15_000);
    await done;
    assert.deepEqual(shown, ["attempt 1 ended"]);
    // Where Local listens is asked for anew each time.
    assert.ok(opened.length > before);
  });

  it("reads an attempt again where the connection broke in the middle of it", async () => {
    const { clock, shown, tracker: own, world, read } = tracking([]);
    const done = own.follow(accepted);
    let reads = 0;
    world.searchLog = () => {
      reads += 1;
      return reads === 2 ? Promise.reject(refused()) : Promise.resolve(read([report]));
    };
    await clock.advance(2_000);
    await done;
    assert.deepEqual(shown, ["attempt 1 ended"]);
  });

  it("says why where the log could not be read to the end, or a user has to help", async () => {
    for (const [error, afterMs] of [
      [refused(), QUIET_MS],
      [new UserError("no permission"), 1_000],
    ] as const) {
      const { clock, shown, tracker: own } = tracking([], { searchLog: () => Promise.reject(error) });
      const done = own.follow(accepted);
      await clock.advance(afterMs);
      await done;
      assert.deepEqual(shown, [String(error)]);
    }
  });

  for (const [what, change] of [
    ["is removed", () => ({ connections: [] })],
    ["leads elsewhere by now", () => ({ connections: [{ ...PROD, region: "us-east-1" }] })],
  ] as const) {
    it(`ends without a word where the connection ${what}`, async () => {
      const { clock, shown, tracker: own, world, searched } = tracking([]);
      const done = own.follow(accepted);
      await clock.advance(1_000);
      Object.assign(world, change(), { searchLog: () => Promise.reject(new UserError("gone")) });
      await clock.advance(1_000);
      await done;
      assert.deepEqual([shown, searched.length], [[], 1]);
    });
  }

  it("goes on where the connections are read anew", async () => {
    const { clock, shown, tracker: own, world, read } = tracking([]);
    const done = own.follow(accepted);
    await clock.advance(1_000);
    world.connections = [{ ...PROD }];
    world.searchLog = () => Promise.resolve(read([report]));
    await clock.advance(1_000);
    await done;
    assert.deepEqual(shown, ["attempt 1 ended"]);
  });

  it("ends without a word where Local is turned off", async () => {
    const { clock, shown, tracker: own, world } = tracking([]);
    const done = own.follow({ ...accepted, connection: "Local" });
    await clock.advance(1_000);
    world.localEnabled = false;
    await clock.advance(1_000);
    await done;
    assert.deepEqual(shown, []);
  });

  it("follows an event once that Local has kept over a restart, and counts on from what Local knows", async () => {
    const { clock, shown, tracker: own, world, read } = tracking([]);
    const first = own.follow({ ...accepted, connection: "Local" });
    await clock.advance(1_000);
    const second = own.resume([{ ...resumed, failures: 1 }]);
    await first;
    world.searchLog = () => Promise.resolve(read([report, told(2, "returned")]));
    await clock.advance(2_000);
    await second;
    assert.deepEqual(shown.slice(1), [`resumed ${ID}`, "attempt 2 ended"]);
  });
});

describe("the next attempt at an event", () => {
  it("is known after one that failed, and forgotten where the event isn't followed any more", async () => {
    const { clock, tracker: own, world } = tracking([`${report}\tStatus: error`]);
    const done = own.follow(accepted);
    await clock.advance(1_000);
    const failedAtMs = clock.now() - 1_000;
    const next = { functionName: "order", atMs: failedAtMs + 60_000, isEstimate: true };
    assert.deepEqual(world.followed.nextAttempt(ID), next);
    assert.deepEqual(world.followed.nextAttempts, [next]);
    world.followed.stop(ID);
    await done;
    assert.deepEqual(world.followed.nextAttempts, []);
  });

  it("is what Local says", async () => {
    const line = formatAttemptLine({ requestId: ID, number: 1, outcome: "failed", retryInMs: 2_500 });
    const { clock, tracker: own, world } = tracking([report, line]);
    const done = own.follow({ ...accepted, connection: "Local" });
    await clock.advance(1_000);
    const { atMs, isEstimate } = world.followed.nextAttempt(ID) ?? {};
    assert.deepEqual([atMs, isEstimate], [clock.now() + 1_500, false]);
    own.dispose();
    await done;
  });

  it("isn't expected after one that returned", async () => {
    const { clock, tracker: own, world } = tracking([report]);
    const done = own.follow(accepted);
    await clock.advance(1_000);
    await done;
    assert.deepEqual(world.followed.nextAttempts, []);
  });
});

describe("going on with an event that a closed window has left", () => {
  const startedAt = new Date(Date.UTC(2026, 10, 21, 9, 59, 0)).toISOString();
  const left: InvocationRecord = { ...accepted, startedAt };
  const failedOnce: InvocationRecord = {
    ...left,
    outcome: {
      verdict: "unknown",
      attempts: [
        {
          number: 1,
          outcome: "failed",
          evidence: "platform",
          isLast: false,
          retryInMs: 60_000,
          deliveries: [],
          endedAtMs: Date.parse(startedAt) + 10_000,
          log: "",
        },
      ],
    },
  };

  it("says so, asks nobody for anything, and shows what comes", async () => {
    const { clock, opened, shown, tracker: own, world } = tracking([report]);
    const done = own.resumeLeft(left);
    assert.ok(world.followed.has(ID));
    await clock.advance(1_000);
    await done;
    assert.deepEqual(shown, ["adopted id-1", `resumed ${ID}`, "attempt 1 ended"]);
    assert.deepEqual([...new Set(opened)], ["prod, unattended"]);
  });

  it("counts on from the attempts that the window has seen", async () => {
    const { clock, shown, tracker: own, world } = tracking([report]);
    const done = own.resumeLeft(failedOnce);
    assert.equal(world.followed.nextAttempt(ID)?.atMs, Date.parse(startedAt) + 70_000);
    await clock.advance(1_000);
    await done;
    assert.deepEqual(shown.slice(1), [`resumed ${ID}`, "attempt 2 ended"]);
  });

  it("waits for credentials without a word until a person uses the connection", async () => {
    for (const error of [
      new UserError("no session", { cause: new CredentialError({ reason: "noCredentials", profile: "p" }) }),
      new UserError("expired", { cause: Object.assign(new Error(), { name: "ExpiredTokenException" }) }),
    ]) {
      const { clock, list, searched, shown, tracker: own, world } = tracking([report]);
      const read = world.searchLog;
      world.searchLog = () => Promise.reject(error);
      const done = own.resumeLeft(left);
      await clock.advance(30 * 60_000);
      list("another");
      await clock.advance(60_000);
      assert.deepEqual([searched.length, shown], [1, ["adopted id-1", `resumed ${ID}`]]);
      // What it waited isn't the event's silence.
      world.searchLog = () => Promise.resolve([]);
      list("prod");
      await clock.advance(15_000);
      assert.equal(shown.length, 2);
      world.searchLog = read;
      await clock.advance(15_000);
      await done;
      assert.deepEqual(shown.slice(2), ["attempt 1 ended"]);
    }
  });

  it("tells other failures as for any event", async () => {
    const refusal = new UserError("no permission");
    const { clock, shown, tracker: own } = tracking([], { searchLog: () => Promise.reject(refusal) });
    const done = own.resumeLeft(left);
    await clock.advance(1_000);
    await done;
    assert.deepEqual(shown.slice(2), [String(refusal)]);
  });

  it("isn't done if Lambda doesn't keep the event for so long", async () => {
    const old = { ...left, startedAt: new Date(Date.parse(startedAt) - 2 * 3_600_000).toISOString() };
    for (const [maximumAgeMs, goesOn] of [
      [3_600_000, false],
      [3 * 3_600_000, true],
      [undefined, true],
    ] as const) {
      const { clock, shown, tracker: own, world } = tracking([report], { maximumAgeMs });
      const done = own.resumeLeft(old);
      await clock.advance(1_000);
      await done;
      assert.equal(shown.includes("attempt 1 ended"), goesOn);
      assert.equal(world.followed.size, 0);
    }
  });

  it("ends where it's stopped, also while it waits for credentials", async () => {
    const error = new UserError("", {
      cause: new CredentialError({ reason: "noCredentials", profile: "p" }),
    });
    const { clock, shown, tracker: own, world } = tracking([], { searchLog: () => Promise.reject(error) });
    const done = own.resumeLeft(left);
    await clock.advance(1_000);
    world.followed.stop(ID);
    await done;
    assert.deepEqual([shown.length, world.followed.size, clock.waiting], [2, 0, 0]);
  });
});
