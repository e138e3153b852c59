import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { createGateway } from "../../../src/aws/gateway.ts";
import type { AwsConnection } from "../../../src/core/connections/connection.ts";
import type { TrackingEvent } from "../../../src/core/invocation/invocationEvent.ts";
import { LogCallBudgets, type LogCallPlace } from "../../../src/core/invocation/logCallBudget.ts";
import { LogGroupReaders, pollingInterval } from "../../../src/core/invocation/logGroupReader.ts";
import type { InvocationRecord } from "../../../src/core/invocation/record.ts";
import type { LambdaApi, LambdaGateway } from "../../../src/core/ports.ts";
import { EventTracker } from "../../../src/workbench/invocations/eventTracker.ts";
import { FollowedEvents } from "../../../src/workbench/invocations/followedEvents.ts";
import { LogGroups, runLines } from "../../support/logGroups.ts";
import { ManualClock } from "../core/invocation/manualClock.ts";
import { ownEnvironment, type OwnEnvironment } from "./environment.ts";
import { type Serve, startServer, type TestServer } from "./faultyServer.ts";

/** How far the clock is moved at a time, in milliseconds. */
const STEP_MS = 100;
const GAVE_UP_MS = 20 * 60_000;
const KEYS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };

/** Events that are followed at a server, on a clock that is moved only while nothing is under way. */
class Following implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly groups = new LogGroups(() => this.clock.now());
  readonly followed = new FollowedEvents();
  /** When each call was let through; milliseconds. */
  readonly calls: number[] = [];
  readonly places: LogCallPlace[] = [];
  /** What reaches the store, and when. */
  readonly tracked: { event: TrackingEvent; atMs: number }[] = [];
  readonly told: string[] = [];
  readonly server: TestServer;
  readonly tracker: EventTracker;
  connections: AwsConnection[];
  /** Answers before the log groups do. */
  refuse: () => { status: number; type: string } | undefined = () => undefined;
  readonly #gateway: LambdaGateway;
  #reading = 0;
  #waiting = 0;

  private constructor(server: TestServer) {
    this.server = server;
    this.connections = [{ kind: "aws", name: "prod", region: "eu-central-1", endpoint: server.endpoint }];
    this.#gateway = createGateway({
      local: { address: () => Promise.reject(new Error("no local service")) },
      askMfaCode: () => Promise.reject(new Error("no device")),
      environment: process.env,
      logCalls: this.#countedBudgets(),
    });
    this.tracker = new EventTracker({
      clock: this.clock,
      followed: this.followed,
      gateway: { open: async (...to) => this.#counted(await this.#gateway.open(...to)) },
      reporter: { failure: (error) => this.told.push(String(error)), note: (text) => this.told.push(text) },
      settings: {
        followAsync: () => true,
        local: () => ({ awsRetryDelays: false, port: 0, workspace: {} }),
      },
      store: {
        adopt: () => undefined,
        onDidChange: () => ({ dispose: () => undefined }),
        track: (event) => this.tracked.push({ event, atMs: this.clock.now() }),
      },
      connection: (name) => Promise.resolve(this.connections.find((each) => each.name === name)),
      logReaders: new LogGroupReaders(),
      onDidList: () => ({ dispose: () => undefined }),
      knownLogGroup: ({ function: { name } }) => `/aws/lambda/${name}`,
    });
  }

  static async start(): Promise<Following> {
    let serve: Serve = () => {};
    const made = new Following(await startServer((...request) => serve(...request)));
    serve = made.#serve;
    return made;
  }

  /** Every FilterLogEvents request that the server has seen. */
  get searches(): number {
    return this.server.requests.filter(({ headers }) => isSearch(headers["x-amz-target"])).length;
  }

  follow(name: string, requestId: string, connection = "prod"): Promise<void> {
    return this.tracker.follow({
      id: `record-${requestId}`,
      function: { name },
      connection,
      mode: "Event",
      startedAt: new Date(this.clock.now()).toISOString(),
      durationMs: 1,
      attempts: 1,
      payload: { text: "{}", bytes: 2 },
      verdict: "accepted",
      requestId,
    } satisfies InvocationRecord);
  }

  /** Moves the clock in small steps, and lets everything that is under way come to its end before each. */
  async advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.#idle();
      await this.clock.advance(STEP_MS);
    }
    await this.#idle();
  }

  /** What became of an event, in words. */
  outcomeOf(requestId: string): string {
    const own = this.tracked.filter(({ event }) => event.event.requestId === requestId);
    return own.map(({ event }) => inWords(event)).join(", ");
  }

  /** The most calls that were let through within any second. */
  mostCallsASecond(): number {
    const within = (first: number): number =>
      this.calls.filter((each) => each >= first && each <= first + 1000).length;
    return Math.max(0, ...this.calls.map(within));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.tracker.dispose();
    this.#gateway.dispose();
    await this.server[Symbol.asyncDispose]();
  }

  /** Nothing is under way but searches that wait for the budget, which only the clock lets go on. */
  async #idle(): Promise<void> {
    do await turn();
    while (this.#reading !== this.#waiting);
  }

  #countedBudgets(): Pick<LogCallBudgets, "of"> {
    const budgets = new LogCallBudgets(this.clock);
    const take = async (place: LogCallPlace, signal: AbortSignal): Promise<void> => {
      this.#waiting++;
      await budgets
        .of(place)
        .take(signal)
        .finally(() => this.#waiting--);
      this.calls.push(this.clock.monotonic());
    };
    return {
      of: (place) => {
        this.places.push(place);
        return { take: (signal) => take(place, signal) };
      },
    };
  }

  #counted(api: LambdaApi): LambdaApi {
    const counted = async <T>(work: Promise<T>): Promise<T> => {
      this.#reading++;
      return work.finally(() => this.#reading--);
    };
    return {
      ...api,
      searchLog: (...query) => counted(api.searchLog(...query)),
      eventPolicy: (...fn) => counted(api.eventPolicy(...fn)),
      logGroup: (...fn) => counted(api.logGroup(...fn)),
    };
  }

  readonly #serve: Serve = (response, { headers, body }) => {
    const refusal = isSearch(headers["x-amz-target"]) ? this.refuse() : NOT_CONFIGURED;
    const type = refusal === undefined ? {} : { "x-amzn-errortype": refusal.type };
    response.writeHead(refusal?.status ?? 200, { "content-type": "application/x-amz-json-1.1", ...type });
    const answer = refusal
      ? { __type: refusal.type, message: `It was ${refusal.type}.` }
      : this.groups.search(body.toString());
    response.end(JSON.stringify(answer));
  };
}

/** What GetFunctionEventInvokeConfig says of a function without a configuration of its own. */
const NOT_CONFIGURED = { status: 404, type: "ResourceNotFoundException" };

function isSearch(target: unknown): boolean {
  return target === "Logs_20140328.FilterLogEvents";
}

function inWords(event: TrackingEvent): string {
  switch (event.type) {
    case "resumed":
      return "resumed";
    case "attempt":
      return `${event.attempt.number} ${event.attempt.outcome}${event.attempt.isLast ? " for good" : ""}`;
    case "gaveUp":
      return "unknown";
  }
}

const idOf = (index: number): string => `8f507cfc-0000-4000-8000-${String(index).padStart(12, "0")}`;

describe("following events at a service that counts calls", () => {
  let environment: OwnEnvironment;
  before(async () => (environment = await ownEnvironment(KEYS)));
  after(() => environment[Symbol.asyncDispose]());

  it("stays within the budget with 50 events at once, and gets each outcome right, once", async () => {
    await using following = await Following.start();
    const kinds = ["1 ended for good", "1 failed, 2 failed, 3 failed for good", "unknown"] as const;
    const startMs = following.clock.now();
    const done: Promise<void>[] = [];
    const expected = new Map<string, string>();
    for (let index = 0; index < 50; index++) {
      const [name, id, kind] = [`f${index % 5}`, idOf(index), kinds[index % 3] ?? kinds[0]];
      expected.set(id, kind);
      const starts = { [kinds[0]]: [500], [kinds[1]]: [500, 61_000, 182_000], unknown: [] }[kind];
      for (const [attempt, afterMs] of starts.entries()) {
        const run = { durationMs: 40 * (index + 1), fails: kind === kinds[1] };
        const stream = `${name}/${attempt}/${index % 7}`;
        following.groups.write(
          `/aws/lambda/${name}`,
          ...runLines(id, stream, startMs + afterMs + index, run),
        );
      }
      done.push(following.follow(name, id));
    }
    await following.advance(GAVE_UP_MS + 60_000);
    await Promise.all(done);
    for (const [id, kind] of expected) assert.equal(following.outcomeOf(id), kind, id);
    assert.ok(following.mostCallsASecond() <= 5, `${following.mostCallsASecond()} calls in a second`);
    assert.equal(following.calls.length, following.searches, "a call passed the budget by");
    assert.deepEqual(following.told, []);
  });

  it("shows an outcome one look after the run's end at the latest, however long it ran", async () => {
    for (const durationMs of [300, 14_900, 16_000, 179_000, 190_000, 800_000]) {
      await using following = await Following.start();
      const startMs = following.clock.now();
      following.groups.write("/aws/lambda/f", ...runLines(idOf(1), "s", startMs, { durationMs }));
      void following.follow("f", idOf(1));
      while (following.tracked.length === 0) await following.advance(STEP_MS);
      const [shown] = following.tracked;
      assert.equal(following.outcomeOf(idOf(1)), "1 ended for good");
      const lateMs = (shown?.atMs ?? Infinity) - startMs - durationMs;
      assert.ok(lateMs <= pollingInterval(durationMs), `${lateMs} ms after a run of ${durationMs} ms`);
    }
  });

  it("goes on with others where one is stopped, and ends with the last one", async () => {
    await using following = await Following.start();
    const done = [1, 2, 3].map((index) => following.follow("f", idOf(index)));
    await following.advance(2_000);
    following.followed.stop(idOf(1));
    const lines = runLines(idOf(2), "s", following.clock.now(), { durationMs: 100 });
    following.groups.write("/aws/lambda/f", ...lines);
    await following.advance(3_000);
    assert.deepEqual(
      [idOf(1), idOf(2)].map((id) => following.outcomeOf(id)),
      ["", "1 ended for good"],
    );
    following.followed.stop(idOf(3));
    await Promise.all(done);
    const { searches } = following;
    await following.advance(30_000);
    assert.deepEqual([following.searches, following.clock.waiting], [searches, 0]);
  });

  it("ends for every event of a log that can't be read, and says why once", async () => {
    await using following = await Following.start();
    following.refuse = () => ({ status: 400, type: "AccessDeniedException" });
    const done = [1, 2, 3].map((index) => following.follow("f", idOf(index)));
    await following.advance(2_000);
    await Promise.all(done);
    assert.equal(following.followed.size, 0);
    assert.deepEqual([following.told.length, following.searches], [1, 1]);
    assert.match(following.told[0] ?? "", /The log \/aws\/lambda\/f can't be read\. /);
  });

  it("counts a throttled call and each repetition of it, and goes on afterwards", async () => {
    await using following = await Following.start();
    following.refuse = () =>
      following.searches <= 4 ? { status: 400, type: "ThrottlingException" } : undefined;
    following.groups.write(
      "/aws/lambda/f",
      ...runLines(idOf(1), "s", following.clock.now(), { durationMs: 100 }),
    );
    const done = following.follow("f", idOf(1));
    await following.advance(10_000);
    await done;
    assert.equal(following.outcomeOf(idOf(1)), "1 ended for good");
    assert.deepEqual([following.calls.length, following.told], [following.searches, []]);
    assert.ok(following.searches > 4 && following.mostCallsASecond() <= 5);
  });

  it("looks for more events than one search takes, and reads each log once for all of them", async () => {
    await using following = await Following.start();
    const done: Promise<void>[] = [];
    for (let index = 0; index < 60; index++) done.push(following.follow("f", idOf(index)));
    await following.advance(1_900);
    assert.equal(following.searches, 3);
    const startMs = following.clock.now();
    for (let index = 0; index < 60; index++)
      following.groups.write(
        "/aws/lambda/f",
        ...runLines(idOf(index), `s${index}`, startMs, { durationMs: 5 }),
      );
    await following.advance(60_000);
    await Promise.all(done);
    for (let index = 0; index < 60; index++)
      assert.equal(following.outcomeOf(idOf(index)), "1 ended for good");
  });

  it("shares the budget between connections of one account and region, as far as that's known", async () => {
    await using following = await Following.start();
    await environment.write(
      ".aws/config",
      "[profile one]",
      "region = eu-central-1",
      "aws_access_key_id = AKIDONE",
      "aws_secret_access_key = s",
      "[profile same]",
      "aws_access_key_id = AKIDONE",
      "aws_secret_access_key = s",
      "[profile other]",
      "aws_access_key_id = AKIDOTHER",
      "aws_secret_access_key = s",
    );
    const { endpoint } = following.server;
    const at = (name: string, profile: string, region: string): AwsConnection => ({
      kind: "aws",
      name,
      profile,
      region,
      endpoint,
    });
    following.connections = [
      at("a", "one", "eu-central-1"),
      at("b", "same", "eu-central-1"),
      at("c", "same", "us-east-1"),
      at("d", "other", "eu-central-1"),
    ];
    const events = following.connections.map(({ name }, index) => following.follow("f", idOf(index), name));
    await following.advance(1_000);
    following.tracker.dispose();
    await Promise.all(events);
    const asked = following.places.map(({ caller, region }) => `${caller} ${region}`);
    assert.deepEqual(asked.toSorted(), [
      "AKIDONE eu-central-1",
      "AKIDONE eu-central-1",
      "AKIDONE us-east-1",
      "AKIDOTHER eu-central-1",
    ]);
  });
});
