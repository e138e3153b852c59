import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { useWorkbench } from "./harness/useWorkbench.ts";

const esbuild = dirname(createRequire(import.meta.url).resolve("esbuild/package.json"));

const typed = `interface Order {
  prices: number[];
}

export const handler = async ({ prices }: Order): Promise<number> => {
  const sum = prices.reduce((total, price) => total + price, 0);
  return sum;
};
`;

const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  Typed:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: typed-function
      CodeUri: .
      Handler: index.handler
      Runtime: nodejs24.x
`;

describe("debugging on Local", () => {
  const workbench = useWorkbench();

  /** Sets a breakpoint in the line with this text of the file that is open. */
  async function breakAt(text: string): Promise<void> {
    await workbench().editor.locator(".view-line").getByText(text).first().click();
    await workbench().page.keyboard.press("F9");
    await workbench()
      .page.locator(".codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified")
      .first()
      .waitFor();
  }

  /** Goes on from the breakpoint where it has stopped; what the panel says from then on. */
  async function goOn(): Promise<string> {
    const toolbar = workbench().page.locator(".debug-toolbar");
    const click = (): Promise<void> => toolbar.getByRole("button", { name: /^Continue/ }).click();
    const text = await workbench().output.after(click, /RETURNED/);
    await toolbar.waitFor({ state: "hidden" });
    return text;
  }

  it("stops at a breakpoint in the handler, and returns the answer when it goes on", async () => {
    await workbench().openSidebar();
    const tree = workbench().tree("Functions");
    await tree.row("order").waitFor();
    await workbench().openFile("functions/order/index.mjs");
    await breakAt("console");

    await workbench().openFile("events/order.json");
    await workbench().contextMenu(tree.row("order"), "Debug Function Locally");
    await workbench().page.locator(".debug-top-stack-frame-line").first().waitFor();
    assert.equal(await workbench().output.text(), "");
    assert.match(await goOn(), /"total": 2190/);
  });

  it("stops in the TypeScript source of what was built of it", async () => {
    const packages = join(workbench().session.folder, "node_modules");
    await mkdir(packages, { recursive: true });
    await symlink(esbuild, join(packages, "esbuild"), "junction");
    await workbench().writeFile("typed/index.ts", typed);
    await workbench().writeFile("typed/template.yaml", template);
    await workbench().writeFile("typed/event.json", '{ "prices": [1, 2, 39] }\n');
    // Debugging has brought its own view to the front.
    await workbench().openSidebar();
    const tree = workbench().tree("Functions");
    await tree.row("typed-function").waitFor();
    await workbench().openFile("typed/index.ts");
    await breakAt("return sum");

    await workbench().openFile("typed/event.json");
    await workbench().untilDone(
      () => workbench().contextMenu(tree.row("typed-function"), "Debug Function Locally"),
      () => workbench().page.locator(".debug-top-stack-frame-line").first().isVisible(),
    );
    await workbench().page.locator('.tab.active[data-resource-name="index.ts"]').waitFor();
    assert.match(await goOn(), /^ {2}42$/m);
  });
});
