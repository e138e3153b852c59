import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openSession } from "../test/e2e/harness/session.ts";
import { Workbench } from "../test/e2e/harness/workbench.ts";
import { build } from "./build.ts";
import { root } from "./host/paths.ts";

const images = join(root, "docs", "images");

/** A picture for the documentation: its name, and the way to what it shows. */
interface Scene {
  name: string;
  show: (workbench: Workbench) => Promise<void>;
}

// One after the other in the same window.
const scenes: Scene[] = [
  {
    name: "invocation",
    show: async (workbench) => {
      await workbench.openSidebar();
      const tree = workbench.tree("Functions");
      await tree.row("order").waitFor();
      await workbench.openFile("events/order.json");
      await tree.rowAction("order", "Invoke Function");
      await workbench.output.waitFor(/RETURNED/);
      await workbench.output.panel.getByText("RETURNED").waitFor();
      await workbench.editor.locator(".view-line").first().click();
    },
  },
  {
    name: "history",
    show: async (workbench) => {
      const functions = workbench.tree("Functions");
      await workbench.openFile("events/flaky.json");
      await functions.rowAction("flaky", "Invoke Function Asynchronously");
      await workbench.output.waitFor(/Attempt \d: flaky[^]*ENDED/);
      await workbench.openFile("events/order-bad.json");
      await functions.rowAction("order", "Invoke Function");
      await workbench.output.waitFor(/FAILED/);
      const history = workbench.tree("History");
      await history.pane.locator(".pane-header").click();
      await history.row("order").click();
      await workbench.editor.getByText("FAILED").first().waitFor();
      await workbench.runCommand("View: Hide Panel");
      await workbench.leave();
    },
  },
  {
    name: "compare-modes",
    show: async (workbench) => {
      await workbench.runCommand("View: Close All Editors");
      await workbench.openFile("events/order.json");
      await workbench.contextMenu(workbench.tree("Functions").row("order"), "Compare Sync and Async…");
      await workbench.dialog.getByRole("button", { name: "Invoke Twice" }).click();
      await workbench.editor.getByText("ACCEPTED, then RETURNED").waitFor();
      await workbench.runCommand("View: Hide Panel");
    },
  },
];

await build({ minify: true, sourcemap: false });
await mkdir(images, { recursive: true });
await using session = await openSession({ size: { width: 1280, height: 800 }, scale: 2 });
const workbench = new Workbench(session);
for (const { name, show } of scenes) {
  await show(workbench);
  await workbench.screenshot(join(images, `${name}.png`));
  console.log(`docs/images/${name}.png`);
}
