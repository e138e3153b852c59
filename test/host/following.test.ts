import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { answerWith, LambdaServer } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { ourExtension, recordOf, run, shows, until } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  Retried:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: retried
      Runtime: nodejs24.x
      Handler: index.handler
      CodeUri: code
`;
/** Writes down the process of the service that runs it, and fails twice. */
const code = `import { appendFileSync, readFileSync } from "node:fs";
export const handler = async ({ file }) => {
  appendFileSync(file, process.ppid + "\\n");
  if (readFileSync(file, "utf8").split("\\n").length < 4) throw new Error("Not yet.");
};`;

const folder = (): string => join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "", "retried");

describe("following an accepted event", () => {
  before(async () => {
    await ourExtension().activate();
    await mkdir(join(folder(), "code"), { recursive: true });
    await writeFile(join(folder(), "code", "index.mjs"), code);
    await writeFile(join(folder(), "template.yaml"), template);
  });
  after(() => rm(folder(), { recursive: true }));

  it("goes on where Local ends and starts again at another port, and complains of nothing", async () => {
    using dialogs = answerDialogs();
    const file = join(folder(), "runs.txt");
    const payload = JSON.stringify({ file });
    const { requestId } = await recordOf(
      run("invokeAsync", { function: "retried", connection: "Local", payload }),
    );
    await until("the first attempt", () => shows(requestId, "Attempt 1"));
    const [service] = (await readFile(file, "utf8")).split("\n");
    process.kill(Number(service), "SIGKILL");
    await until("the last attempt", () => shows(requestId, "Attempt 3"));
    const services = (await readFile(file, "utf8")).trim().split("\n");
    assert.equal(services.length, 3);
    assert.notEqual(services.at(-1), service);
    assert.deepEqual(dialogs.shown, []);
  });

  it("tells the outcome as the settings want it", async () => {
    const told = "retried (Local), attempt 3: The function ran and";
    const given =
      "Lambda doesn't try again: a destination or dead-letter queue gets the event, if the function has one.";
    // A folder can't be written to, so that every attempt fails.
    for (const [notifyAsync, file, ...messages] of [
      ["never", "code"],
      ["failures", "code", `${told} failed. ${given}`],
      ["always", "always.txt", `${told} returned.`],
    ] as const) {
      await using _ = await withSettings({ notifyAsync });
      using dialogs = answerDialogs();
      const payload = JSON.stringify({ file: join(folder(), file) });
      const { requestId } = await recordOf(
        run("invokeAsync", { function: "retried", connection: "Local", payload }),
      );
      await until("the last attempt", () => shows(requestId, "Attempt 3"));
      assert.deepEqual(dialogs.shown, messages);
    }
  });

  it("ends without a word where the connection goes, and what listened there with it", async () => {
    using dialogs = answerDialogs();
    const server = await LambdaServer.start();
    server.answer = answerWith(202, "");
    const settings = await withSettings({ connections: [server.connection("passing")] });
    await recordOf(run("invokeAsync", { function: "order", connection: "passing", payload: "{}" }));
    await server.searched(1);
    await settings[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    // Another event is followed over several looks into its log: the first one's would have come by then.
    const file = join(folder(), "again.txt");
    const { requestId } = await recordOf(
      run("invokeAsync", { function: "retried", connection: "Local", payload: JSON.stringify({ file }) }),
    );
    await until("another event's end", () => shows(requestId, "Attempt 3"));
    assert.deepEqual(dialogs.shown, []);
  });
});
