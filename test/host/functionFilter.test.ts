import assert from "node:assert/strict";
import { FunctionFilter } from "../../src/workbench/tree/functionFilter.ts";
import { WorkspaceState } from "../../src/workbench/workspaceState.ts";
import { memento } from "../support/memento.ts";
import { until } from "./harness/extension.ts";

const NAMES = ["order", "order-api", "report"];

describe("the filter of the functions", () => {
  let filter: FunctionFilter;
  let state: WorkspaceState;
  beforeEach(() => {
    state = new WorkspaceState(memento());
    filter = new FunctionFilter(state);
  });
  afterEach(async () => {
    await filter.set("");
    filter.dispose();
  });

  const shown = (of = filter): string[] => NAMES.filter((name) => of.matches(name));

  it("shows what a glob matches once the library for globs is loaded, and says so", async () => {
    const changed = Promise.withResolvers<void>();
    filter.onDidChange(() => changed.resolve());
    filter.preview("order-*");
    await changed.promise;
    assert.deepEqual(shown(), ["order-api"]);
  });

  it("is the last one that was typed, also while an earlier one is loaded", async () => {
    filter.preview("order-*");
    filter.preview("rep");
    assert.deepEqual(shown(), ["report"]);
    filter.preview("r*");
    await until("the last glob", () => shown().length === 1 && shown()[0] === "report");
    filter.preview("*");
    filter.preview("api");
    // Each import of the library is done by then.
    await import("picomatch");
    await new Promise(setImmediate);
    assert.deepEqual(shown(), ["order-api"]);
  });

  it("is kept for the next window, also a glob", async () => {
    await filter.set("order*");
    const next = new FunctionFilter(state);
    await until("the glob", () => shown(next).length === 2);
    assert.equal(next.value, "order*");
    next.dispose();
  });
});
