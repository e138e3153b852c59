import assert from "node:assert/strict";
import * as vscode from "vscode";
import { arnOf, LambdaServer } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { openText } from "./harness/editors.ts";
import { ourExtension, recordOf, run } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

/** A function of its own for each test: the same one is not started twice in a moment. */
const to = (name: string): { function: string; connection: string } => ({
  function: name,
  connection: "test",
});
const megabyte = 1024 * 1024;

describe("the payload that leaves", () => {
  let server: LambdaServer;
  let settings: AsyncDisposable;

  before(async () => {
    await ourExtension().activate();
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

  const sent = (): string[] => server.invocations.map(({ body }) => body);

  it("is byte for byte what was typed", async () => {
    const text =
      '{\r\n\t"big": 12345678901234567890, "one": 1.0, "exp": 1E+2,\r\n  "twice": 1, "twice": 2,' +
      ' "é\\u00e9": "日本 😀 \\/ \\ud83d\\ude00" }\r\n';
    const editor = await openText("");
    await editor.edit((edit) => {
      edit.setEndOfLine(vscode.EndOfLine.CRLF);
      edit.insert(new vscode.Position(0, 0), text);
    });
    const record = await recordOf(run("invoke", to("bytes")));
    assert.deepEqual(sent(), [text]);
    assert.equal(record.payload.text, text);
    assert.equal(record.payload.bytes, Buffer.byteLength(text));
  });

  it("is the selection where there is one", async () => {
    await openText('[\n  ⟦{ "id": 1.0 }⟧,\n  { "id": 2 }\n]');
    await run("invoke", to("selection"));
    assert.deepEqual(sent(), ['{ "id": 1.0 }']);
  });

  it("is the document without its comments and trailing commas, and nothing else is changed", async () => {
    await openText('// an order\n{ "id": 1.0, /* not yet:\n "a": 2 */ "b": "// no comment", }\n', "jsonc");
    await run("invoke", to("comments"));
    assert.deepEqual(sent(), ['\n{ "id": 1.0,  "b": "// no comment" }\n']);
  });

  it("may be a scalar or a list", async () => {
    for (const text of ["1.50", '"text"', "null", "[]"])
      await run("invoke", { ...to("order"), payload: text });
    assert.deepEqual(sent(), ["1.50", '"text"', "null", "[]"]);
  });

  it("goes to the function, in the mode and with the context that were named", async () => {
    const argument = { function: arnOf("order"), connection: "test", payload: "{}", clientContext: { a: 1 } };
    await run("invoke", { ...argument, qualifier: "live", tenantId: "tenant-1" });
    await run("invokeAsync", argument);
    await run("dryRun", argument);
    const [first, ...others] = server.invocations;
    assert.deepEqual(
      [first, ...others].map((each) => [each?.functionName, each?.type]),
      [
        ["order", "RequestResponse"],
        ["order", "Event"],
        ["order", "DryRun"],
      ],
    );
    assert.equal(Buffer.from(String(first?.headers["x-amz-client-context"]), "base64").toString(), '{"a":1}');
    assert.equal(first?.headers["x-amz-tenant-id"], "tenant-1");
    assert.equal(first?.headers["x-amz-log-type"], "Tail");
  });

  for (const [command, limit] of [
    ["invoke", 6 * megabyte],
    ["invokeAsync", megabyte],
    ["dryRun", 6 * megabyte],
  ] as const) {
    it(`leaves at the limit of ${command}, and not a byte above it`, async () => {
      using dialogs = answerDialogs();
      const fits = JSON.stringify("x".repeat(limit - 2));
      const record = await recordOf(run(command, { ...to("order"), payload: fits }));
      assert.equal(record.payload.bytes, limit);
      assert.equal(server.invocations.length, 1);
      assert.deepEqual(dialogs.shown, []);

      const result = await run(command, { ...to("order"), payload: JSON.stringify("x".repeat(limit - 1)) });
      assert.equal(result, undefined);
      assert.equal(server.invocations.length, 1);
      assert.match(dialogs.shown[0] ?? "", /takes at most .*Nothing was sent/);
    });
  }
});
