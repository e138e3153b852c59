import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import type { FunctionSummary } from "../../../../src/core/functions/functionSummary.ts";
import { FunctionList } from "../../../../src/core/functions/functionList.ts";

/** A connection whose pages come when the test gives them. */
class PagedSource {
  asked = 0;
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

  async *listFunctions(): AsyncGenerator<readonly FunctionSummary[]> {
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

function setUp(): { source: PagedSource; list: FunctionList; seen: string[]; settle: () => Promise<void> } {
  const source = new PagedSource();
  const seen: string[] = [];
  const list: FunctionList = new FunctionList(
    (signal) => source.open(signal),
    () => seen.push(`${list.state.status} ${list.state.functions.length}`),
  );
  return { source, list, seen, settle: () => turn() };
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
