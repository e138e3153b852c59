import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { InvokeArgument } from "../../src/contributions.ts";
import { DOUBLE_CLICK_MS } from "../../src/core/guard/startCheck.ts";
import { arnOf, LambdaServer } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { closeEditors, openText } from "./harness/editors.ts";
import { ourExtension, recordOf, run, until } from "./harness/extension.ts";
import { listFunctions } from "./harness/listFunctions.ts";
import { withSettings } from "./harness/settings.ts";

type Settings = Record<string, unknown>;

const ARN = arnOf("order");
const ACCOUNT = "123456789012";

/** Every way to write the function that is protected, with or without a version. */
const SPELLINGS: readonly InvokeArgument[] = [
  { function: "order" },
  { function: " order " },
  { function: "function:order" },
  { function: "order", qualifier: "live" },
  { function: "order", qualifier: "$LATEST" },
  { function: "order:live" },
  { function: "order:live", qualifier: "live" },
  { function: "order:7" },
  { function: "order:$LATEST" },
  { function: ARN },
  { function: `${ARN}:live` },
  { function: `${ARN}:$LATEST` },
  { function: ARN, qualifier: "7" },
  { function: `${ACCOUNT}:function:order` },
  { function: `${ACCOUNT}:function:order:live` },
  { function: `${ACCOUNT}:order` },
  { function: `us-east-1:${ACCOUNT}:function:order` },
  { function: ARN.replace(":aws:", ":aws-us-gov:") },
];

describe("there is no way around the guard:", () => {
  let server: LambdaServer;

  let withoutLocal: AsyncDisposable;

  before(async () => {
    await ourExtension().activate();
    // The samples have a function of that name too.
    withoutLocal = await withSettings({ "local.enabled": false });
  });
  after(() => withoutLocal[Symbol.asyncDispose]());
  beforeEach(async () => {
    server = await LambdaServer.start();
    server.pages = [[{ FunctionName: "order" }, { FunctionName: "free" }]];
  });
  afterEach(async () => {
    await closeEditors();
    await server[Symbol.asyncDispose]();
  });

  /** Nothing is sent, and somebody was asked, or was told that nothing may be sent. */
  async function isGuarded(invoke: () => Promise<unknown>): Promise<void> {
    const before = server.invocations.length;
    using dialogs = answerDialogs();
    assert.equal(await invoke(), undefined);
    assert.equal(server.invocations.length, before, "it was sent");
    assert.equal(dialogs.shown.length, 1, "nobody was asked");
    assert.match(dialogs.shown[0] ?? "", /^Invoke .*\?$|is guarded: only dry runs are sent/);
  }

  const byScript = (argument: InvokeArgument) => () => run("invoke", { payload: "{}", ...argument });

  for (const isListed of [false, true]) {
    for (const argument of SPELLINGS) {
      const { function: name, qualifier = "no qualifier" } = argument;
      const when = isListed ? "with the list" : "without a list";
      it(`not the name “${name}” with ${qualifier}, ${when}`, async () => {
        const settings = { connections: [server.connection("prod")], protected: ["prod/order"] };
        await using _ = await withSettings(settings);
        if (isListed) await listFunctions(server);
        await isGuarded(byScript(argument));
        await isGuarded(byScript({ ...argument, connection: "prod" }));
        await isGuarded(() => run("invokeAsync", { payload: "{}", ...argument }));
      });
    }
  }

  it("not a keybinding without a payload", async () => {
    await using _ = await withSettings({ connections: [server.connection("prod")], protected: ["prod"] });
    await openText("{}");
    await isGuarded(() => run("invoke", { function: "by-keybinding" }));
    await isGuarded(() => run("invokeAsync", { function: "by-another", connection: "prod" }));
  });

  it("not the function of an editor, or of a file", async () => {
    await using _ = await withSettings({ connections: [server.connection("prod")] });
    const { document } = await openText("{}");
    for (const start of [() => run("invoke"), () => run("invokeAsync", document.uri)]) {
      await recordOf(run("dryRun", { function: "of-the-editor" }));
      await using _guard = await withSettings({ protected: ["prod/of-*"] });
      await afterDoubleClick();
      await isGuarded(start);
      await afterDoubleClick();
    }
  });

  it("not what was invoked before it was guarded, and is invoked again", async () => {
    await using _ = await withSettings({ connections: [server.connection("prod")] });
    await recordOf(run("invoke", { function: `${ARN}:live`, payload: "{}" }));
    await using _guard = await withSettings({ guard: [{ match: "prod/order", level: "type" }] });
    await isGuarded(() => run("invokeAgain"));
  });

  it("not another account's function, by its ARN, where the person's own connection may be of that account", async () => {
    const dev = { ...server.connection("dev"), profile: "dev" };
    const prod = { ...server.connection("prod"), profile: "prod" };
    await using _ = await withSettings({ connections: [dev, prod], protected: ["prod/order"] });
    await isGuarded(byScript({ function: ARN, connection: "dev" }));
  });

  it("not tags that can't be read", async () => {
    server.refusePage = () => ({ status: 403, type: "AccessDeniedException" });
    const guard = [{ match: "prod/**", tag: "env=prod" }];
    await using _ = await withSettings({ connections: [server.connection("prod")], guard });
    await isGuarded(byScript({ function: "order" }));
  });

  for (const [what, settings] of userSettings()) {
    it(`not the person's settings with ${what}`, async () => {
      await using _ = await withSettings(settings(server));
      const { name } = (settings(server)["connections"] as { name: string }[])[0] ?? { name: "" };
      await isGuarded(byScript({ function: "order", connection: name }));
    });
  }

  for (const [what, workspace] of workspaceSettings()) {
    it(`not a workspace whose settings have ${what}`, async () => {
      const prod = { ...server.connection("prod"), protected: true };
      const stage = server.connection("stage");
      await using _user = await withSettings({
        connections: [prod, { ...stage, region: "eu-west-1" }],
        protected: ["stage/**"],
      });
      const settings = workspace(server);
      await using _ = await withSettings(settings, vscode.ConfigurationTarget.Workspace);
      const connections = (settings["connections"] as { name: string }[] | undefined) ?? [prod, stage];
      for (const { name: connection } of connections)
        await isGuarded(byScript({ function: "order", connection }));
    });
  }

  it("and yet what isn't protected is sent without a question, and a dry run of what is", async () => {
    const settings = { connections: [server.connection("prod")], protected: ["prod/order"] };
    await using _ = await withSettings(settings);
    using dialogs = answerDialogs();
    await recordOf(run("invoke", { function: "free", payload: "{}" }));
    await recordOf(run("dryRun", { function: "order", payload: "{}" }));
    assert.deepEqual([dialogs.shown, server.invocations.length], [[], 2]);
  });
});

/** A start by hand is a double click for half a second after the last one. */
async function afterDoubleClick(): Promise<void> {
  const end = performance.now() + DOUBLE_CLICK_MS;
  await until("a start that isn't a double click", () => performance.now() > end);
}

/** Settings of the person that are written in a way that is easily got wrong. The first connection is meant. */
function userSettings(): readonly [string, (server: LambdaServer) => Settings][] {
  const guarding =
    (guards: Settings, name = "prod") =>
    (server: LambdaServer): Settings => ({ connections: [server.connection(name)], ...guards });
  const connection =
    (value: unknown, key = "protected") =>
    (server: LambdaServer): Settings => ({ connections: [{ ...server.connection("prod"), [key]: value }] });
  return [
    ["a string for a list", guarding({ protected: "prod/**" })],
    ["true for a list", guarding({ protected: true })],
    ["a name alone", guarding({ protected: ["prod"] })],
    ["a slash at the end", guarding({ protected: ["prod/"] })],
    ["blanks", guarding({ protected: [" prod/** "] })],
    ["parentheses", guarding({ protected: ["dev (moto)/**"] }, "dev (moto)")],
    ["brackets", guarding({ protected: ["[prod]/**"] }, "[prod]")],
    ["braces", guarding({ protected: ["{prod,stage}/**"] })],
    ["another name", guarding({ protected: ["production/**"] })],
    ["another case", guarding({ protected: ["PROD/ORDER"] })],
    ["a number for a pattern", guarding({ protected: [1] })],
    ["the word true", connection("true")],
    ["the word yes", connection("yes")],
    ["1", connection(1)],
    ["null", connection(null)],
    ["a misspelled key", connection(true, "Protected")],
    ["a level for true", connection("confirm")],
    ["the level that asks for the name", connection("type")],
    ["the level of dry runs only", connection("dryRunOnly")],
    ["a guard for a list", guarding({ guard: { match: "prod/**" } })],
    ["a string for a guard", guarding({ guard: ["prod/**"] })],
    ["a level that there isn't", guarding({ guard: [{ match: "prod/**", level: "always" }] })],
  ];
}

/** Settings of a workspace that take the person's guards away, or would if they replaced them. */
function workspaceSettings(): readonly [string, (server: LambdaServer) => Settings][] {
  const named = (changes: object) => (server: LambdaServer) => ({
    connections: [{ ...server.connection("x"), ...changes }],
    protected: [],
    guard: [],
  });
  const at = (port: number): { endpoint: string } => ({ endpoint: `http://localhost:${port}` });
  return [
    ["no guards", () => ({ protected: [], guard: [] })],
    ["a guard of something else", () => ({ protected: ["other/**"] })],
    ["the same connection, unprotected", (server) => ({ connections: [server.connection("prod")] })],
    ["the same one, explicitly unprotected", named({ name: "prod", protected: false })],
    ["it under another name", named({})],
    ["it with another spelling of the endpoint", (server) => named(at(server.port))(server)],
    ["it with a slash after the endpoint", (server) => named({ endpoint: `${server.endpoint}/` })(server)],
    ["it without a region", named({ region: undefined })],
    ["it with a profile", named({ profile: "anyone" })],
    ["what a pattern names, under another name", named({ region: "eu-west-1" })],
    ["its name at another place", named({ name: "prod", region: "ap-south-1", profile: "other" })],
  ];
}
