import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../../../tools/host/paths.ts";
import { cliCommand } from "../../../../src/core/history/cliCommand.ts";
import type { CopiedInvocation } from "../../../../src/core/history/invocationCopy.ts";
import { toMarkdown } from "../../../../src/core/history/markdown.ts";
import { sdkCode } from "../../../../src/core/history/sdkCode.ts";
import { toHistoryRecord } from "../../../../src/core/history/toHistoryRecord.ts";
import type { InvocationRecord } from "../../../../src/core/invocation/record.ts";
import { type AwsTools, findAwsTools } from "../../../support/awsTools.ts";
import { answerWith, LambdaServer } from "../../../support/lambdaServer.ts";
import { itemOf } from "./samples.ts";

/** Payloads with what a shell, a program or an encoding could change. */
const PAYLOADS = {
  quotes: `{"a":"it's \\"so\\" \`x\` $HOME $(id) %PATH% !! \\\\ \\n"}`,
  lines: `{\n\t"a": [1,\r\n 2.0, 12345678901234567890]\n}\n`,
  characters: `"ü€𝒳\u2028\u007f’‘"`,
  large: JSON.stringify({ text: "it's ü ".repeat(40_000) }),
};

const run = promisify(execFile);

describe("a copied invocation", () => {
  let server: LambdaServer;
  let folder: string;
  let tools: AwsTools;
  let toolFolder: string;

  before("finds the tools, which takes seconds", async () => {
    await mkdir(join(root, "out"), { recursive: true });
    toolFolder = await mkdtemp(join(root, "out", "tools-"));
    tools = findAwsTools(toolFolder);
  });
  after(() => rm(toolFolder, { recursive: true, force: true, maxRetries: 5 }));

  beforeEach(async () => {
    server = await LambdaServer.start();
    server.answer = answerWith(200, '"done"');
    folder = await mkdtemp(join(root, "out", "copies-"));
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  function copied(text: string, changes: Partial<InvocationRecord> = {}): CopiedInvocation {
    const destination = { kind: "aws", region: "us-east-1", endpoint: server.endpoint } as const;
    const item = itemOf({ destination, payloadBytes: Buffer.byteLength(text) });
    return { record: { ...toHistoryRecord(item, { payload: { text } }), ...changes }, destination };
  }

  /** Runs what was copied as it is. */
  const kinds: Record<string, (given: CopiedInvocation) => Promise<{ stdout: string }>> = {
    "AWS CLI command": async (given) => {
      await writeFile(join(folder, "copied.sh"), cliCommand(given, "posix"));
      return run("sh", ["copied.sh"], { cwd: folder, env: tools.env });
    },
    "program of JavaScript": async (given) => {
      await writeFile(join(folder, "copied.mjs"), sdkCode(given, "javascript"));
      return run(process.execPath, ["copied.mjs"], { cwd: folder, env: tools.env });
    },
    "program of Python": async (given) => {
      await writeFile(join(folder, "copied.py"), sdkCode(given, "python"));
      return run(tools.python, ["copied.py"], { cwd: folder, env: tools.env });
    },
  };

  for (const [kind, runCopied] of Object.entries(kinds)) {
    if (kind === "AWS CLI command" && process.platform === "win32") continue;
    for (const [what, text] of Object.entries(PAYLOADS))
      it(`as ${kind} sends the same bytes, once: ${what}`, async () => {
        await runCopied(copied(text));
        assert.deepEqual(
          server.invocations.map(({ body }) => body),
          [text],
        );
      });

    it(`as ${kind} invokes the same version in the same mode with the same context`, async () => {
      server.answer = answerWith(202, "");
      const clientContext = { custom: { a: "it's" } };
      const fn = {
        name: "order",
        arn: "arn:aws:lambda:us-east-1:123456789012:function:order",
        qualifier: "live",
      };
      await runCopied(copied("{}", { mode: "Event", clientContext, function: fn }));
      const [invocation] = server.invocations;
      assert.ok(invocation);
      assert.deepEqual([invocation.functionName, invocation.type], ["order", "Event"]);
      const sent = String(invocation.headers["x-amz-client-context"]);
      assert.deepEqual(JSON.parse(Buffer.from(sent, "base64").toString()), clientContext);
    });

    it(`as ${kind} has the same durable execution, and says what that means`, async () => {
      const given = copied("{}", { durableExecutionName: "ours" });
      await runCopied(given);
      assert.equal(server.invocations[0]?.headers["x-amz-durable-execution-name"], "ours");
      for (const text of [cliCommand(given, "posix"), sdkCode(given, "javascript"), sdkCode(given, "python")])
        assert.match(text, /^(#|\/\/) The durable execution has the same name/);
    });

    it(`as ${kind} isn't sent again when the answer is lost`, async () => {
      server.answer = (response) => void response.destroy();
      await assert.rejects(runCopied(copied("{}")));
      assert.equal(server.invocations.length, 1);
    });
  }

  it("for PowerShell has its quotes doubled, the typographic ones too", () => {
    const command = cliCommand(copied(`"it's ’so’"`), "powershell");
    assert.ok(command.includes(`WriteAllText($payload, '"it''s ’’so’’"')`), command);
    assert.ok(command.includes("AWS_MAX_ATTEMPTS = 1"), command);
  });

  it("to Local says how to get to it, and names no endpoint of the past", () => {
    const given = { ...copied("{}"), destination: { kind: "local" } } as const;
    for (const text of [cliCommand(given, "posix"), sdkCode(given, "javascript"), sdkCode(given, "python")]) {
      assert.match(text, /^(#|\/\/) Local: first run “Lambda: Copy Local Endpoint”/);
      assert.doesNotMatch(text, /endpoint[-_:]|http:/);
    }
  });

  it("as Markdown has its verdict, and fences that nothing in it ends", () => {
    const text = toMarkdown({
      ...copied('"```"').record,
      response: { text: "a\n````\n# b" },
      responseBytes: 12,
      log: "one | two",
    });
    assert.match(text, /^### Invoke: `order` on `dev`\n\n\*\*RETURNED\*\* The function ran and returned\.\n/);
    assert.ok(text.includes('Payload:\n\n````json\n"```"\n````\n'), text);
    assert.ok(text.includes("Response:\n\n`````text\na\n````\n# b\n`````\n"), text);
    assert.ok(text.includes("Log:\n\n```text\none | two\n```\n"), text);
  });
});
