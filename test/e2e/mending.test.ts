import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { useWorkbench } from "./harness/useWorkbench.ts";
import type { Tree } from "./harness/tree.ts";
import { waitUntil } from "./harness/waitUntil.ts";

const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  Py:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: py
      Runtime: python3.13
      Handler: app.handler
      CodeUri: code
`;

/** Plays a Python interpreter without AWS's runtime client; what it is told to install, it notes. */
const interpreter = `#!${process.execPath}
const args = process.argv.slice(2);
if (args[0] === "-c") console.log(JSON.stringify({ path: process.argv[1], version: "3.13.1", hasClient: false, hasDebugpy: false }));
else require("node:fs").writeFileSync(__dirname + "/installed.txt", args.join(" "));
`;

// The stand-in is a script, which is no program on Windows.
const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("what keeps a function from running", () => {
  // Drawn as text, so that it can be read.
  const workbench = useWorkbench({ settings: { "terminal.integrated.gpuAcceleration": "off" } });
  const tree = (): Tree => workbench().tree("Functions");
  const python = (name: string): string => join(workbench().session.folder, "py/code/.venv/bin", name);
  const terminal = (): Promise<string> =>
    workbench().page.locator(".terminal.xterm .xterm-rows").last().innerText();

  /** Does something, and waits for one more terminal with the command in it, on however many lines. */
  const types = async (act: () => Promise<void>): Promise<void> => {
    await act();
    const isTyped = async (): Promise<boolean> =>
      (await terminal()).replaceAll(/\s+/g, "").includes("-mpipinstallawslambdaric");
    await waitUntil(isTyped, () => "the command in a terminal");
  };

  it("has a button that types what mends it into a terminal, and does not run it", async () => {
    await workbench().writeFile("py/code/app.py", "");
    await workbench().writeFile("py/code/.venv/bin/python", interpreter);
    await chmod(python("python"), 0o755);
    await workbench().writeFile("py/template.yaml", template);
    await workbench().openSidebar();
    await types(() => tree().rowAction("py/template.yaml:3", "Run in Terminal"));
    assert.equal(existsSync(python("installed.txt")), false);
    await workbench().page.keyboard.press("Enter");
    await waitUntil(
      () => existsSync(python("installed.txt")),
      () => "the command's effect",
    );
  });

  it("is told whole in the row's tooltip", async () => {
    const hover = workbench().hover("does not have it. Run:");
    const shows = async (): Promise<boolean> => {
      await workbench().page.locator(".statusbar").hover();
      await tree().row("py/template.yaml:3").locator(".label-name").hover();
      return hover.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
    };
    await waitUntil(shows, () => "the tooltip of the problem");
    await workbench().page.keyboard.press("Escape");
  });

  it("has the same button on the message of an invocation that was refused for it", async () => {
    await workbench().openFile("events/hello.json");
    await tree().rowAction("py", "Invoke Function");
    const message = workbench().notification("does not have it. Run:");
    await workbench().runCommand("Terminal: Kill All Terminals");
    await types(() => message.getByRole("button", { name: "Run in Terminal" }).click());
    assert.match(await workbench().output.waitFor(/NOT RUN/), /InvalidRuntimeException/);
  });

  it("has the same button where debugging is refused for it", async () => {
    await workbench().page.keyboard.press("Escape");
    await workbench().runCommand("Notifications: Clear All Notifications");
    await workbench().contextMenu(tree().row("py"), "Debug Function Locally");
    const message = workbench().notification("does not have it. Run:");
    await workbench().runCommand("Terminal: Kill All Terminals");
    await types(() => message.getByRole("button", { name: "Run in Terminal" }).click());
  });

  it("has no such button where nothing is to be typed", async () => {
    await workbench().writeFile("broken/template.yaml", `${template}Outputs: {\n`);
    const row = tree().rowLocators.filter({ hasText: /^broken.template\.yaml:\d+/ });
    await row.hover();
    assert.equal(await row.getByRole("button", { name: "Run in Terminal" }).count(), 0);
  });
});
