import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { Connection } from "../../src/core/connections/connection.ts";
import type { Target } from "../../src/core/functions/target.ts";
import { InvocationLinks, linkTo } from "../../src/workbench/invoking/invocationLinks.ts";
import { answerWith, LambdaServer } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { ourExtension, recordOf, run } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

const DEV: Connection = { kind: "aws", name: "dev 1" };
const PAYLOAD = '{"a": "x&y=z 100% +", "n": 1.0}';

describe("a link to an invocation", () => {
  let bound: Target[];
  let failures: unknown[];
  let links: InvocationLinks;

  beforeEach(() => {
    bound = [];
    failures = [];
    links = new InvocationLinks({
      catalog: { connection: (name) => Promise.resolve(name === DEV.name ? DEV : undefined) },
      reporter: { failure: (error) => failures.push(error), note: () => {} },
      targets: { bind: (_file, target) => Promise.resolve(void bound.push(target)) },
    });
  });
  afterEach(() => vscode.commands.executeCommand("workbench.action.closeAllEditors"));

  const open = (changes: Partial<Parameters<typeof linkTo>[0]> = {}): Promise<void> => {
    const link = {
      function: "order",
      qualifier: "live",
      connection: DEV.name,
      mode: "Event",
      payload: PAYLOAD,
    } as const;
    return links.handleUri(vscode.Uri.parse(linkTo({ ...link, ...changes })));
  };
  const documents = (): string[] =>
    vscode.workspace.textDocuments.filter(({ isUntitled }) => isUntitled).map((each) => each.getText());

  it("opens its payload in an editor that's meant for its function, after a question", async () => {
    using dialogs = answerDialogs("Open Payload");
    await open();
    assert.deepEqual(failures, []);
    assert.deepEqual(dialogs.shown, ["Open the payload that a link brings?"]);
    const { document } = vscode.window.activeTextEditor ?? assert.fail("no editor");
    assert.deepEqual([document.getText(), document.languageId, document.isUntitled], [PAYLOAD, "json", true]);
    assert.deepEqual(bound, [{ connection: DEV.name, function: "order", qualifier: "live" }]);
  });

  it("opens nothing if that's declined", async () => {
    using _dialogs = answerDialogs();
    await open();
    assert.deepEqual([documents(), bound, failures], [[], [], []]);
  });

  it("opens nothing, and asks nothing, for a connection that isn't there or a link that isn't valid", async () => {
    using dialogs = answerDialogs("Open Payload");
    await open({ connection: "prod" });
    await links.handleUri(
      vscode.Uri.parse(`${linkTo({ function: "a", connection: DEV.name, mode: "Event", payload: "1" })}&x=1`),
    );
    await links.handleUri(vscode.Uri.parse("vscode://lambda-invoke.lambda-invoke/settings?a=1"));
    assert.deepEqual([dialogs.shown, documents(), bound], [[], [], []]);
    assert.match(
      failures.join(),
      /connection prod, which isn't there.*unknown parameter “x”.*leads to “\/settings”/,
    );
  });

  it("is the only one that's asked about", async () => {
    const { showWarningMessage } = vscode.window;
    const answer = Promise.withResolvers<string>();
    let questions = 0;
    const ask = (): unknown => (questions++, answer.promise);
    vscode.window.showWarningMessage = ask as typeof showWarningMessage;
    try {
      const first = open();
      await Promise.all([open(), open()]);
      answer.resolve("Open Payload");
      await first;
    } finally {
      vscode.window.showWarningMessage = showWarningMessage;
    }
    assert.deepEqual([questions, documents()], [1, [PAYLOAD]]);
  });

  it("is copied from the history, and leads back to the same function and payload", async () => {
    await ourExtension().activate();
    await using server = await LambdaServer.start();
    server.answer = answerWith(200, "1");
    await using _settings = await withSettings({ connections: [server.connection(DEV.name)] });
    const { id } = await recordOf(
      run("invoke", { function: "linked", connection: DEV.name, payload: PAYLOAD }),
    );
    await vscode.commands.executeCommand("lambdaInvoke.copyLink", id);
    const link = await vscode.env.clipboard.readText();
    assert.ok(
      link.startsWith(`${vscode.env.uriScheme}://${ourExtension().id}/invoke?function=linked&`),
      link,
    );
    using _dialogs = answerDialogs("Open Payload");
    await links.handleUri(vscode.Uri.parse(link));
    assert.deepEqual(failures, []);
    assert.deepEqual(documents(), [PAYLOAD]);
    assert.deepEqual(bound, [{ connection: DEV.name, function: "linked", qualifier: undefined }]);
    assert.equal(server.invocations.length, 1);
  });
});
