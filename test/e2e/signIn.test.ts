import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DOUBLE_CLICK_MS } from "../../src/core/guard/startCheck.ts";
import { SignInCli, ssoProfile, ssoSession, writeToken } from "../support/signInCli.ts";
import { type StandIn, startStandIn } from "../unit/aws/identity/standIn.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";
import type { Tree } from "./harness/tree.ts";
import { appears, waitUntil } from "./harness/waitUntil.ts";

const connections = ["dev", "prod", "it's mine"];
const later = (): Date => new Date(Date.now() + 3_600_000);

// The stand-in of the AWS CLI is a script, which isn't a program on Windows.
const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("a session of IAM Identity Center that expires while VS Code is open", () => {
  let program: string;
  let standIn: StandIn;
  let cli: SignInCli;
  // The port and the program are known before the workbench is opened.
  before(async () => {
    program = await mkdtemp(join(tmpdir(), "lambda-invoke-aws-"));
    env["PATH"] = `${program}${delimiter}${process.env["PATH"]}`;
    standIn = await startStandIn();
    standIn.functions = ["order"];
    cli = await SignInCli.install(program);
    env["AWS_ENDPOINT_URL"] = standIn.endpoint;
    env["SIGN_IN_ENDPOINT"] = standIn.endpoint;
  });
  const env: Record<string, string> = {
    // as if it was started from a terminal, whose PATH it has then
    VSCODE_CLI: "1",
  };
  const options = {
    host: { env },
    settings: {
      "lambdaInvoke.local.enabled": false,
      "terminal.integrated.gpuAcceleration": "off",
      "lambdaInvoke.connections": connections.map((profile) => ({ name: profile, profile })),
    },
  };
  const workbench = useWorkbench(options);
  const tree = (): Tree => workbench().tree("Functions");
  const home = (): string => workbench().session.home;
  const failed = connections.flatMap((name) => [name, `Sign in to ${name}`]);
  const listed = connections.flatMap((name) => [name, "order"]);

  /** Clicks a row, once the hover of another that the mouse was on doesn't cover it. */
  const click = async (label: string): Promise<void> => {
    await workbench().leave();
    await tree().row(label).click();
  };

  /** Queues an event, later than what counts as a double click with the event before. */
  const queueOrder = async (): Promise<void> => {
    await sleep(DOUBLE_CLICK_MS);
    await tree().rowAction("order", "Invoke Function Asynchronously");
  };

  after(async () => {
    await standIn[Symbol.asyncDispose]();
    await rm(program, { recursive: true, force: true });
  });

  it("has its functions listed while it lasts", async () => {
    await mkdir(join(home(), ".aws"), { recursive: true });
    const config = [...ssoSession, ...connections.flatMap((name) => ssoProfile(name))];
    await writeFile(join(home(), ".aws", "config"), config.join("\n"));
    await writeToken(home(), later());
    await workbench().openSidebar();
    for (const name of connections) await tree().expand(name);
    await tree().waitForLabels(...listed);
  });

  it("says on each of its connections to sign in, and why in the tooltip and the log", async () => {
    await writeToken(home(), new Date(0));
    await tree().titleAction("Refresh");
    await tree().waitForLabels(...failed);
    const row = tree().row("Sign in to dev");
    assert.match((await row.getAttribute("aria-label")) ?? "", /^Sign in to dev/);
    const hover = workbench().hover("The IAM Identity Center session corp has expired");
    const shows = async (): Promise<boolean> => {
      await workbench().page.locator(".statusbar").hover();
      await row.locator(".label-name").hover();
      return appears(hover, 3000);
    };
    await waitUntil(shows, () => "the tooltip");
    await workbench().page.keyboard.press("Escape");
    const log = workbench().page.locator(".panel .output-view");
    const line = log.getByText("dev: Sign in to dev. The IAM Identity Center session").first();
    const showsLog = async (): Promise<boolean> => {
      await workbench().contextMenu(row, "Show Log");
      return appears(line, 10_000);
    };
    await waitUntil(showsLog, () => "the line in the log");
  });

  it("works again on every connection after one click and one sign-in", async () => {
    await click("Sign in to it's mine");
    await tree().waitForLabels(...listed);
    assert.deepEqual(await cli.runs(), [["sso", "login", "--profile", "it's mine"]]);
    const calls = standIn.calls.length;
    await workbench().openFile("events/order.json");
    await queueOrder();
    await workbench().output.waitFor(/ACCEPTED/);
    assert.ok(standIn.calls.length > calls);
  });

  it("has the same button on the message of an invocation that is refused for it", async () => {
    await writeToken(home(), new Date(0));
    await queueOrder();
    const message = workbench().notification(
      "Sign in with profile dev, then invoke again: nothing was sent.",
    );
    const output = await workbench().output.waitFor(/NOT RUN/);
    assert.match(output, /Sign in with `aws sso login --profile dev`/);
    await message.getByRole("button", { name: "Sign In" }).click();
    await waitUntil(
      async () => (await cli.runs()).length === 2,
      () => "a second sign-in",
    );
    await workbench().statusItem("Signed in with profile dev.").waitFor();
    await workbench().output.after(queueOrder, /ACCEPTED/);
    assert.deepEqual((await cli.runs())[1], ["sso", "login", "--profile", "dev"]);
  });

  it("works again by itself where somebody signs in elsewhere", async () => {
    await writeToken(home(), new Date(0));
    await tree().titleAction("Refresh");
    await tree().waitForLabels(...failed);
    await writeToken(home(), later());
    await tree().waitForLabels(...listed);
    assert.equal((await cli.runs()).length, 2);
  });

  it("leads to the terminal where the sign-in fails, and the row still asks for it", async () => {
    await writeToken(home(), new Date(0));
    await cli.setFailing(true);
    await tree().titleAction("Refresh");
    await tree().waitForLabels(...failed);
    await click("Sign in to prod");
    await workbench().notification("Read in the terminal why the sign-in with profile prod failed").waitFor();
    const terminal = workbench().page.locator(".terminal.xterm .xterm-rows").last();
    await terminal.getByText("The sign-in was refused.").waitFor();
    await tree().waitForLabels(...failed);
    await cli.setFailing(false);
    await click("Sign in to prod");
    await tree().waitForLabels(...listed);
  });
});
