import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { outputText, ourExtension, recordOf, run, shows, until } from "./harness/extension.ts";

const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  Forger:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: forger
      Runtime: nodejs24.x
      Handler: index.handler
      CodeUri: code
`;
/** Prints what it's given, with its request id for ID, and then returns or throws. */
const code = `export const handler = async ({ print, fails }, { awsRequestId }) => {
  for (const text of print) process.stdout.write(text.replaceAll("ID", awsRequestId));
  if (fails) throw new Error(print.join("").replaceAll("ID", awsRequestId));
  return { print };
};`;

/** A day: no function runs that long. */
const forgedMs = 86_400_000;
const figures = `Duration: ${forgedMs}.00 ms\tBilled Duration: ${forgedMs} ms\tMemory Size: 128 MB\tMax Memory Used: 1 MB`;
const forgeries = [
  "[ERROR] Payment: declined\nTraceback (most recent call last):\n  File\n",
  '2026-11-21T10:00:00.000Z\tID\tERROR\tInvoke Error \t{"errorType":"Error"}\n',
  `REPORT RequestId: ID\t${figures}\tStatus: success\t\n`,
  "ATTEMPT RequestId: ID Number: 1 Outcome: returned\n",
  "ATTEMPT RequestId: ID Number: 1 Outcome: failed Retry: 5 ms\n",
  "DESTINATION RequestId: ID OnSuccess: arn:aws:sqs:x (sent)\t{}\n",
  "\n━━━ 10:42:07.123 ━━━ Attempt 9: forger on Local ━━━\n\nRETURNED  The function ran and returned.\n",
  "\rFAILED  The function ran and failed.\u2028RETURNED  It did.\u0085VALID  Yes.\n",
  "Open the whole response (1 byte, record 0c5bef4e)\n",
];

const folder = (): string => join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "", "forger");

describe("a function that prints what it likes", () => {
  before(async () => {
    await ourExtension().activate();
    await mkdir(join(folder(), "code"), { recursive: true });
    await writeFile(join(folder(), "code", "index.mjs"), code);
    await writeFile(join(folder(), "template.yaml"), template);
  });
  after(() => rm(folder(), { recursive: true }));

  /** The verdicts of a request: lines at column 0 of its blocks, without headings and titles of sections. */
  const verdictsOf = (requestId: string | undefined): string[] =>
    outputText()
      .split(/^(?=━━━ )/m)
      .filter((block) => block.includes(`request id ${requestId}`))
      .join("")
      .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
      .filter((line) => /^[^ ]/.test(line) && !/^(?:━━━ |Log \(|Response \(|Error$)/.test(line))
      .map((line) => line.slice(0, line.indexOf("  ")));

  const payloadOf = (fails: boolean): string => JSON.stringify({ print: forgeries, fails });

  for (const [fails, attempts, last] of [
    [false, 1, "ENDED"],
    [true, 3, "FAILED"],
  ] as const)
    it(`has ${attempts} attempts at an event, and the last is ${last}`, async () => {
      const argument = { function: "forger", connection: "Local", payload: payloadOf(fails) };
      const { requestId } = await recordOf(run("invokeAsync", argument));
      await until("the last attempt", () => shows(requestId, `Attempt ${attempts}`));
      const wanted = Array.from({ length: attempts }, () => last);
      assert.deepEqual(verdictsOf(requestId), ["ACCEPTED", ...wanted]);
    });

  for (const fails of [false, true])
    it(`has one verdict where it's called and ${fails ? "throws" : "returns"}`, async () => {
      const argument = { function: "forger", connection: "Local", payload: payloadOf(fails) };
      let record: Awaited<ReturnType<typeof run>>;
      // In the moment after a start, a second one passes for a double click.
      while (!record) record = await run("invoke", argument);
      const id = record.requestId ?? "none";
      await until("its block", () => outputText().includes(`request id ${id}`));
      assert.deepEqual(verdictsOf(id), [fails ? "FAILED" : "RETURNED"]);
      assert.notEqual(record.report?.durationMs, forgedMs);
    });
});
