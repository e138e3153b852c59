import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { COMMANDS } from "../../src/contributions.ts";
import { closeEditors } from "./harness/editors.ts";
import { ourExtension, outputDocument, recordOf, run, until } from "./harness/extension.ts";
import { useServer } from "./harness/useServer.ts";

const folder = (): string => join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "", "traced");

const FILES = {
  "code/traced.mjs": "export const handler = () => {\n  throw new Error('Not this one.');\n};\n",
  "one/twice.py": "",
  "two/twice.py": "",
  "java/com/example/Traced.java": "",
};
const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  Traced:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: traced, Runtime: nodejs24.x, Handler: traced.handler, CodeUri: code }
`;

/** What the links of a document to files lead to, below the folder. */
async function linksOf(document: vscode.TextDocument): Promise<string[]> {
  const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
    "vscode.executeLinkProvider",
    document.uri,
  );
  return links
    .map(({ target }) => target)
    .filter((target) => target?.scheme === "file" && target.fsPath.startsWith(folder()))
    .map(
      (target) => `${target?.fsPath.slice(folder().length + 1).replaceAll("\\", "/")}#${target?.fragment}`,
    );
}

describe("links in stack traces", () => {
  const server = useServer();
  before(async () => {
    await ourExtension().activate();
    for (const [name, text] of [...Object.entries(FILES), ["template.yaml", template] as const]) {
      await mkdir(dirname(join(folder(), name)), { recursive: true });
      await writeFile(join(folder(), name), text);
    }
  });
  after(() => rm(folder(), { recursive: true }));
  afterEach(closeEditors);

  it("lead from the panel and the history to the line of a function that threw", async () => {
    const record = await recordOf(run("invoke", { function: "traced", connection: "Local", payload: "{}" }));
    assert.equal(record.verdict, "failed");
    const panel = await until("the panel", () => outputDocument());
    const link = "code/traced.mjs#L2,9";
    await until("the block", () => panel.getText().includes("traced.mjs:2:9"));
    assert.ok((await linksOf(panel)).includes(link));
    await vscode.commands.executeCommand(COMMANDS.openRecord, record.id);
    const shown = await until("the record", () => {
      const document = vscode.window.activeTextEditor?.document;
      return (
        document?.uri.scheme === "lambda-history" && document.getText().includes("traced.mjs:2:9") && document
      );
    });
    assert.ok((await linksOf(shown)).includes(link));
  });

  it("lead from a log to the one file that fits, and nowhere if several do or none does", async () => {
    const messages = [
      "Error: no\n    at f (/var/task/traced.mjs:1:8)\n    at g (/var/task/node_modules/lib/gone.js:1:1)",
      'Traceback:\n  File "/var/task/twice.py", line 1, in f',
      '{"level":"ERROR","message":"m","stackTrace":["\\tat com.example.Traced.run(Traced.java:1)"]}',
    ];
    server().log = [messages.map((message) => ({ message, timestamp: Date.now() }))];
    await vscode.commands.executeCommand(COMMANDS.followLogs, { function: "remote", connection: "test" });
    const log = await until("the log", () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === "lambda-log" && document.getText().includes("Traced.java") && document;
    });
    assert.deepEqual((await linksOf(log)).toSorted(), [
      "code/traced.mjs#L1,8",
      "java/com/example/Traced.java#L1",
    ]);
  });
});
