import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { useWorkbench } from "./harness/useWorkbench.ts";
import type { Tree } from "./harness/tree.ts";
import { appears, waitUntil } from "./harness/waitUntil.ts";

const samples = ["flaky", "hello", "invoice", "order", "report", "slow", "words"];

describe("the functions view", () => {
  const workbench = useWorkbench();
  const tree = (): Tree => workbench().tree("Functions");

  it("opens from the activity bar", async () => {
    await workbench().openSidebar();
    const icon = await workbench().sidebarIcon();
    assert.equal(await icon.count(), 1);
  });

  it("lists the workspace's own functions under Local, with their runtimes", async () => {
    await tree().waitForLabels("Local", ...samples);
    const [local, ...functions] = await tree().rows();
    assert.deepEqual([local?.level, local?.expanded, local?.description], [1, true, "this workspace"]);
    for (const { level, expanded, description, label } of functions) {
      const runtime = label === "words" ? "python3.13" : "nodejs24.x";
      assert.deepEqual([level, expanded, description], [2, undefined, runtime]);
    }
  });

  it("tells of a function what a user wants to know of it, in a tooltip", async () => {
    const hover = workbench().hover("Checks an order and adds it up");
    // A list that arrives anew takes a tooltip away, and only the mouse's next move brings it back.
    const shows = async (): Promise<boolean> => {
      await workbench().page.locator(".statusbar").hover();
      await tree().row("order").locator(".label-name").hover();
      return appears(hover, 3000);
    };
    await waitUntil(shows, () => "the tooltip of order");
    const text = (await hover.innerText()).replaceAll(/\s+/g, " ");
    for (const part of [
      "Handler index.handler",
      "Memory 128 MB",
      "Timeout 3 s",
      "Runtime nodejs24.x",
      "Last change",
    ])
      assert.ok(text.includes(part), `${part} is not in: ${text}`);
    assert.match(text, /ARN arn:aws:lambda:[\w-]+:\d{12}:function:order/);
    await workbench().page.keyboard.press("Escape");
  });

  it("filters while the user types, and says how much is left", async () => {
    await tree().titleAction("Filter Functions");
    await workbench().quickInput.fill("lo");
    await tree().waitForLabels("Local", "hello", "slow");
    await tree().pane.getByText("Filter “lo”: 2 of 7 functions").waitFor();
    await workbench().quickInput.fill("*o*r*");
    await tree().waitForLabels("Local", "order", "report", "words");
  });

  it("brings the old filter back where the user backs out", async () => {
    await workbench().page.keyboard.press("Escape");
    await tree().waitForLabels("Local", ...samples);
  });

  it("keeps the filter when the window is loaded anew", async () => {
    await tree().titleAction("Filter Functions");
    await workbench().answer("slow");
    await tree().waitForLabels("Local", "slow");
    await workbench().reload();
    await tree().waitForLabels("Local", "slow");
  });

  it("says what to do where nothing passes the filter", async () => {
    await workbench().runCommand("Lambda: Filter Functions…");
    await workbench().answer("zzz");
    await tree().row("No function matches the filter. Click to clear it.").click();
    await tree().waitForLabels("Local", ...samples);
  });

  it("clears the filter with a button, which is there only then", async () => {
    const clear = workbench().page.locator(".sidebar").getByRole("button", { name: "Clear Filter" });
    await clear.waitFor({ state: "detached" });
    await tree().titleAction("Filter Functions");
    await workbench().answer("hello");
    await tree().waitForLabels("Local", "hello");
    await tree().titleAction("Clear Filter");
    await tree().waitForLabels("Local", ...samples);
    await clear.waitFor({ state: "detached" });
  });

  it("notices functions that come and go, and groups them where there's more than one template", async () => {
    await workbench().writeFile("more/template.yaml", template("another"));
    const folder = basename(workbench().session.folder);
    await tree().waitForLabels("Local", "more", "another", folder, ...samples);
    const levels = (await tree().rows()).map(({ level }) => level);
    assert.deepEqual(levels, [1, 2, 3, 2, ...samples.map(() => 3)]);
    const [, more] = await tree().rows();
    assert.deepEqual([more?.description, more?.expanded], [join("more", "template.yaml"), true]);
    await workbench().removeFile("more/template.yaml");
    await tree().waitForLabels("Local", ...samples);
  });

  it("says what is wrong with a template that cannot be read, and opens it at that place", async () => {
    await workbench().writeFile("broken/template.yaml", `${template("broken")}Outputs: {\n`);
    const problem = tree().row("broken");
    await problem.filter({ hasText: "1 problem" }).click();
    await workbench().page.locator('.tab.active[data-resource-name="template.yaml"]').waitFor();
    await workbench().statusItem("Ln 10, Col 10").waitFor();
    await workbench().removeFile("broken/template.yaml");
    await tree().waitForLabels("Local", ...samples);
  });

  it("marks a function that can't run, and lists its problem in the Problems panel", async () => {
    await workbench().writeFile("missing/template.yaml", template("missing").replace("index.", "nowhere."));
    const marked = tree().rowLocators.filter({ has: workbench().page.locator(".codicon-warning") });
    await marked.waitFor();
    assert.match(await marked.innerText(), /missing\s*nodejs24\.x/);
    await workbench().contextMenu(marked, "Show Problems");
    const panel = workbench().page.locator(".markers-panel");
    await panel.getByText("There's no file for the handler nowhere.handler").waitFor();
    await workbench().page.locator('.tab.active[data-resource-name="template.yaml"]').waitFor();
    await workbench().removeFile("missing/template.yaml");
    await panel.getByText("There's no file for the handler nowhere.handler").waitFor({ state: "detached" });
    await tree().waitForLabels("Local", ...samples);
  });

  it("copies a function's name and ARN", async () => {
    const clipboard = (): Promise<string> => workbench().page.evaluate("navigator.clipboard.readText()");
    await workbench().contextMenu(tree().row("order"), "Copy ARN");
    await workbench().statusItem("Copied arn:").waitFor();
    assert.match(await clipboard(), /^arn:aws:lambda:[\w-]+:\d{12}:function:order$/);
    await workbench().contextMenu(tree().row("order"), "Copy Name");
    await workbench().statusItem("Copied order").waitFor();
    assert.equal(await clipboard(), "order");
  });
});

function template(name: string): string {
  return `Transform: AWS::Serverless-2016-10-31
Resources:
  Another:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: ${name}
      Runtime: nodejs24.x
      Handler: index.handler
      CodeUri: ../functions/hello
`;
}
