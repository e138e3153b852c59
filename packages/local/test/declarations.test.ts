import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  StartLiveTailCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { createGateway } from "../../../src/aws/gateway.ts";
import { LogCallBudgets } from "../../../src/core/invocation/logCallBudget.ts";
import { type Attempt } from "../../../src/core/invocation/attempt.ts";
import { LogGroupReaders } from "../../../src/core/invocation/logGroupReader.ts";
import { followEvent } from "../../../src/core/invocation/followEvent.ts";
import { RETRY_DELAYS_MS } from "../src/contract/retryDelays.ts";
import type { FunctionSummary } from "../../../src/core/functions/functionSummary.ts";
import type { LambdaApi } from "../../../src/core/ports.ts";
import { machineClock } from "../../../src/workbench/clock.ts";
import { never, refusal, start, template, type TestService } from "./workspace.ts";

/** The extension's own client for a service. */
async function clientOf({ service }: TestService): Promise<LambdaApi & Disposable> {
  const noMfa = () => Promise.reject(new Error("There is no device."));
  const gateway = createGateway({
    logCalls: new LogCallBudgets(machineClock),
    local: service,
    askMfaCode: noMfa,
    environment: {},
  });
  const api = await gateway.open({ kind: "local", name: "Local" }, never);
  return { ...api, [Symbol.dispose]: () => gateway.dispose() };
}

async function list(api: LambdaApi): Promise<Map<string, FunctionSummary>> {
  const listed = new Map<string, FunctionSummary>();
  for await (const page of api.listFunctions(never)) for (const found of page) listed.set(found.name, found);
  return listed;
}

const describes = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Full:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: index.handler
      Runtime: nodejs24.x
      EphemeralStorage: { Size: 2048 }
      Tracing: Active
      Layers: [!Ref Shared]
      LoggingConfig: { LogFormat: JSON, SystemLogLevel: WARN, LogGroup: /shop/orders }
  Container: { Type: AWS::Serverless::Function, Properties: { PackageType: Image, ImageUri: "shop:1" } }
  Unknown: { Type: AWS::Serverless::Function, Properties: { CodeUri: code, Handler: i.h, Runtime: !ImportValue it } }
  Shared: { Type: AWS::Serverless::LayerVersion, Properties: { LayerName: shared, ContentUri: layer } }
`;

describe("local: the configuration that a template declares", () => {
  const files = { "template.yaml": describes, "code/index.js": "", "layer/nodejs/a.js": "" };

  it("is returned as by Lambda", async () => {
    await using local = await start(files);
    const command = new GetFunctionConfigurationCommand({ FunctionName: "Full" });
    const found = await local.lambda.send(command);
    assert.deepEqual(found.EphemeralStorage, { Size: 2048 });
    assert.deepEqual(found.TracingConfig, { Mode: "Active" });
    assert.deepEqual(found.Layers, [{ Arn: "arn:aws:lambda:us-east-1:000000000000:layer:shared:1" }]);
    assert.deepEqual(found.LoggingConfig, {
      LogFormat: "JSON",
      ApplicationLogLevel: "INFO",
      SystemLogLevel: "WARN",
      LogGroup: "/shop/orders",
    });
  });

  it("is listed without a runtime or handler if it has none", async () => {
    await using local = await start(files);
    using api = await clientOf(local);
    const found = await list(api);
    assert.deepEqual([...found.keys()], ["Container", "Full", "Unknown"]);
    const image = found.get("Container") ?? assert.fail();
    assert.deepEqual([image.packageType, "runtime" in image, "handler" in image], ["Image", false, false]);
    const unknown = found.get("Unknown") ?? assert.fail();
    assert.deepEqual([unknown.packageType, "runtime" in unknown, unknown.handler], ["Zip", false, "i.h"]);
    assert.equal(found.get("Full")?.logGroup, "/shop/orders");
  });
});

const logging = `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Handler: index.handler, Runtime: nodejs24.x } }
Resources:
  Orders: { Type: AWS::Serverless::Function, Properties: { CodeUri: orders, LoggingConfig: { LogGroup: !Ref Group } } }
  Lost:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: lost
      LoggingConfig: { LogGroup: !Ref Group }
      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Queue.Arn }
      EventInvokeConfig: { MaximumRetryAttempts: 0 }
  Broken:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: broken, LoggingConfig: { LogGroup: !Ref Group }, EventInvokeConfig: { MaximumRetryAttempts: 0 } }
  Group: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /shop/all } }
  Queue: { Type: AWS::SQS::Queue }
`;

describe("local: an event for a function that can't run", () => {
  it("is refused instead of retried for hours", async () => {
    await using local = await start({ "template.yaml": template({ Java: { runtime: "java21" } }) });
    const refused = await refusal(local.invoke("Java", {}, { InvocationType: "Event" }));
    assert.deepEqual([refused.name, refused.status], ["InvalidRuntimeException", 502]);
    assert.match(refused.message, /^Java: The runtime java21 doesn't run locally/);
  });
});

describe("local: the log group that a template declares", () => {
  const files = {
    "template.yaml": logging,
    "orders/index.mjs":
      "export const handler = async ({ n }) => { console.log('order', n); return process.env.AWS_LAMBDA_LOG_GROUP_NAME; };",
    "broken/index.mjs": "throw new TypeError('no configuration');",
    "lost/index.mjs": "export const handler = async () => { throw new Error('always'); };",
  };
  const search = (api: LambdaApi, logGroup: string, text: string) =>
    api.searchLog({ logGroup, text, sinceMs: 0 }, never);

  it("has the function's lines, and is its only one", async () => {
    await using local = await start(files);
    using api = await clientOf(local);
    const { payload } = await local.invoke("Orders", { n: 1 });
    assert.equal(payload, "/shop/all");
    const [line, ...others] = await search(api, "/shop/all", "order 1");
    assert.deepEqual(others, []);
    // Functions may share the group, so its streams have their names, as on AWS.
    assert.match(line?.stream ?? "", /^\d{4}\/\d\d\/\d\d\/Orders\[\$LATEST\][0-9a-f]{32}$/);
    const { logGroups } = await local.logs.send(new DescribeLogGroupsCommand({}));
    assert.deepEqual(
      logGroups?.map(({ logGroupName }) => logGroupName),
      ["/shop/all"],
    );
  });

  it("is shown by StartLiveTail", async () => {
    await using local = await start(files);
    const logGroupIdentifiers = ["arn:aws:logs:us-east-1:000000000000:log-group:/shop/all"];
    const tail = new StartLiveTailCommand({ logGroupIdentifiers, logEventFilterPattern: "order" });
    const leave = new AbortController();
    const client = new CloudWatchLogsClient({ ...local.address, disableHostPrefix: true });
    const { responseStream = [] } = await client.send(tail, { abortSignal: leave.signal });
    for await (const { sessionStart, sessionUpdate } of responseStream) {
      if (sessionStart) await local.invoke("Orders", { n: 2 });
      const [line] = sessionUpdate?.sessionResults ?? [];
      if (!line) continue;
      assert.match(line.message ?? "", /order 2\n$/);
      break;
    }
    leave.abort();
    client.destroy();
  });

  it("has the lines of an accepted event, and records when it's discarded", async () => {
    await using local = await start(files);
    using api = await clientOf(local);
    const listed = await list(api);
    const runs: Attempt[] = [];
    for (const name of ["Orders", "Lost", "Broken"]) {
      const acceptedAtMs = Date.now();
      const { requestId } = await local.invoke(name, { n: 3 }, { InvocationType: "Event" });
      const { logGroup = assert.fail() } = listed.get(name) ?? {};
      const event = {
        requestId,
        logGroup,
        acceptedAtMs,
        function: { name },
        retryDelaysMs: RETRY_DELAYS_MS.local,
        isLocal: true,
      };
      const reader = new LogGroupReaders().of("local", { api, clock: machineClock, logGroup });
      const parts = { api, clock: machineClock, reader };
      // It ends without a retry of the second function.
      for await (const run of followEvent(event, parts, never)) runs.push(run);
    }
    const queue = "arn:aws:sqs:us-east-1:000000000000:Queue";
    assert.deepEqual(
      runs.map(({ outcome, isLast, deliveries }) => ({ outcome, isLast, deliveries })),
      [
        { outcome: "ended", isLast: true, deliveries: [] },
        {
          outcome: "failed",
          isLast: true,
          deliveries: [`DeadLetter: ${queue} (recorded, not sent)`],
        },
        // Its code can't be loaded, which is logged before the run starts.
        { outcome: "failed", isLast: true, deliveries: [] },
      ],
    );
    assert.match(runs[0]?.log ?? "", /^START[^]*\torder 3\n[^]*REPORT/);
    const [written = ""] = (await search(api, "/shop/all", "DESTINATION")).map(({ message }) => message);
    assert.ok(written.endsWith('\t{"n":3}\n'), written);
    assert.equal(await api.logGroup({ name: "Lost" }, never), "/shop/all");
    assert.deepEqual(await search(api, "/aws/lambda/Lost", ""), []);
  });
});
