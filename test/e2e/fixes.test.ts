import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { statSync } from "node:fs";
import { join } from "node:path";
import { useWorkbench } from "./harness/useWorkbench.ts";
import type { Tree } from "./harness/tree.ts";
import { appears, waitUntil } from "./harness/waitUntil.ts";

const template = (name: string, runtime: string): string => `Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: ${name}-function
      Runtime: ${runtime}
      Handler: app.handler
      CodeUri: code
`;

/** A fake Python interpreter without debugpy. */
const interpreter = `#!${process.execPath}
console.log(JSON.stringify({ path: process.argv[1], version: "3.13.1", hasDebugpy: false }));
`;

/** One without boto3, whose pip installs where there's a file `online` beside it. */
const installingInterpreter = `#!${process.execPath}
const { existsSync, mkdirSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const args = process.argv.slice(2);
const target = args[args.indexOf("--target") + 1];
if (args[1] !== "pip") {
  console.log(JSON.stringify({ path: process.argv[1], version: "3.13.1", hasPip: true, modules: [] }));
} else if (!existsSync(join(dirname(process.argv[1]), "online"))) {
  process.exitCode = 1;
} else {
  mkdirSync(join(target, args.at(-1)), { recursive: true });
  writeFileSync(join(target, args.at(-1), "__init__.py"), "");
}
`;

// The fake interpreter is a script, which Windows can't start.
const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("a problem that keeps a function from running", () => {
  // Rendered in the DOM, so that it can be read.
  const workbench = useWorkbench({ settings: { "terminal.integrated.gpuAcceleration": "off" } });
  const tree = (): Tree => workbench().tree("Functions");
  const path = (name: string): string => join(workbench().session.folder, name);
  const isExecutable = (name: string): boolean => (statSync(path(name)).mode & 0o100) !== 0;
  const terminals = (): Promise<string[]> =>
    workbench().page.locator(".terminal.xterm .xterm-rows").allInnerTexts();

  /** Acts, and waits for a terminal with the command, which may be wrapped. */
  const types = async (command: string, act: () => Promise<void>): Promise<void> => {
    const isTyped = async (): Promise<boolean> =>
      (await terminals()).join().replaceAll(/\s+/g, "").includes(command.replaceAll(" ", ""));
    await workbench().untilDone(act, isTyped);
  };

  it("has a button that types the fixing command into a terminal, and doesn't run it", async () => {
    for (const name of ["go", "stays"]) {
      await workbench().writeFile(`${name}/code/bootstrap`, "");
      await workbench().writeFile(`${name}/template.yaml`, template(name, "provided.al2023"));
    }
    await workbench().openSidebar();
    await types("chmod +x", () => tree().rowAction("go-function", "Run in Terminal"));
    assert.equal(isExecutable("go/code/bootstrap"), false);
    await workbench().page.keyboard.press("Enter");
    await waitUntil(
      () => isExecutable("go/code/bootstrap"),
      () => "the command's effect",
    );
  });

  it("is shown completely in the row's tooltip", async () => {
    const hover = workbench().hover("isn't executable. Run:");
    const shows = async (): Promise<boolean> => {
      await workbench().page.locator(".statusbar").hover();
      await tree().row("stays-function").locator(".label-name").hover();
      return appears(hover, 3000);
    };
    await waitUntil(shows, () => "the tooltip of the problem");
    await workbench().page.keyboard.press("Escape");
  });

  it("has the same button in the message of a refused invocation", async () => {
    await workbench().openFile("events/hello.json");
    await tree().rowAction("stays-function", "Invoke Function");
    const message = workbench().notification("isn't executable. Run:");
    await workbench().runCommand("Terminal: Kill All Terminals");
    await types("chmod +x", () => message.getByRole("button", { name: "Run in Terminal" }).click());
    assert.match(await workbench().output.waitFor(/NOT RUN/), /CodeArtifactUserFailedException/);
  });

  it("has the same button in the message of refused debugging", async () => {
    await workbench().writeFile("py/code/app.py", "");
    await workbench().writeFile("py/code/.venv/bin/python", interpreter);
    await chmod(path("py/code/.venv/bin/python"), 0o755);
    await workbench().writeFile("py/template.yaml", template("py", "python3.13"));
    await workbench().page.keyboard.press("Escape");
    await workbench().runCommand("Notifications: Clear All Notifications");
    const message = workbench().notification("needs debugpy. Run:");
    await workbench().untilDone(
      () => workbench().contextMenu(tree().row("py-function"), "Debug Function Locally"),
      () => message.isVisible(),
    );
    await workbench().runCommand("Terminal: Kill All Terminals");
    await types("-m pip install debugpy", () =>
      message.getByRole("button", { name: "Run in Terminal" }).click(),
    );
  });

  it("has a button that installs what only Local lacks, and is gone after that", async () => {
    await workbench().writeFile("lacks/code/app.py", "import boto3\n\ndef handler(event, context): ...\n");
    await workbench().writeFile("lacks/code/.venv/bin/python", installingInterpreter);
    await chmod(path("lacks/code/.venv/bin/python"), 0o755);
    await workbench().writeFile("lacks/template.yaml", template("lacks", "python3.13"));
    const install = tree().row("lacks-function").getByRole("button", { name: "Install for Local" });
    const fails = workbench().notification("boto3 couldn't be installed for Local");
    const refused = workbench().notification("this machine doesn't have it");
    await workbench().untilDone(
      () => tree().rowAction("lacks-function", "Invoke Function"),
      () => refused.isVisible(),
    );
    await refused.getByRole("button", { name: "Install for Local" }).click();
    await fails.waitFor();
    await workbench().runCommand("Notifications: Clear All Notifications");
    await workbench().writeFile("lacks/code/.venv/bin/online", "");
    await workbench().untilDone(
      () => tree().rowAction("lacks-function", "Install for Local"),
      () => workbench().notification("Installed for Local: boto3.").isVisible(),
    );
    await waitUntil(
      async () => (await install.count()) === 0,
      () => "a row without the button",
    );
  });

  it("has no such button without a command", async () => {
    await workbench().writeFile("broken/template.yaml", `${template("broken", "nodejs24.x")}Outputs: {\n`);
    const row = tree().row("broken");
    await row.hover();
    assert.equal(await row.getByRole("button", { name: "Run in Terminal" }).count(), 0);
  });
});
