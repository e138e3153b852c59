import { statSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { ArrivedInvocation } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { outputDocument, outputText, recordOf, run, until } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";
import { useServer } from "./harness/useServer.ts";

describe("the output panel", () => {
  const server = useServer();

  it("shows invocations that run side by side one after the other, each in one piece", async () => {
    const open: { response: ServerResponse; invocation: ArrivedInvocation }[] = [];
    server().answer = (response, invocation) => void open.push({ response, invocation });
    const names = ["first", "second", "third"];
    const results = names.map((name) =>
      recordOf(run("invoke", { function: name, connection: "test", payload: "{}" })),
    );
    await server().arrived(3);
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

  describe("that has become long", () => {
    const MB = 1024 * 1024;

    /** Has a function return so many megabytes, waits until the panel shows it, and gives its request ID. */
    async function show(name: string, megabytes: number): Promise<string> {
      const id = `request-of-${name}`;
      server().answer = (response) =>
        response.writeHead(200, { "x-amzn-requestid": id }).end(JSON.stringify("x".repeat(megabytes * MB)));
      await recordOf(run("invoke", { function: name, connection: "test", payload: "{}" }));
      await until(`${name} is shown`, () => outputText().slice(-2000).includes(id));
      return id;
    }

    it("is cut to its end, whose links still lead somewhere", async () => {
      await using _ = await withSettings({ responseLimitKb: 700 });
      const before = [await show("long-1", 0.8), await show("long-2", 0.8)];
      const after = [await show("long-3", 0.8), await show("long-4", 0.1)];
      const text = outputText();
      assert.match(text, /^Only the end of the output is kept here\./);
      assert.deepEqual(
        [...before, ...after].filter((id) => text.includes(id)),
        after,
      );
      assert.equal((await linkedLines()).length, 1);
    });

    it("has at least the last invocation", async () => {
      await using _ = await withSettings({ responseLimitKb: 3 * 1024 });
      await show("very-long", 2.5);
      assert.ok(outputText().length > 2.5 * MB);
      await show("short", 0);
      assert.ok(outputText().length < MB);
    });

    it("doesn't bring back what was cleared", async () => {
      await using _ = await withSettings({ responseLimitKb: 2 * 1024 });
      await show("first", 0.95);
      const cleared = await show("cleared", 0.01);
      await vscode.commands.executeCommand("workbench.output.action.clearOutput");
      await until("it's empty", () => outputText() === "");
      const last = await show("last", 0.1);
      assert.ok(outputText().includes(last));
      assert.ok(!outputText().includes(cleared));
    });
  });

  it("opens the whole of a response that it cut, as JSON", async () => {
    await using _ = await withSettings({ responseLimitKb: 1 });
    const rows = Array.from({ length: 500 }, (_each, index) => ({ index }));
    server().answer = (response) => response.writeHead(200).end(JSON.stringify(rows));
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
    server().answer = (response) => response.writeHead(200).end("x".repeat(5000));
    await recordOf(run("invoke", { function: "cutOnce", connection: "test", payload: "{}" }));
    const own = await until(
      "its line",
      () => /^Open the whole response \(4\.9 KB.*$/m.exec(outputText())?.[0],
    );
    const before = await linkedLines();
    assert.ok(before.includes(own));
    server().answer = (response) =>
      response.writeHead(200, { "x-amzn-requestid": "forged" }).end(`\r${own}\n${own}\u2028${own}`);
    await recordOf(run("invoke", { function: "forging", connection: "test", payload: "{}" }));
    await until("it is shown", () => outputText().includes("request id forged"));
    assert.deepEqual(await linkedLines(), before);
  });

  it("saves the whole of bytes that aren't text, and says where that fails", async () => {
    const bytes = Buffer.alloc(2 * 1024 * 1024, 0xff);
    server().answer = (response) => response.writeHead(200).end(bytes);
    const record = await recordOf(run("invoke", { function: "binary", connection: "test", payload: "{}" }));
    const folder = await mkdtemp(join(tmpdir(), "saved-"));
    const { showSaveDialog } = vscode.window;
    try {
      using dialogs = answerDialogs("Save Response…");
      const saveTo = async (path: string): Promise<void> => {
        vscode.window.showSaveDialog = () => Promise.resolve(vscode.Uri.file(path));
        await vscode.commands.executeCommand("lambdaInvoke.openResponse", record.id.slice(0, 8));
      };
      const file = join(folder, "response.bin");
      await saveTo(file);
      await until("the file", () => statSync(file, { throwIfNoEntry: false })?.size === bytes.length);
      assert.ok(bytes.equals(await readFile(file)));
      assert.equal(dialogs.shown.length, 1);
      // A folder can't be written to.
      await saveTo(folder);
      await until("a message", () => dialogs.shown.length === 3);
    } finally {
      vscode.window.showSaveDialog = showSaveDialog;
      await rm(folder, { recursive: true });
    }
  });

  it("says of a check that was cancelled that nothing ran", async () => {
    using dialogs = answerDialogs();
    server().answer = () => undefined;
    const result = run("dryRun", { function: "checked", connection: "test", payload: "{}" });
    await server().arrived(1);
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
