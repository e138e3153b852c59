import assert from "node:assert/strict";
import type { Tree } from "./harness/tree.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";
import { waitUntil } from "./harness/waitUntil.ts";

describe("an event that is tried again in a minute", () => {
  const workbench = useWorkbench({
    size: { width: 1280, height: 1000 },
    settings: { "lambdaInvoke.local.awsRetryDelays": true },
  });
  const history = (): Tree => workbench().tree("History");

  /** The seconds that the row says are left. */
  async function countdown(): Promise<number | undefined> {
    const rows = await history().rows();
    const description = rows.find(({ label }) => label === "order")?.description ?? "";
    const seconds = / · next attempt in (\d+) s · /.exec(description)?.[1];
    return seconds === undefined ? undefined : Number(seconds);
  }

  it("counts down in its row and in the status bar, until it's not followed any more", async () => {
    await workbench().openSidebar();
    await history().pane.locator(".pane-header").click();
    await workbench().writeFile("events/wrong.json", '"no order"');
    await workbench().openFile("events/wrong.json");
    await workbench().untilDone(
      () => workbench().tree("Functions").rowAction("order", "Invoke Function Asynchronously"),
      async () => /Attempt 1: order[^]*FAILED/.test(await workbench().output.text()),
    );
    const seen = new Set<number>();
    const hasCounted = async (): Promise<boolean> => {
      const seconds = await countdown();
      if (seconds !== undefined) seen.add(seconds);
      return seen.size >= 3;
    };
    await waitUntil(hasCounted, () => `three figures of the count-down, but ${[...seen].join()}`);
    assert.ok([...seen].every((seconds) => seconds <= 60));
    await workbench()
      .statusItem(/order: next attempt in \d+ s/)
      .waitFor();
    await workbench().contextMenu(history().row("order"), "Stop Following");
    await workbench()
      .statusItem(/next attempt/)
      .waitFor({ state: "hidden" });
    await waitUntil(
      async () => (await countdown()) === undefined,
      () => "the row without a count-down",
    );
  });
});
