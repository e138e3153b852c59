import assert from "node:assert/strict";
import * as vscode from "vscode";
import { LambdaServer, type ArrivedInvocation } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { outputDocument, outputText, ourExtension, recordOf, run, until } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

describe("the output panel", () => {
  let server: LambdaServer;
  let settings: AsyncDisposable;

  beforeEach(async () => {
    await ourExtension().activate();
    server = await LambdaServer.start();
    settings = await withSettings({ connections: [server.connection("test")] });
  });
  afterEach(async () => {
    await settings[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("shows invocations that run side by side one after the other, each in one piece", async () => {
    const open: { response: Parameters<typeof server.answer>[0]; invocation: ArrivedInvocation }[] = [];
    server.answer = (response, invocation) => void open.push({ response, invocation });
    const names = ["first", "second", "third"];
    const results = names.map((name) =>
      recordOf(run("invoke", { function: name, connection: "test", payload: "{}" })),
    );
    await server.arrived(3);
    for (const { response, invocation } of open.toReversed()) {
      response.writeHead(200, { "x-amzn-requestid": `request-of-${invocation.functionName}` });
      response.end(JSON.stringify({ rows: Array(50).fill(`row of ${invocation.functionName}`) }));
    }
    await Promise.all(results);
    const text = await until("all three are shown", () => {
      const shown = outputText();
      return names.every((name) => shown.includes(`request-of-${name}`)) && shown;
    });
    const told = [...text.matchAll(/(?:row of|request-of-|Invoke: )\s*(first|second|third)/g)].map(
      ([, name]) => name,
    );
    const changes = told.filter((name, index) => name !== told[index - 1]);
    assert.equal(told.length, 3 * 52);
    assert.equal(changes.length, 3, `they interleave: ${changes.join(", ")}`);
  });

  it("says what was sent, what came back and what became of it", async () => {
    const record = await recordOf(
      run("invoke", { function: "hello", connection: "Local", payload: '{"name":"Ada"}' }),
    );
    const text = await until("it is shown", () => {
      const shown = outputText();
      return shown.includes(record.requestId ?? "none") && shown;
    });
    const block = text.slice(text.lastIndexOf("━━━ Invoke: hello"));
    for (const part of [/RETURNED {2}The function ran/, /request id/, /Response \(/, /Hello, Ada!/, /Log \(/])
      assert.match(block, part);
  });

  it("opens the whole of a response that it cut, as JSON", async () => {
    await using _ = await withSettings({ responseLimitKb: 1 });
    const rows = Array.from({ length: 500 }, (_each, index) => ({ index }));
    server.answer = (response) => response.writeHead(200).end(JSON.stringify(rows));
    const { id } = await recordOf(run("invoke", { function: "cut", connection: "test", payload: "{}" }));
    const text = await until("it is shown", () => {
      const shown = outputText();
      return shown.includes(`\nOpen the whole response (6.7 KB, record ${id.slice(0, 8)})`) && shown;
    });
    assert.doesNotMatch(text, /"index": 499/);
    await followLastLink();
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, "json");
    assert.deepEqual(JSON.parse(document.getText()), rows);
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  });

  it("has links for its own lines only, also where a function writes the same", async () => {
    await using _ = await withSettings({ responseLimitKb: 1 });
    server.answer = (response) => response.writeHead(200).end("x".repeat(5000));
    await recordOf(run("invoke", { function: "cutOnce", connection: "test", payload: "{}" }));
    const own = await until(
      "its line",
      () => /^Open the whole response \(4\.9 KB.*$/m.exec(outputText())?.[0],
    );
    const before = await linkedLines();
    assert.ok(before.includes(own));
    server.answer = (response) =>
      response.writeHead(200, { "x-amzn-requestid": "forged" }).end(`\r${own}\n${own}\u2028${own}`);
    await recordOf(run("invoke", { function: "forging", connection: "test", payload: "{}" }));
    await until("it is shown", () => outputText().includes("request id forged"));
    assert.deepEqual(await linkedLines(), before);
  });

  it("says of a check that was cancelled that nothing ran", async () => {
    using dialogs = answerDialogs();
    server.answer = () => undefined;
    const result = run("dryRun", { function: "checked", connection: "test", payload: "{}" });
    await server.arrived(1);
    await vscode.commands.executeCommand("lambdaInvoke.cancelInvocation");
    assert.equal((await result)?.verdict, "unknown");
    assert.deepEqual(dialogs.shown, ["Stopped waiting. Nothing ran: a check runs no function."]);
  });
});

/** The lines of the panel that have a link which runs a command. */
async function linkedLines(): Promise<string[]> {
  const document = outputDocument();
  const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
    "vscode.executeLinkProvider",
    document?.uri,
  );
  return links
    .filter(({ target }) => target?.scheme === "command")
    .map(({ range }) => document?.lineAt(range.start.line).text ?? "");
}

/** Does what a click on the panel's last link does. */
async function followLastLink(): Promise<void> {
  const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
    "vscode.executeLinkProvider",
    outputDocument()?.uri,
  );
  const target = links.findLast(({ target }) => target?.scheme === "command")?.target;
  assert.ok(target, "there is no link to a command");
  const given = JSON.parse(target.query) as unknown[];
  await vscode.commands.executeCommand(target.path, ...given);
}
