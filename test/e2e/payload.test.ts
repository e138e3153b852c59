import assert from "node:assert/strict";
import { useWorkbench } from "./harness/useWorkbench.ts";
import type { Tree } from "./harness/tree.ts";

describe("the payload in the editor", () => {
  const workbench = useWorkbench();
  const tree = (): Tree => workbench().tree("Functions");

  before(async () => {
    await workbench().openSidebar();
    await tree().row("hello").waitFor();
  });

  it("is asked for where there is none", async () => {
    await tree().rowAction("hello", "Invoke Function");
    await workbench()
      .dialog.getByText("No JSON editor is open. What do you want to send to hello on Local?")
      .waitFor();
    await workbench().dialog.getByRole("button", { name: "New JSON File" }).click();
    await workbench().statusItem("hello · Local").waitFor();
    await workbench().replaceText('{ "name": "Grace" }');
    await workbench().runCommand("Lambda: Invoke Function");
    await workbench().output.waitFor(/Hello, Grace![^]*RETURNED/);
    await workbench().runCommand("View: Revert and Close Editor");
  });

  it("is not sent where it is not JSON: a message leads to the mistake", async () => {
    await workbench().writeFile("events/wrong.json", '{\n  "name": Ada\n}\n');
    await workbench().openFile("events/wrong.json");
    await tree().rowAction("hello", "Invoke Function");
    const message = workbench().notification(
      /Nothing was sent: the payload isn't valid JSON.*line 2, column 11/,
    );
    await message.getByRole("button", { name: "Go to Problem" }).click();
    await workbench().statusItem("Ln 2, Col 14 (3 selected)").waitFor();
    assert.doesNotMatch(await workbench().output.text(), /Ada/);
    await workbench().page.keyboard.type('"Ada"');
    await tree().rowAction("hello", "Invoke Function");
    await workbench().output.waitFor(/Hello, Ada!/);
  });

  it("is asked about where the document is empty", async () => {
    await workbench().writeFile("events/nothing.json", "");
    await workbench().openFile("events/nothing.json");
    await tree().rowAction("hello", "Invoke Function");
    await workbench()
      .dialog.getByText("The document is empty. Send an empty object to hello on Local?")
      .waitFor();
    await workbench().dialog.getByRole("button", { name: "Send {}" }).click();
    await workbench().output.waitFor(/Hello, world!/);
  });

  it("has a function in the status bar as soon as it is JSON, and not that of a closed document's name", async () => {
    await workbench().runCommand("File: New Untitled Text File");
    await workbench().page.locator('.tab.active[data-resource-name^="Untitled"]').waitFor();
    await workbench().statusItem("Select Lambda Function").waitFor({ state: "detached" });
    await workbench().statusItem("Plain Text").click();
    await workbench().answer("JSON");
    await workbench().statusItem("Select Lambda Function").waitFor();
  });

  it("may bring 5 MB back: the editor takes each key while they arrive", async () => {
    await workbench().openFile("events/report.json");
    await tree().rowAction("report", "Invoke Function");
    await workbench().editor.locator(".view-line").first().click();
    for (let typed = "/"; typed.length <= 15; typed += "/") {
      await workbench().page.keyboard.type("/");
      await workbench().editor.locator(".view-line").getByText(typed).first().waitFor();
    }
    await workbench().output.waitFor(/Invoke: report[^]*RETURNED/);
  });

  it("may bring more back than the panel shows: a link opens the whole", async () => {
    const text = await workbench().output.waitFor(/Open the whole response \(4\.\d MB/);
    assert.ok(text.length < 300_000);
    const tab = workbench().page.locator('.tab.active[data-resource-name="report response.json"]');
    await workbench().output.followLink("Open the whole response", tab);
    await workbench().editor.getByText('"Orders"').waitFor();
    await workbench().page.keyboard.press("ControlOrMeta+End");
    await workbench()
      .statusItem(/^Ln \d{6},/)
      .waitFor();
  });
});
