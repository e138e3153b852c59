import assert from "node:assert/strict";
import { FunctionCatalog } from "../../src/workbench/connections/functionCatalog.ts";
import { windowSettings } from "../../src/workbench/settings.ts";
import { machineClock } from "../../src/workbench/clock.ts";
import { withSettings } from "./harness/settings.ts";

describe("the connections of a window", () => {
  it("are those of the settings as they are now, however long it took to read what was there before", async () => {
    const { promise: found, resolve: find } = Promise.withResolvers<{ name: string }>();
    const gateway = {
      open: () => Promise.reject(new Error("Nothing is opened.")),
      defaultProfile: () => found,
    };
    using settings = disposing(windowSettings());
    using catalog = disposing(new FunctionCatalog(settings.item, gateway, machineClock));
    const before = catalog.item.connections();
    await using _set = await withSettings({
      connections: [{ name: "far", profile: "dev", region: "eu-west-1" }],
    });
    const now = await catalog.item.connections();
    find({ name: "default" });
    assert.equal(await before, now);
    const names = catalog.item.known.map(({ connection }) => connection.name);
    assert.deepEqual(names, ["Local", "far"]);
    assert.equal(catalog.item.known[1]?.list, now[1]?.list);
  });
});

function disposing<T extends { dispose(): void }>(item: T): Disposable & { item: T } {
  return { item, [Symbol.dispose]: () => item.dispose() };
}
