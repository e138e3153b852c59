import assert from "node:assert/strict";
import fc from "fast-check";
import * as vscode from "vscode";
import { COMMANDS, TITLE_COMMANDS } from "../../src/contributions.ts";
import { tries } from "../../tools/testing/variation.ts";
import { LambdaServer } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { openText } from "./harness/editors.ts";
import { ourExtension, outputText, run, until } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

describe("what a keybinding, a task or another extension gives to an invoking command", () => {
  let server: LambdaServer;
  let settings: AsyncDisposable;

  before(async () => {
    await ourExtension().activate();
    server = await LambdaServer.start();
    settings = await withSettings({ connections: [server.connection("test")] });
  });
  beforeEach(async () => {
    server.invocations.length = 0;
    // What would be sent by mistake.
    await openText('{ "of": "the editor" }');
  });
  after(async () => {
    await settings[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const execute = (...given: unknown[]): Thenable<unknown> =>
    vscode.commands.executeCommand(COMMANDS.invoke, ...given);

  // This is what VS Code makes of a row that it has shown and the extension host has forgotten.
  for (const given of [
    [undefined, undefined],
    [undefined, [undefined]],
  ] as const)
    it(`is refused where it's a row that isn't known any more, and ${given[1] ? "several" : "none"} are selected`, async () => {
      for (const id of Object.values(COMMANDS).filter((each) => !TITLE_COMMANDS.has(each))) {
        using dialogs = answerDialogs();
        assert.equal(await vscode.commands.executeCommand(id, ...given), undefined);
        assert.match(dialogs.shown.join(), /The list changed while you clicked\. Nothing was done\./, id);
      }
      assert.equal(server.invocations.length, 0);
    });

  for (const [title, given, reason] of [
    ["a string", ["fails"], /is a string/],
    ["a number", [5], /is a number/],
    ["a list", [[{ function: "fails" }]], /is an array/],
    ["null", [null], /is null/],
    [
      "a property in another case",
      [{ function: "f", connection: "test", Payload: "{}" }],
      /“Payload”.*“payload”/,
    ],
    ["a property of another type", [{ function: 5 }], /a number as “function”/],
    [
      "a payload with a value that JSON lacks",
      [{ function: "f", payload: { at: new Date(0) } }],
      /“payload.at”/,
    ],
    ["two objects", [{ function: "f", payload: "{}" }, { connection: "test" }], /followed by an object/],
    ["nothing and an object", [undefined, { function: "f" }], /followed by an object/],
    ["a file and a string", [vscode.Uri.file("/order.json"), "f"], /followed by a string/],
    [
      "several files",
      [vscode.Uri.file("/a.json"), [vscode.Uri.file("/a.json"), vscode.Uri.file("/b.json")]],
      /2 files are selected/,
    ],
  ] as const)
    it(`is refused by name where it's ${title}, and nothing is sent`, async () => {
      using dialogs = answerDialogs();
      assert.equal(await execute(...given), undefined);
      assert.equal(dialogs.shown.length, 1);
      assert.match(dialogs.shown[0] ?? "", reason);
      assert.match(dialogs.shown[0] ?? "", /Nothing was sent/);
      assert.deepEqual(server.invocations, []);
    });

  it("is refused, or sent exactly, whatever its shape", async () => {
    using _ = answerDialogs();
    const key = fc.constantFrom(
      "payload",
      "Payload",
      "clientContext",
      "tenantId",
      "qualifier",
      "input",
      "body",
    );
    const wrong = fc.oneof(
      fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.constant(undefined))).map((rest) => ({
        function: "f",
        connection: "nowhere",
        ...rest,
      })),
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.jsonValue()),
    );
    await fc.assert(
      fc.asyncProperty(wrong, async (argument) => {
        assert.equal(await execute(argument), undefined);
      }),
      tries(200, 1000),
    );
    assert.deepEqual(server.invocations, []);
  });

  it("may be an object as the payload", async () => {
    const payload = { id: "A-1", items: [{ sku: "tea", price: 4.5 }] };
    await run("invoke", { function: "object", connection: "test", payload });
    assert.deepEqual(
      server.invocations.map(({ body }) => body),
      [JSON.stringify(payload)],
    );
  });

  it("may be a payload nested ten thousand deep with a comment, from the editor too", async () => {
    const deep = `${"[".repeat(10_000)}/* here */1${"]".repeat(10_000)}`;
    await run("invoke", { function: "deep", connection: "test", payload: deep });
    await openText(deep, "jsonc");
    await run("invoke", { function: "deepEditor", connection: "test" });
    const sent = server.invocations.map(({ body }) => body);
    assert.deepEqual(sent, [deep.replace("/* here */", ""), deep.replace("/* here */", "")]);
  });

  it("may be a mistake ten thousand deep, which has a place", async () => {
    using dialogs = answerDialogs();
    const payload = `${"[".repeat(10_000)}1 2${"]".repeat(10_000)}`;
    assert.equal(await execute({ function: "deep", connection: "test", payload }), undefined);
    assert.match(dialogs.shown[0] ?? "", /isn't valid JSON.*at line 1, column 10003/);
    assert.deepEqual(server.invocations, []);
  });
});

describe("a task of type lambda-invoke", () => {
  let server: LambdaServer;
  let settings: AsyncDisposable;

  before(async () => {
    server = await LambdaServer.start();
    settings = await withSettings({ connections: [server.connection("test")] });
  });
  beforeEach(() => {
    server.invocations.length = 0;
  });
  after(async () => {
    await settings[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** Runs a task of the workspace's tasks.json, and resolves to its exit code; does something meanwhile. */
  async function exitCodeOf(
    definition: object,
    meanwhile?: (running: vscode.TaskExecution) => Promise<void>,
  ): Promise<number | undefined> {
    const label = `invoke ${Math.random()}`;
    const task = { label, type: "lambda-invoke", connection: "test", ...definition };
    const configuration = vscode.workspace.getConfiguration("tasks");
    await configuration.update("tasks", [task], vscode.ConfigurationTarget.Workspace);
    try {
      const found = (await vscode.tasks.fetchTasks()).find(({ name }) => name === label);
      assert.ok(found, `there's no task ${label}`);
      const ended = new Promise<number | undefined>((resolve) => {
        const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (execution.task.name !== label) return;
          listener.dispose();
          resolve(exitCode);
        });
      });
      const running = await vscode.tasks.executeTask(found);
      await meanwhile?.(running);
      return await ended;
    } finally {
      await configuration.update("tasks", undefined, vscode.ConfigurationTarget.Workspace);
    }
  }

  const answer = (status: number, headers: Record<string, string> = {}): void => {
    server.answer = (response) => response.writeHead(status, headers).end("null");
  };

  for (const [verdict, code, status, headers] of [
    ["returned", 0, 200, {}],
    ["failed", 1, 200, { "x-amz-function-error": "Unhandled" }],
    ["not run", 2, 404, { "x-amzn-errortype": "ResourceNotFoundException" }],
    ["unknown", 3, 500, {}],
  ] as const)
    it(`exits with ${code} where the function was ${verdict}`, async () => {
      answer(status, headers);
      const exitCode = await exitCodeOf({ function: `task${code}`, payload: { n: code } });
      assert.deepEqual([exitCode, server.invocations.map(({ body }) => body)], [code, [`{"n":${code}}`]]);
    });

  it("sends a file of the workspace without its comments, in the mode that it names", async () => {
    answer(202);
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder.uri, "task payload.jsonc");
    await vscode.workspace.fs.writeFile(file, Buffer.from('{ "a": 1.0, /* b */ }'));
    const definition = { function: "taskFile", mode: "Event", file: "task payload.jsonc" };
    assert.equal(await exitCodeOf(definition), 0);
    assert.deepEqual(
      server.invocations.map(({ type, body }) => [type, body]),
      [["Event", '{ "a": 1.0  }']],
    );
    await vscode.workspace.fs.delete(file);
  });

  it("waits no longer for the function once it's terminated, and says what that means", async () => {
    server.answer = () => {};
    using dialogs = answerDialogs();
    await exitCodeOf({ function: "taskStopped", payload: {} }, async (running) => {
      await server.arrived(1);
      running.terminate();
    });
    const shown = (): string | undefined => dialogs.shown.find((each) => each.startsWith("Stopped waiting"));
    await until("it's said", () => shown() !== undefined);
    assert.match(shown() ?? "", /The function may still be running\./);
    assert.match(outputText(), /Invoke: taskStopped on test[^]*UNKNOWN/);
    assert.equal(server.invocations.length, 1);
  });

  it("sends nothing, and exits with 2, where it names no payload", async () => {
    await openText('{ "of": "the editor" }');
    assert.equal(await exitCodeOf({ function: "taskNothing" }), 2);
    assert.deepEqual(server.invocations, []);
  });
});
