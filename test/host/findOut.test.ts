import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Finding } from "../../src/core/invocation/finding.ts";
import { answerWith, LambdaServer } from "../support/lambdaServer.ts";
import { runOf } from "../support/loggedRun.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { ourExtension, outputDocument, outputText, recordOf, run, until } from "./harness/extension.ts";
import { listFunctions } from "./harness/listFunctions.ts";
import { withSettings } from "./harness/settings.ts";
import { useServer } from "./harness/useServer.ts";

const OTHERS_ID = "8f507cfc-0000-4000-8000-000000000001";
const KNOWN_ID = "8f507cfc-0000-4000-8000-000000000002";

const findOut = (argument?: string): Thenable<Finding | undefined> =>
  vscode.commands.executeCommand<Finding | undefined>("lambdaInvoke.findOutWhetherItRan", argument);

describe("finding out whether an invocation ran", () => {
  const server = useServer();
  let functions = 0;
  let name: string;
  beforeEach(() => {
    name = `lost${functions++}`;
    server().configuration = { Timeout: 3, LoggingConfig: { LogGroup: "/shop/orders" } };
  });

  /** An invocation that the server saw, and whose answer never came. */
  async function lose(onArrival = (): unknown => undefined): Promise<string> {
    server().answer = (response) => {
      onArrival();
      response.destroy();
    };
    const record = await recordOf(run("invoke", { function: name, connection: "test", payload: "{}" }));
    assert.equal(record.verdict, "unknown");
    return record.id;
  }

  it("is offered where the unknown verdict is told, and keeps the finding beside it", async () => {
    using dialogs = answerDialogs("Find Out Whether It Ran");
    server().answer = answerWith(200, "1", { "x-amzn-requestid": KNOWN_ID });
    await recordOf(run("invoke", { function: name, connection: "test", payload: "{}" }));
    const id = await lose(() => (server().log = [runOf(KNOWN_ID), runOf(OTHERS_ID)]));
    const beginning = `${name} (test): The log shows one run`;
    await until("its finding", () => dialogs.shown.some((message) => message.startsWith(beginning)));
    await until("the panel's block", () => outputText().includes(OTHERS_ID));
    assert.ok(!/ended.*000000000002/.test(outputText()), "a run of a known request is shown");

    await vscode.commands.executeCommand("lambdaInvoke.openRecord", id);
    const document = await until("the record", () => {
      const shown = vscode.window.activeTextEditor?.document;
      return shown?.uri.scheme === "lambda-history" && shown;
    });
    assert.match(
      document.getText(),
      /\nUNKNOWN {2}[^]*\nFinding \(read [^]*one run that may be[^]*000000000001/,
    );
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
    assert.equal(server().invocations.length, 2);
  });

  it("is a link in the panel, which names the invocation", async () => {
    const id = await lose();
    const line = `Find out whether it ran (record ${id.slice(0, 8)})`;
    const document = await until("the line", () => outputText().includes(line) && outputDocument());
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      "vscode.executeLinkProvider",
      document.uri,
    );
    const link = links.find(({ range }) => document.lineAt(range.start.line).text === line);
    assert.equal(link?.target?.path, "lambdaInvoke.findOutWhetherItRan");
    assert.deepEqual(JSON.parse(link.target.query), [id]);
  });

  it("returns what it found, and finds it again", async () => {
    const id = await lose();
    server().log = [[]];
    const none = await findOut(id);
    assert.deepEqual([none?.result, none?.logGroup], ["noRunLogged", "/shop/orders"]);
    server().log = [runOf(OTHERS_ID)];
    assert.equal((await findOut(id))?.result, "mayHaveRun");
    server().log = "AccessDeniedException";
    const unreadable = await findOut(id);
    assert.deepEqual([unreadable?.result, unreadable?.limits.includes("noPermission")], ["unreadable", true]);
  });

  it("says so if another invocation of the function is as unknown", async () => {
    const id = await lose();
    assert.equal((await findOut(id))?.limits.includes("othersUnknown"), false);
    await lose();
    assert.equal((await findOut(id))?.limits.includes("othersUnknown"), true);
  });

  it("is certain for a durable function, whose executions have names of ours", async () => {
    const durable = { FunctionName: name, DurableConfig: { RetentionPeriodInDays: 14 } };
    server().pages = [[durable, { FunctionName: `${name}-plain` }]];
    await listFunctions(server());
    const header = (): unknown => server().invocations.at(-1)?.headers["x-amz-durable-execution-name"];
    const invoke = (command: "invoke" | "invokeAsync" | "dryRun", fn = name): ReturnType<typeof recordOf> =>
      recordOf(run(command, { function: fn, connection: "test", payload: "{}" }));

    const names = new Set<unknown>();
    for (const command of ["invoke", "invokeAsync"] as const) {
      const { durableExecutionName } = await invoke(command);
      assert.ok(durableExecutionName);
      assert.equal(header(), durableExecutionName);
      names.add(durableExecutionName);
    }
    assert.equal(names.size, 2);
    await invoke("dryRun");
    assert.equal(header(), undefined);
    await invoke("invoke", `${name}-plain`);
    assert.equal(header(), undefined);

    const id = await lose();
    const DurableExecutionName = String(header());
    const execution = { DurableExecutionArn: "arn", FunctionArn: "arn", StartTimestamp: Date.now() / 1000 };
    server().executions = [{ DurableExecutionName, Status: "SUCCEEDED", ...execution }];
    const finding = await findOut(id);
    assert.deepEqual([finding?.result, finding?.execution?.name], ["executionFound", DurableExecutionName]);
    assert.equal(server().searches, 0);
  });

  it("isn't done for an invocation of which more is known, or where it wasn't sent", async () => {
    using dialogs = answerDialogs();
    server().answer = answerWith(200, "1");
    const { id } = await recordOf(run("invoke", { function: name, connection: "test", payload: "{}" }));
    assert.equal(await findOut(id), undefined);
    assert.match(dialogs.shown.join(), /What became of this invocation is known/);
    const lost = await lose();
    await using elsewhere = await LambdaServer.start();
    await using _changed = await withSettings({ connections: [elsewhere.connection("test")] });
    assert.equal(await findOut(lost), undefined);
    assert.match(dialogs.shown.join(), /The connection test leads elsewhere now/);
    assert.deepEqual([elsewhere.searches, server().searches], [0, 0]);
  });
});

const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  Held:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: held
      Runtime: nodejs24.x
      Handler: index.handler
      CodeUri: code
      Timeout: 900
`;
/** Says that it runs, and returns once it may. */
const code = `import { existsSync, writeFileSync } from "node:fs";
export const handler = async ({ started, go }) => {
  console.log("at work");
  writeFileSync(started, "");
  while (!existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 20));
};`;

describe("finding out whether an invocation ran on Local", () => {
  const folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "", "held");
  const [started, go] = [join(folder, "started"), join(folder, "go")];

  before(async () => {
    await ourExtension().activate();
    await mkdir(join(folder, "code"), { recursive: true });
    await writeFile(join(folder, "code", "index.mjs"), code);
    await writeFile(join(folder, "template.yaml"), template);
  });
  after(() => rm(folder, { recursive: true, maxRetries: 5 }));

  it("finds its run while it goes on, and how it ended", async () => {
    using _dialogs = answerDialogs();
    const payload = JSON.stringify({ started, go });
    const running = run("invoke", { function: "held", connection: "Local", payload });
    while (!(await isThere(started))) await new Promise((resolve) => setTimeout(resolve, 20));
    await vscode.commands.executeCommand("lambdaInvoke.cancelInvocation");
    const { id, verdict } = await recordOf(running);
    assert.equal(verdict, "unknown");
    const open = await findOut(id);
    assert.deepEqual([open?.result, open?.runs.map(({ outcome }) => outcome)], ["mayHaveRun", ["open"]]);
    assert.ok(open?.limits.includes("mayStillRun"), open?.limits.join());
    await writeFile(go, "");
    let ended = await findOut(id);
    while (ended?.runs[0]?.outcome === "open") ended = await findOut(id);
    assert.deepEqual(
      ended?.runs.map(({ outcome }) => outcome),
      ["ended"],
    );
  });
});

async function isThere(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
