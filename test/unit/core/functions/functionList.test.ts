import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { ListingError } from "../../../../src/core/functions/listing.ts";
import { ManualClock } from "../invocation/manualClock.ts";
import type { FunctionSummary } from "../../../../src/core/functions/functionSummary.ts";
import { FunctionList } from "../../../../src/core/functions/functionList.ts";

/** A connection whose pages come when the test gives them. */
class PagedSource {
  asked = 0;
  /** Where each call of ListFunctions was told to begin. */
  readonly markers: (string | undefined)[] = [];
  readonly signals: AbortSignal[] = [];
  #pages: PromiseWithResolvers<readonly string[] | "end" | Error>[] = [];
  #given = 0;

  give(page: readonly string[] | "end" | Error): void {
    this.#page(this.#given++).resolve(page);
  }

  open(signal: AbortSignal): Promise<PagedSource> {
    this.signals.push(signal);
    return Promise.resolve(this);
  }

  async *listFunctions(_signal: AbortSignal, marker?: string): AsyncGenerator<readonly FunctionSummary[]> {
    this.markers.push(marker);
    for (;;) {
      const page = await this.#page(this.asked++).promise;
      if (page === "end") return;
      if (page instanceof Error) throw page;
      yield page.map((name) => ({ name, arn: `arn:${name}` }));
    }
  }

  #page(index: number): PromiseWithResolvers<readonly string[] | "end" | Error> {
    return (this.#pages[index] ??= Promise.withResolvers());
  }
}

interface SetUp {
  source: PagedSource;
  list: FunctionList;
  clock: ManualClock;
  /** What was told, e.g. `loading 2`. */
  seen: string[];
  settle: () => Promise<void>;
}

function setUp(): SetUp {
  const source = new PagedSource();
  const clock = new ManualClock();
  const seen: string[] = [];
  const list: FunctionList = new FunctionList(
    (signal) => source.open(signal),
    () => seen.push(`${list.state.status} ${list.state.functions.length}`),
    clock,
  );
  return { source, list, clock, seen, settle: () => turn() };
}

function names(list: FunctionList): string[] {
  return list.state.functions.map(({ name }) => name);
}

function waitingFor(list: FunctionList): string | undefined {
  return list.state.waiting?.label;
}

/** What the API throws where Lambda asks to slow down, once the pages up to a marker have arrived. */
function throttled(marker?: string, retryAfterMs?: number): ListingError {
  return new ListingError({
    label: "Wait: AWS is throttling",
    message: "AWS is throttling.",
    throttled: { marker, retryAfterMs },
  });
}

describe("a connection's list", () => {
  it("shows the first page before the second is given", async () => {
    const { source, list, seen, settle } = setUp();
    void list.load();
    source.give(["b", "a"]);
    await settle();
    assert.equal(seen.at(-1), "loading 2");
    assert.deepEqual(
      list.state.functions.map(({ name }) => name),
      ["a", "b"],
    );
    list.stop();
  });

  it("loads once, however often it is asked", async () => {
    const { source, list } = setUp();
    const [first, second] = [list.load(), list.load()];
    source.give(["a"]);
    source.give("end");
    await Promise.all([first, second]);
    assert.equal(source.signals.length, 1);
    assert.equal(list.state.status, "loaded");
  });

  it("tells of each growth by half, not of each page", async () => {
    const { source, list, seen } = setUp();
    const done = list.load();
    for (let page = 0; page < 200; page++)
      source.give(Array.from({ length: 50 }, (_, at) => `f${page}-${at}`));
    source.give("end");
    await done;
    assert.equal(list.state.functions.length, 10_000);
    assert.ok(seen.length < 20, `${seen.length} times`);
  });

  it("keeps what arrived before a failure, and says what failed", async () => {
    const { source, list } = setUp();
    const done = list.load();
    const error = new Error("throttled");
    source.give(["a"]);
    source.give(error);
    await done;
    assert.equal(list.state.status, "failed");
    assert.equal(list.state.error, error);
    assert.deepEqual(
      list.state.functions.map(({ name }) => name),
      ["a"],
    );
  });

  it("drops the answers of a load that another overtook", async () => {
    const { source, list, seen, settle } = setUp();
    void list.load();
    await settle();
    const again = list.reload();
    assert.equal(source.signals[0]?.aborted, true);
    source.give(["stale"]);
    await settle();
    assert.deepEqual(list.state.functions, []);
    source.give(["fresh"]);
    source.give("end");
    await again;
    assert.deepEqual(
      list.state.functions.map(({ name }) => name),
      ["fresh"],
    );
    assert.equal(seen.at(-1), "loaded 1");
  });

  it("tells nothing more once it is stopped", async () => {
    const { source, list, seen, settle } = setUp();
    void list.load();
    list.stop();
    const told = seen.length;
    source.give(["a"]);
    await settle();
    assert.equal(seen.length, told);
  });

  it("finds a function by its name and by its ARN", async () => {
    const { source, list } = setUp();
    const done = list.load();
    source.give(["order"]);
    source.give("end");
    await done;
    assert.equal(list.find("order")?.name, "order");
    assert.equal(list.find("arn:order")?.name, "order");
    assert.equal(list.find("other"), undefined);
  });
});

describe("a list that Lambda throttles", () => {
  it("keeps what has arrived, says so, and goes on by itself behind the last page", async () => {
    const { source, list, clock } = setUp();
    const done = list.load();
    source.give(["a", "b"]);
    source.give(throttled("page 2"));
    await clock.advance(0);
    assert.deepEqual([list.state.status, names(list)], ["loading", ["a", "b"]]);
    assert.equal(waitingFor(list), "Wait: AWS is throttling");
    source.give(["c"]);
    source.give("end");
    await clock.advance(60_000);
    await done;
    assert.deepEqual([list.state.status, names(list)], ["loaded", ["a", "b", "c"]]);
    assert.equal(waitingFor(list), undefined);
    assert.deepEqual(source.markers, [undefined, "page 2"]);
  });

  it("says so also where nothing has arrived yet", async () => {
    const { source, list, clock } = setUp();
    void list.load();
    source.give(throttled());
    await list.arrival;
    assert.equal(waitingFor(list), "Wait: AWS is throttling");
    source.give(["a"]);
    await clock.advance(60_000);
    assert.deepEqual([names(list), waitingFor(list)], [["a"], undefined]);
    list.stop();
  });

  it("waits longer each time, at most a minute, and begins anew after a page", async () => {
    const { source, list, clock } = setUp();
    void list.load();
    for (let tries = 0; tries < 9; tries++) source.give(throttled());
    source.give(["a"]);
    source.give(throttled("page 1"));
    await clock.advance(600_000);
    const growing = [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 750);
    assert.deepEqual(clock.sleeps, [...growing, 750]);
    list.stop();
  });

  it("waits as long as Lambda asks for", async () => {
    const { source, list, clock } = setUp();
    void list.load();
    source.give(throttled(undefined, 7000));
    await clock.advance(0);
    assert.deepEqual(clock.sleeps, [7000]);
    list.stop();
  });

  it("gives up after half an hour, with what has arrived", async () => {
    const { source, list, clock } = setUp();
    const done = list.load();
    source.give(["a"]);
    for (let tries = 0; tries < 100; tries++) source.give(throttled("page 1"));
    await clock.advance(3_600_000);
    await done;
    assert.deepEqual([list.state.status, names(list)], ["failed", ["a"]]);
    assert.ok(source.markers.length < 40, `${source.markers.length} requests`);
  });

  it("asks for nothing more once it is stopped", async () => {
    const { source, list, clock } = setUp();
    const done = list.load();
    source.give(throttled());
    await clock.advance(0);
    list.stop();
    await clock.advance(600_000);
    await done;
    assert.equal(source.markers.length, 1);
  });
});

describe("a list that is slow to come", () => {
  it("says what to check, until the first page comes", async () => {
    const { source, list, clock, seen } = setUp();
    void list.load();
    await clock.advance(9_000);
    assert.equal(waitingFor(list), undefined);
    await clock.advance(1_000);
    assert.equal(waitingFor(list), "Check network or VPN: no answer yet");
    assert.equal(seen.at(-1), "loading 0");
    source.give(["a"]);
    await clock.advance(0);
    assert.deepEqual([names(list), waitingFor(list)], [["a"], undefined]);
    list.stop();
  });

  it("says nothing of the kind once a page is there, or the load has ended", async () => {
    const { source, list, clock } = setUp();
    void list.load();
    source.give(["a"]);
    await clock.advance(60_000);
    assert.equal(waitingFor(list), undefined);
    source.give("end");
    await list.load();
    assert.equal(clock.waiting, 0);
  });
});

describe("a list that is loaded anew", () => {
  it("is told of once it's there, so that its rows stay under a click meanwhile", async () => {
    const { source, list, clock, seen } = setUp();
    const loaded = list.load();
    for (const page of [["a"], "end", ["a", "b"], "end"] as const) source.give(page);
    await loaded;
    const before = seen.length;
    await list.reload();
    assert.deepEqual(seen.slice(before), ["loading 2", "loaded 2"]);
    await clock.advance(1_000);
    assert.equal(seen.length, before + 2);
  });

  it("is told of before that where it takes its time, unless it was stopped", async () => {
    const { source, list, clock, seen } = setUp();
    const loaded = list.load();
    for (const page of [["a"], "end"] as const) source.give(page);
    await loaded;
    void list.reload();
    await clock.advance(1_000);
    assert.equal(seen.at(-1), "loading 1");
    const before = seen.length;
    void list.reload();
    list.stop();
    await clock.advance(1_000);
    assert.equal(seen.length, before);
  });
});

describe("a function that is listed more than once", () => {
  it("is there once, as it came first", async () => {
    const { source, list } = setUp();
    const done = list.load();
    source.give(["b", "a", "b"]);
    source.give(["a", "c"]);
    source.give("end");
    await done;
    assert.deepEqual(names(list), ["a", "b", "c"]);
  });
});
