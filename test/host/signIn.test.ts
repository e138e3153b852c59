import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import { COMMANDS } from "../../src/contributions.ts";
import { SignInCli } from "../support/signInCli.ts";
import { ownEnvironment, type OwnEnvironment } from "../unit/aws/environment.ts";
import { type StandIn, startStandIn } from "../unit/aws/identity/standIn.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { ourExtension, until } from "./harness/extension.ts";
import { endTerminals } from "./harness/terminals.ts";

const signIn = (argument?: object): Thenable<unknown> =>
  vscode.commands.executeCommand(COMMANDS.signIn, argument);
const terminalsOf = (profile: string): vscode.Terminal[] =>
  vscode.window.terminals.filter(({ name }) => name === `Sign In: ${profile}`);

/** Terminals have the environment of VS Code's server, not of the extension host: this setting gives them more. */
async function withTerminalEnvironment(variables: Record<string, string>): Promise<AsyncDisposable> {
  const name = process.platform === "darwin" ? "env.osx" : "env.linux";
  const set = (value: object | undefined): Thenable<void> =>
    vscode.workspace
      .getConfiguration("terminal.integrated")
      .update(name, value, vscode.ConfigurationTarget.Global);
  await set(variables);
  return { [Symbol.asyncDispose]: async () => set(undefined) };
}

// The stand-in of the AWS CLI is a script, which isn't a program on Windows.
const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("the command that signs in", () => {
  let own: OwnEnvironment;
  let standIn: StandIn;
  let cli: SignInCli;
  let terminalEnvironment: AsyncDisposable;

  beforeEach(async () => {
    await ourExtension().activate();
    own = await ownEnvironment();
    standIn = await startStandIn();
    const home = process.env["HOME"] ?? "";
    cli = await SignInCli.install(join(home, "bin"));
    const PATH = `${cli.folder}:${process.env["PATH"]}`;
    process.env["PATH"] = PATH;
    terminalEnvironment = await withTerminalEnvironment({
      HOME: home,
      PATH,
      SIGN_IN_ENDPOINT: standIn.endpoint,
    });
  });

  afterEach(async () => {
    await endTerminals();
    await terminalEnvironment[Symbol.asyncDispose]();
    await standIn[Symbol.asyncDispose]();
    await own[Symbol.asyncDispose]();
  });

  /** Waits for so many runs, and gives the arguments of each. */
  const runs = async (count: number): Promise<string[][]> => {
    let seen: string[][] = [];
    let isReading = false;
    const read = async (): Promise<void> => {
      isReading = true;
      seen = await cli.runs();
      isReading = false;
    };
    await until(`${count} runs`, () => {
      if (!isReading) void read();
      return seen.length >= count;
    });
    return seen;
  };

  it("gives the AWS CLI the profile's name as it is, whatever a shell would make of it", async () => {
    const profiles = ["my prof", "it's mine", "$(touch pwned)", "a;exit", "`id`", 'say "hi"'];
    for (const [index, profile] of profiles.entries()) {
      await signIn({ kind: "sso", profile });
      assert.deepEqual((await runs(index + 1)).at(-1), ["sso", "login", "--profile", profile]);
    }
  });

  it("uses no shell where none can be given the name safely", async () => {
    await signIn({ kind: "login", profile: "-x" });
    assert.deepEqual(await runs(1), [["login", "--profile=-x"]]);
  });

  it("shows the terminal in which a sign-in runs already, and begins another only after its end", async () => {
    await cli.setWaiting(true);
    await signIn({ kind: "sso", profile: "dev" });
    await runs(1);
    await signIn({ kind: "sso", profile: "dev" });
    assert.equal(terminalsOf("dev").length, 1);
    await cli.setWaiting(false);
    const ended = Promise.withResolvers<void>();
    const listener = vscode.window.onDidEndTerminalShellExecution(() => ended.resolve());
    await ended.promise;
    listener.dispose();
    assert.equal((await cli.runs()).length, 1);
    await signIn({ kind: "sso", profile: "dev" });
    await runs(2);
    assert.equal(terminalsOf("dev").length, 1);
  });

  it("says to install the AWS CLI where it isn't on PATH", async () => {
    process.env["PATH"] = join(process.env["HOME"] ?? "", "empty");
    using dialogs = answerDialogs();
    await signIn({ kind: "sso", profile: "dev" });
    assert.deepEqual(dialogs.shown, ["Install the AWS CLI to sign in: aws isn't on PATH."]);
    assert.equal(terminalsOf("dev").length, 0);
  });

  it("says what to do if no connection needs it, and for an invalid argument", async () => {
    for (const argument of [undefined, {}, { kind: "other", profile: "dev" }, { kind: "sso", profile: "" }]) {
      using dialogs = answerDialogs();
      await signIn(argument);
      assert.deepEqual(dialogs.shown, [
        "No connection waits for a sign-in. Open or refresh a connection first.",
      ]);
    }
    assert.deepEqual(await cli.runs(), []);
  });
});
