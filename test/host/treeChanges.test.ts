import assert from "node:assert/strict";
import { TreeChanges } from "../../src/workbench/treeChanges.ts";
import { ManualClock } from "../unit/core/invocation/manualClock.ts";

interface Row {
  name: string;
}

interface SetUp extends Disposable {
  clock: ManualClock;
  changes: TreeChanges<Row>;
  /** What VS Code was told, by the rows' names. */
  told: string[];
}

const row: Row = { name: "row" };

function setUp(): SetUp {
  const clock = new ManualClock();
  const changes = new TreeChanges<Row>(clock);
  const told: string[] = [];
  changes.event((changed) => told.push(changed?.name ?? "all"));
  return { clock, changes, told, [Symbol.dispose]: () => changes.dispose() };
}

describe("a change of a tree", () => {
  it("is told again, and not for ever, where VS Code doesn't ask for the rows under it", async () => {
    using tree = setUp();
    await tree.changes.answer(row, () => []);
    tree.changes.fire(row);
    assert.deepEqual(tree.told, ["row"]);
    await tree.clock.advance(10_000);
    assert.deepEqual(tree.told, ["row", "row", "row"]);
    assert.equal(tree.clock.waiting, 0);
  });

  it("is told once where VS Code asks", async () => {
    using tree = setUp();
    await tree.changes.answer(undefined, () => [row]);
    await tree.clock.advance(10_000);
    tree.changes.fire(row);
    tree.changes.fire();
    await tree.changes.answer(undefined, () => [row]);
    await tree.changes.answer(row, () => []);
    await tree.clock.advance(10_000);
    assert.deepEqual(tree.told, ["row", "all"]);
  });

  it("is told once where it comes while the rows are found, for they are what it is about", async () => {
    using tree = setUp();
    const { promise, resolve } = Promise.withResolvers<Row[]>();
    const answered = tree.changes.answer(row, () => promise);
    tree.changes.fire(row);
    resolve([]);
    await answered;
    await tree.clock.advance(10_000);
    assert.deepEqual(tree.told, ["row"]);
  });

  it("is told again of rows that VS Code throws away since the whole tree changed meanwhile", async () => {
    using tree = setUp();
    const { promise, resolve } = Promise.withResolvers<Row[]>();
    const answered = tree.changes.answer(row, () => promise);
    tree.changes.fire();
    await tree.changes.answer(undefined, () => [row]);
    resolve([]);
    await answered;
    await tree.clock.advance(1_000);
    assert.deepEqual(tree.told, ["all", "row"]);
    await tree.changes.answer(row, () => []);
    await tree.clock.advance(10_000);
    assert.deepEqual(tree.told, ["all", "row"]);
  });

  it("is told once of a row that has none under it, and of a tree that was never in sight", async () => {
    using tree = setUp();
    tree.changes.fire();
    tree.changes.fire(row);
    await tree.changes.answer(undefined, () => [row]);
    tree.changes.fireLeaf(row);
    await tree.clock.advance(10_000);
    assert.deepEqual(tree.told, ["all", "row", "row"]);
  });

  it("isn't told any more once the tree is gone", async () => {
    const tree = setUp();
    await tree.changes.answer(undefined, () => [row]);
    tree.changes.fire();
    tree.changes.dispose();
    await tree.clock.advance(10_000);
    assert.deepEqual(tree.told, ["all"]);
    assert.equal(tree.clock.waiting, 0);
  });
});
