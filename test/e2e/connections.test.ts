import assert from "node:assert/strict";
import { LambdaServer } from "../support/lambdaServer.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";
import type { Tree } from "./harness/tree.ts";
import { waitUntil } from "./harness/waitUntil.ts";

const named = (...names: string[]): { FunctionName: string }[] =>
  names.map((name) => ({ FunctionName: name }));

describe("connections", () => {
  const workbench = useWorkbench({ settings: { "lambdaInvoke.local.enabled": false } });
  const tree = (): Tree => workbench().tree("Functions");
  let server: LambdaServer;

  beforeEach(async () => {
    server = await LambdaServer.start();
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const connect = (...connections: object[]): Promise<void> =>
    workbench().setSettings({ "lambdaInvoke.connections": connections });

  const closeSettings = async (): Promise<void> => {
    await workbench().page.keyboard.press("Escape");
    await workbench().page.locator(".settings-editor").waitFor({ state: "detached" });
  };

  it("are told to be turned off where Local is, and no other is there", async () => {
    await workbench().openSidebar();
    const sidebar = workbench().page.locator(".sidebar");
    await sidebar.getByText("the Local connection is turned off").waitFor();
    await sidebar.getByRole("button", { name: "Open Setting" }).click();
    await workbench().page.locator(".settings-editor").getByText("Local: Enabled").first().waitFor();
    await closeSettings();
  });

  it("shows the first functions while the next page is still on its way", async () => {
    server.pages = [named("alpha", "beta"), named("gamma"), named("delta")];
    const held = Promise.withResolvers<void>();
    server.beforePage = (page) => (page === 1 ? held.promise : Promise.resolve());
    await connect(server.connection("paged"));
    await tree().expand("paged");
    await tree().waitForLabels("paged", "alpha", "beta");
    await tree().row("paged").getByText("loading… 2").waitFor();
    assert.ok(!server.pagesAsked.includes(2));
    held.resolve();
    await tree().waitForLabels("paged", "alpha", "beta", "delta", "gamma");
    await tree().row("paged").getByText("loading…").waitFor({ state: "detached" });
    assert.deepEqual(server.pagesAsked, [0, 1, 2]);
  });

  it("keeps what arrived before AWS throttled, says so, and goes on by itself", async () => {
    server.pages = [named("alpha"), named("beta", "alpha")];
    let isThrottled = true;
    server.refusePage = (page) =>
      isThrottled && page === 1 ? { status: 429, type: "TooManyRequestsException" } : undefined;
    await workbench().openSidebar();
    await connect(server.connection("busy"));
    await tree().expand("busy");
    await tree().waitForLabels("busy", "Wait: AWS is throttling", "alpha");
    isThrottled = false;
    await tree().waitForLabels("busy", "alpha", "beta");
    assert.equal(server.pagesAsked.filter((page) => page === 0).length, 1);
  });

  it("has functions that are entered by name where they may not be listed, and remembers them", async () => {
    server.refusePage = () => ({ status: 403, type: "AccessDeniedException" });
    await workbench().openSidebar();
    await connect(server.connection("narrow"));
    await tree().expand("narrow");
    await tree().waitForLabels("narrow", "Ask for lambda:ListFunctions");
    await workbench().openFile("events/order.json");
    await workbench().runCommand("Lambda: Select Function for This Editor");
    await workbench().pick("Enter a Name or ARN…");
    await workbench().answer("no function", "Enter a Name or ARN on narrow");
    await workbench().page.getByText("Write a function's name or ARN").first().waitFor();
    await workbench().answer("hidden:live", "Enter a Name or ARN on narrow");
    await workbench()
      .statusItem(/hidden.* · narrow/)
      .waitFor();
    await workbench().runCommand("Lambda: Invoke Function");
    await workbench().output.waitFor(/Invoke: hidden on narrow[^]*RETURNED/);
    assert.deepEqual(
      server.invocations.map(({ functionName }) => functionName),
      ["hidden"],
    );
    await workbench().reload();
    await workbench().openFile("events/order.json");
    await workbench().runCommand("Lambda: Select Function for This Editor");
    await workbench().quickPickRow("hidden:live").waitFor();
    await workbench().quickPickRow("Ask for lambda:ListFunctions").waitFor();
    await workbench().page.keyboard.press("Escape");
  });

  it("lists anew on Refresh", async () => {
    server.pages = [named("before")];
    await connect(server.connection("changing"));
    await tree().expand("changing");
    await tree().waitForLabels("changing", "before");
    server.pages = [named("after")];
    await tree().titleAction("Refresh");
    await tree().waitForLabels("changing", "after");
    server.pages = [named("at last")];
    await tree().rowAction("changing", "Refresh");
    await tree().waitForLabels("changing", "at last");
  });

  it("forgets what was under way when a connection goes, and the same name means the new one", async () => {
    const held = Promise.withResolvers<void>();
    server.pages = [named("stale")];
    server.beforePage = () => held.promise;
    await connect(server.connection("moving"));
    await tree().expand("moving");
    await server.askedFor(0);
    await using other = await LambdaServer.start();
    other.pages = [named("fresh")];
    await connect(other.connection("moving"));
    await tree().waitForLabels("moving", "fresh");
    held.resolve();
    await tree().rowAction("moving", "Refresh");
    await waitUntil(
      () => other.pagesAsked.length === 2,
      () => "a second list",
    );
    await tree().waitForLabels("moving", "fresh");
    await connect();
    await tree().rowLocators.first().waitFor({ state: "detached" });
  });

  it("says what to do where functions can't be listed, why in the log, and Refresh tries again", async () => {
    const { port } = server;
    const connection = server.connection("away");
    await server[Symbol.asyncDispose]();
    await connect(connection);
    await tree().expand("away");
    const label = "Check the endpoint: nothing listens";
    await tree().row(label).click();
    const log = workbench().page.locator(".panel .output-view");
    await log.getByText("The connection was refused. Nothing listens there.").first().waitFor();
    server = await LambdaServer.start(port);
    server.pages = [named("back")];
    await tree().rowAction(label, "Refresh");
    await tree().waitForLabels("away", "back");
  });

  it("names an entry of the setting that is wrong, and leads there", async () => {
    await connect({ endpoint: "ftp://nowhere" });
    const problem = tree().row("Fix a connection in Settings");
    assert.match(
      (await problem.getAttribute("aria-label")) ?? "",
      /Connection 1 of lambdaInvoke\.connections/,
    );
    await problem.click();
    await workbench().page.locator(".settings-editor").getByText("Connections").first().waitFor();
    await closeSettings();
  });

  it("are added in three steps, and removed from their row", async () => {
    server.pages = [named("order")];
    await workbench().setSettings({});
    await tree().titleAction("Add Connection…");
    await workbench().pick("Another Endpoint…");
    await workbench().answer(server.endpoint, "Add Connection");
    await workbench().answer("eu-west-1", "Add Connection (2/3)");
    await workbench().answer("my emulator", "Add Connection (3/3)");
    await tree().expand("my emulator");
    await tree().row("order").first().waitFor();
    const entry = { name: "my emulator", region: "eu-west-1", endpoint: server.endpoint };
    const settings = await workbench().readUserSettings();
    assert.deepEqual(settings["lambdaInvoke.connections"], [entry]);

    await workbench().contextMenu(tree().row("my emulator"), "Remove Connection");
    await tree().row("my emulator").waitFor({ state: "detached" });
    const after = await workbench().readUserSettings();
    assert.deepEqual(after["lambdaInvoke.connections"], []);
  });

  it("that are protected are marked as such, and ask before a function runs", async () => {
    server.pages = [named("order")];
    await connect({ ...server.connection("prod"), protected: true });
    await tree().expand("prod");
    await tree().row("prod").locator(".codicon-shield").waitFor();
    await workbench().openFile("events/order.json");
    await tree().rowAction("order", "Invoke Function");
    await workbench().dialog.getByText("Invoke order on prod synchronously?").waitFor();
    await workbench().dialog.getByText("It is protected").waitFor();
    await workbench().dialog.getByRole("button", { name: "Cancel" }).click();
    assert.equal(server.invocations.length, 0);
    await tree().rowAction("order", "Invoke Function");
    await workbench().dialog.getByRole("button", { name: "Invoke", exact: true }).click();
    await workbench().output.waitFor(/Invoke: order on prod[^]*RETURNED/);
    assert.equal(server.invocations.length, 1);
  });
});
