import assert from "node:assert/strict";
import * as vscode from "vscode";
import { COMMANDS } from "../../src/contributions.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { closeEditors } from "./harness/editors.ts";
import { run, until } from "./harness/extension.ts";
import { useServer } from "./harness/useServer.ts";

const ID = "8f507cfc-0000-4000-8000-000000000001";
const OTHER = "8f507cfc-0000-4000-8000-000000000002";

const follow = (name: string, connection = "test"): Thenable<unknown> =>
  vscode.commands.executeCommand(COMMANDS.followLogs, { function: name, connection });
const act = (command: keyof typeof COMMANDS): Thenable<unknown> =>
  vscode.commands.executeCommand(COMMANDS[command]);

function logOf(name: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    ({ isClosed, uri }) => !isClosed && uri.scheme === "lambda-log" && uri.path.startsWith(`/${name} on `),
  );
}

const textOf = (name: string): string => logOf(name)?.getText() ?? "";
const shows = (name: string, pattern: RegExp): Promise<unknown> =>
  until(`${pattern} in the log of ${name}`, () => pattern.test(textOf(name)));

describe("following a function's log", () => {
  const server = useServer();
  afterEach(closeEditors);

  const log = (...messages: string[]): void => {
    const [page = []] =
      typeof server().log === "string" ? [] : (server().log as { message: string; timestamp: number }[][]);
    server().log = [[...page, ...messages.map((message) => ({ message, timestamp: Date.now() }))]];
  };

  it("shows each line once as it's logged, in a document that can't be changed, and invokes nothing", async () => {
    log(`START RequestId: ${ID} Version: $LATEST\n`, '{"level":"INFO","message":"taken","order":7}');
    await follow("live");
    await shows("live", /START[^]*INFO {2}8f507cfc {2}taken {2}… 1 more\n/);
    const document = logOf("live");
    assert.equal(document?.languageId, "lambda-log");
    assert.equal(vscode.window.activeTextEditor?.document, document);
    log("another one\n");
    await shows("live", /8f507cfc {2}another one\n$/);
    await server().searched(server().searches + 2);
    assert.equal(textOf("live").match(/another one/g)?.length, 1);
    assert.match(
      textOf("live"),
      /^━━━ Log: live on test ━━━\n\n━━━ [\d:]{8} ━━━ Following \/aws\/lambda\/live\.\n/,
    );
    assert.equal(server().invocations.length, 0);
    assert.equal(server().logQueries[0]?.["logGroupName"], "/aws/lambda/live");
    assert.equal(server().logQueries[0]?.["filterPattern"], undefined);
  });

  it("holds still during a pause, and goes on after it with what came meanwhile", async () => {
    await follow("paused");
    log("before\n");
    await shows("paused", /before/);
    await act("pauseLog");
    await shows("paused", /Paused\./);
    log("unseen\n");
    await server().searched(server().searches + 3);
    assert.doesNotMatch(textOf("paused"), /unseen/);
    await act("resumeLog");
    await shows("paused", /before[^]*unseen/);
  });

  it("reads nothing after a stop, and what it has missed when it goes on", async () => {
    await follow("stopped");
    log("before\n");
    await shows("stopped", /before/);
    await act("stopLog");
    await shows("stopped", /Stopped\./);
    // A look may be on its way.
    const groups = (): unknown[] => server().logQueries.map(({ logGroupName }) => logGroupName);
    await follow("other");
    await server().searched(server().searches + 2);
    const before = groups().filter((group) => group === "/aws/lambda/stopped").length;
    log("meanwhile\n");
    await shows("other", /meanwhile/);
    await server().searched(server().searches + 2);
    assert.equal(groups().filter((group) => group === "/aws/lambda/stopped").length, before);
    await follow("stopped");
    await shows("stopped", /Stopped\.[^]*Following[^]*meanwhile/);
  });

  it("ends with its document", async () => {
    const groups = (): number =>
      server().logQueries.filter(({ logGroupName }) => logGroupName === "/aws/lambda/closed").length;
    await follow("closed");
    log("a line\n");
    await shows("closed", /a line/);
    await closeEditors();
    await follow("other");
    await server().searched(server().searches + 2);
    const before = groups();
    await server().searched(server().searches + 3);
    assert.equal(groups(), before);
  });

  it("is cleared", async () => {
    await follow("cleared");
    log("old\n");
    await shows("cleared", /old/);
    await act("clearLog");
    await until("an empty log", () => !/old|Following/.test(textOf("cleared")));
    log("new\n");
    await shows("cleared", /━━━\n\n\S+ {17}new\n$/);
  });

  it("waits for a log group that isn't there yet", async () => {
    server().log = "ResourceNotFoundException";
    await follow("young");
    await shows("young", /There's no log group \/aws\/lambda\/young yet\. [^\n]*Waiting for it\.\n/);
    await server().searched(server().searches + 2);
    assert.equal(textOf("young").match(/no log group/g)?.length, 1);
    server().log = [[]];
    log("the first line\n");
    await shows("young", /the first line/);
  });

  for (const [type, logGroupClass, sentence] of [
    [
      "AccessDeniedException",
      "STANDARD",
      /can't be read\. Ask for the permission logs:FilterLogEvents on it\. Then resume/,
    ],
    ["InvalidOperationException", "INFREQUENT_ACCESS", /class is Infrequent Access[^\n]*Logs Insights/],
    ["InvalidOperationException", "DELIVERY", /class is Delivery/],
  ] as const)
    it(`says why it stops on ${type} of a group of the class ${logGroupClass}, and goes on later`, async () => {
      server().log = type;
      server().logGroup = { logGroupClass };
      const name = `refused-${logGroupClass}`;
      await follow(name);
      await shows(name, sentence);
      server().log = [[]];
      log("readable\n");
      await act("resumeLog");
      await shows(name, /readable/);
    });

  it("says so and stops where credentials are refused, with a message that leads on", async () => {
    using dialogs = answerDialogs();
    server().log = "UnrecognizedClientException";
    await follow("locked");
    await shows("locked", /can't be read[^\n]*resume/);
    await until("a message", () => dialogs.shown.length > 0);
    assert.equal(dialogs.shown.length, 1);
  });

  it("hides the details of lines until they're asked for, in all logs", async () => {
    await follow("detailed");
    log('{"level":"INFO","message":"taken","order":12}', '{"level":"ERROR","message":"lost","order":13}');
    await shows("detailed", /INFO {12}taken {2}… 1 more\n\S+ ERROR {11}lost\n {2}order: 13\n$/);
    await act("showLogDetails");
    await shows("detailed", /INFO {12}taken\n {2}order: 12\n\S+ ERROR/);
    await follow("detailed-too");
    await shows("detailed-too", /taken\n {2}order: 12\n/);
    await act("hideLogDetails");
    for (const name of ["detailed", "detailed-too"]) await shows(name, /taken {2}… 1 more\n/);
  });

  it("shows one request alone", async () => {
    await follow("filtered");
    log(
      `START RequestId: ${ID} Version: $LATEST\n`,
      "of the first\n",
      `{"message":"of the second","requestId":"${OTHER}"}`,
    );
    await shows("filtered", /of the second/);
    let isDone = false;
    void act("filterLog").then(() => (isDone = true));
    await until("the choice of the last request", () => {
      void vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return isDone;
    });
    await shows("filtered", new RegExp(`only request ${OTHER}\n`));
    assert.doesNotMatch(textOf("filtered"), /of the first/);
    await act("clearLogFilter");
    await shows("filtered", /of the first/);
  });

  it("shows what a function of Local logs", async () => {
    await follow("hello", "Local");
    await shows("hello", /Following/);
    await run("invoke", { function: "hello", connection: "Local", payload: '{"name":"Ada"}' });
    await shows("hello", /START RequestId: [^]*REPORT RequestId: /);
  });

  it("refuses an argument that it doesn't understand", async () => {
    using dialogs = answerDialogs();
    await vscode.commands.executeCommand(COMMANDS.followLogs, { functions: "live" });
    assert.match(dialogs.shown.join(), /unknown property “functions”/);
  });

  describe("with Live Tail", () => {
    const timestamp = (): number => Date.now();
    const start = async (name: string): Promise<void> => {
      await follow(name);
      await shows(name, /Following/);
      await act("startLiveTail");
    };

    it("says its price first, and opens no session without a yes", async () => {
      let detail = "";
      const { showWarningMessage } = vscode.window;
      vscode.window.showWarningMessage = (_message: string, options: vscode.MessageOptions) => {
        detail = options.detail ?? "";
        return Promise.resolve(undefined);
      };
      try {
        await start("declined");
      } finally {
        vscode.window.showWarningMessage = showWarningMessage;
      }
      assert.match(detail, /each minute[^]*US\$0\.01[^]*aws\.amazon\.com\/cloudwatch\/pricing/);
      await server().searched(server().searches + 2);
      assert.equal(server().liveTails.length, 0);
    });

    it("shows lines as they come, and none a second time when they're read", async () => {
      using _yes = answerDialogs("Start Live Tail");
      await start("lively");
      const session = await server().liveTail();
      const expected = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/lively";
      assert.deepEqual(session.input["logGroupIdentifiers"], [expected]);
      await shows("lively", /Live Tail began\. It's charged/);
      const line = { message: "sooner\n", timestamp: timestamp() };
      session.update([line], true);
      await shows("lively", /sooner/);
      server().log = [[line, { message: "left out\n", timestamp: timestamp() }]];
      await shows("lively", /leaves out lines[^]*left out/);
      assert.equal(textOf("lively").match(/sooner/g)?.length, 1);
    });

    for (const command of ["stopLiveTail", "stopLog"] as const)
      it(`ends the session at ${COMMANDS[command]}`, async () => {
        using _yes = answerDialogs("Start Live Tail");
        await start(command);
        const session = await server().liveTail();
        await shows(command, /Live Tail began/);
        await act(command);
        await session.closed();
        if (command === "stopLiveTail") {
          await shows(command, /Live Tail was stopped\. The log is followed without it\./);
          log("still followed\n");
          await shows(command, /still followed/);
        }
        assert.equal(server().liveTails.length, 1);
      });

    it("ends the session with its document", async () => {
      using _yes = answerDialogs("Start Live Tail");
      await start("gone");
      const session = await server().liveTail();
      await closeEditors();
      await session.closed();
      assert.equal(server().liveTails.length, 1);
    });

    it("says when its time is over, goes on without it, and offers another session", async () => {
      using dialogs = answerDialogs(["Start Live Tail", "Start Live Tail…", "Start Live Tail"]);
      await start("long");
      (await server().liveTail()).end("SessionTimeoutException");
      await shows("long", /ended after three hours[^\n]*followed without it/);
      await server().liveTail(2);
      assert.ok(dialogs.shown.some((message) => message.startsWith("long (test): Live Tail ended")));
      log("read\n");
      await shows("long", /read\n/);
    });

    it("says so where it breaks, and goes on without it", async () => {
      using dialogs = answerDialogs("Start Live Tail");
      await start("broken");
      const session = await server().liveTail();
      await shows("broken", /Live Tail began/);
      session.cut();
      await shows("broken", /Live Tail ended\. The message says why\. The log is followed/);
      await until("a message", () =>
        dialogs.shown.some((message) => message.startsWith("Live Tail ended. ")),
      );
      log("read\n");
      await shows("broken", /read\n/);
      assert.equal(server().liveTails.length, 1);
    });

    it("isn't there for Local", async () => {
      using dialogs = answerDialogs("Start Live Tail");
      await follow("hello", "Local");
      await shows("hello", /Following/);
      await act("startLiveTail");
      assert.match(dialogs.shown.join(), /^Local has no Live Tail/);
    });
  });
});
