import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  ListAliasesCommand,
} from "@aws-sdk/client-lambda";
import { refusal, start, type TestService } from "./workspace.ts";
import { pause } from "./pause.ts";

const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const sqs = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

const declared = `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Handler: index.handler, Runtime: nodejs24.x, CodeUri: code/ } }
Resources:
  Order:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Dead.Arn }
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        MaximumEventAgeInSeconds: 600
        DestinationConfig:
          OnSuccess: { Type: Lambda, Destination: !GetAtt Next.Arn }
          OnFailure: { Type: SQS, Destination: !GetAtt Failed.Arn }
  Next: { Type: AWS::Serverless::Function, Properties: { FunctionName: !Sub "\${AWS::StackName}-next" } }
  Failed: { Type: AWS::SQS::Queue, Properties: { QueueName: failed-orders } }
  Dead: { Type: AWS::SQS::Queue }
`;

const files = {
  "samconfig.toml": '[default.deploy.parameters]\nstack_name = "shop"\n',
  "template.yaml": declared,
  "code/index.mjs": `
    export const handler = async (event, { invokedFunctionArn }) => {
      console.log("got " + JSON.stringify(event));
      if (event.bad) throw new Error("refused");
      return { invokedFunctionArn };
    };`,
};

/** The lines of a function's log that contain a string, once there are enough. */
async function logged(local: TestService, name: string, words: string, count = 1): Promise<string[]> {
  const command = { logGroupName: `/aws/lambda/${name}`, filterPattern: `"${words}"` };
  for (;;) {
    const { events = [] } = await local.logs.send(new FilterLogEventsCommand(command));
    if (events.length >= count) return events.map(({ message = "" }) => message);
    await pause();
  }
}

describe("local: invocations as a template declares them", () => {
  it("list, describe and invoke an alias", async () => {
    await using local = await start(files);
    const named = { FunctionName: "Order", Qualifier: "live" };
    const { Aliases } = await local.lambda.send(new ListAliasesCommand({ FunctionName: "Order" }));
    assert.deepEqual(
      Aliases?.map(({ AliasArn, FunctionVersion }) => [AliasArn, FunctionVersion]),
      [[`${arn("Order")}:live`, "$LATEST"]],
    );
    const { Configuration } = await local.lambda.send(new GetFunctionCommand(named));
    assert.equal(Configuration?.FunctionArn, `${arn("Order")}:live`);
    assert.deepEqual(Configuration?.DeadLetterConfig, { TargetArn: sqs("Dead") });
    const { payload, version } = await local.invoke("Order", {}, { Qualifier: "live" });
    assert.deepEqual([payload, version], [{ invokedFunctionArn: `${arn("Order")}:live` }, "$LATEST"]);
    const missing = await refusal(local.invoke("Order", {}, { Qualifier: "blue" }));
    assert.deepEqual([missing.name, missing.status], ["ResourceNotFoundException", 404]);
  });

  it("return the configuration of asynchronous invocation", async () => {
    await using local = await start(files);
    const command = new GetFunctionEventInvokeConfigCommand({ FunctionName: "Order" });
    const { LastModified, $metadata: _metadata, ...found } = await local.lambda.send(command);
    assert.ok(LastModified instanceof Date && LastModified.getTime() > 0);
    assert.deepEqual(found, {
      FunctionArn: `${arn("Order")}:$LATEST`,
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 600,
      DestinationConfig: {
        OnSuccess: { Destination: arn("shop-next") },
        OnFailure: { Destination: sqs("failed-orders") },
      },
    });
  });

  it("send an event that succeeds to the function that is its destination", async () => {
    await using local = await start(files);
    const { requestId } = await local.invoke(
      "Order",
      { n: 1 },
      { InvocationType: "Event", Qualifier: "live" },
    );
    const [line = ""] = await logged(local, "shop-next", requestId);
    const [told = ""] = await logged(local, "Order", "DESTINATION");
    const [, invoked = "nothing"] =
      /OnSuccess: (?:\S+:shop-next) \(invoked with request id (\S+)\)\t/.exec(told) ?? [];
    assert.ok(line.includes(invoked), `${told}\n${line}`);
    const record = JSON.parse(line.slice(line.indexOf("got {") + 4)) as Record<string, unknown>;
    assert.match(String(record["timestamp"]), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual(
      { ...record, timestamp: undefined },
      {
        version: "1.0",
        timestamp: undefined,
        requestContext: {
          requestId,
          functionArn: `${arn("Order")}:live`,
          condition: "Success",
          approximateInvokeCount: 1,
        },
        requestPayload: { n: 1 },
        responseContext: { statusCode: 200, executedVersion: "$LATEST" },
        responsePayload: { invokedFunctionArn: `${arn("Order")}:live` },
      },
    );
  });

  it("don't retry an event that fails, and log what is for queues on AWS", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "state-test-"));
    await using local = await start(files, { stateDir });
    const { requestId } = await local.invoke("Order", { bad: true }, { InvocationType: "Event" });
    const lines = await logged(local, "Order", "DESTINATION", 2);
    const begin = `DESTINATION RequestId: ${requestId} `;
    const here = " (recorded, not sent)";
    const [failure = "", dead] = lines;
    assert.ok(
      failure.startsWith(`${begin}OnFailure: ${sqs("failed-orders")}${here}\t{"version":"1.0",`),
      failure,
    );
    const record = JSON.parse(failure.slice(failure.indexOf("\t"))) as Record<
      string,
      Record<string, unknown>
    >;
    assert.equal(record["requestContext"]?.["condition"], "RetriesExhausted");
    assert.equal(record["requestContext"]?.["approximateInvokeCount"], 1);
    assert.equal(record["responsePayload"]?.["errorMessage"], "refused");
    assert.equal(dead, `${begin}DeadLetter: ${sqs("Dead")}${here}\t{"bad":true}\n`);
    assert.equal((await logged(local, "Order", "START RequestId")).length, 1);
    const said = `Event ${requestId} for Order won't be retried: it failed 1 time`;
    while (!local.said.some((line) => line.startsWith(said))) await pause();
    const path = join(stateDir, "events", "destinations.jsonl");
    let told: string[] = [];
    while (told.length < 2) {
      await pause();
      told = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
    }
    assert.deepEqual(
      told.map((line) => (JSON.parse(line) as { to: string }).to),
      [sqs("failed-orders"), sqs("Dead")],
    );
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
  });
});
