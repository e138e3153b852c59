import assert from "node:assert/strict";
import * as vscode from "vscode";
import { COMMANDS } from "../../src/contributions.ts";
import type { InvocationRecord } from "../../src/core/invocation/record.ts";
import { answerWith, LambdaServer, refuseWith } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { closeEditors } from "./harness/editors.ts";
import { ourExtension, until } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

describe("comparing both modes", () => {
  const argument = { function: "order", connection: "test", payload: '{"a":1}' };
  let server: LambdaServer;
  let settings: AsyncDisposable;

  beforeEach(async () => {
    await ourExtension().activate();
    server = await LambdaServer.start();
    server.answer = (response, invocation) =>
      answerWith(invocation.type === "Event" ? 202 : 200, '"ok"')(response, invocation);
    settings = await withSettings({ connections: [server.connection("test")] });
  });
  afterEach(async () => {
    await settings[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await closeEditors();
  });

  const compare = (): Thenable<readonly InvocationRecord[] | undefined> =>
    vscode.commands.executeCommand(COMMANDS.compareModes, argument);
  const sent = (): string[] => server.invocations.map(({ type, body }) => `${type} ${body}`);

  it("sends one request for each, and shows them side by side", async () => {
    using _dialogs = answerDialogs("Invoke Twice");
    const records = await compare();
    assert.deepEqual(sent(), ['RequestResponse {"a":1}', 'Event {"a":1}']);
    assert.deepEqual(
      records?.map(({ mode, verdict, attempts }) => [mode, verdict, attempts]),
      [
        ["RequestResponse", "returned", 1],
        ["Event", "accepted", 1],
      ],
    );
    const editor = await until("the document", () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.scheme === "lambda-compare" && active;
    });
    assert.match(editor.document.getText(), /\| What became of it +\| RETURNED +\| ACCEPTED +\|/);
    assert.equal(editor.document.languageId, "markdown");
  });

  it("says that it invokes twice, and sends nothing without a yes", async () => {
    using dialogs = answerDialogs();
    assert.equal(await compare(), undefined);
    assert.deepEqual(dialogs.shown, ["Invoke order on test twice?"]);
    assert.deepEqual(sent(), []);
  });

  it("is guarded as two invocations, and sends nothing where one of them is refused", async () => {
    await using _ = await withSettings({ protected: ["test"] });
    for (const [answers, count] of [
      [["Invoke Twice", "Invoke"], 0],
      [["Invoke Twice", "Invoke", "Invoke Asynchronously"], 2],
    ] as const) {
      using dialogs = answerDialogs(answers);
      await compare();
      const asked = dialogs.shown.filter((message) => message.startsWith("Invoke order"));
      assert.deepEqual(asked, [
        "Invoke order on test twice?",
        "Invoke order on test synchronously?",
        "Invoke order on test asynchronously?",
      ]);
      assert.equal(server.invocations.length, count);
    }
  });

  it("doesn't send the second one where the first one didn't run", async () => {
    using _dialogs = answerDialogs("Invoke Twice");
    server.answer = refuseWith(403, "AccessDeniedException");
    assert.equal(await compare(), undefined);
    assert.deepEqual(sent(), ['RequestResponse {"a":1}']);
  });
});
