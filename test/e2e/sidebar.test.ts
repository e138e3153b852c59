import assert from "node:assert/strict";
import { useWorkbench } from "./harness/useWorkbench.ts";

describe("sidebar", () => {
  const workbench = useWorkbench();

  it("has an icon in the activity bar", async () => {
    const icon = await workbench().sidebarIcon();
    await icon.waitFor();
    assert.equal(await icon.count(), 1);
  });
});
