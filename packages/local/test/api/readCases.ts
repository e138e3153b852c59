import assert from "node:assert/strict";
import {
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeMetricFiltersCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  StartLiveTailCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
} from "@aws-sdk/client-lambda";
import { refusal } from "../workspace.ts";
import { contractSources, type ContractCase, type ContractTarget } from "./contract.ts";

async function refused(call: Promise<unknown>, name: string, status: number): Promise<string> {
  const found = await refusal(call);
  assert.deepEqual([found.name, found.status], [name, status]);
  return found.message;
}

const reads: ContractCase[] = [
  {
    title: "ListFunctions lists each function once, over several pages",
    areas: ["read"],
    async run({ lambda, name }) {
      const names: string[] = [];
      let Marker: string | undefined;
      do {
        const input = { MaxItems: 3, ...(Marker !== undefined && { Marker }) };
        const page = await lambda.send(new ListFunctionsCommand(input));
        assert.ok((page.Functions ?? []).length <= 3);
        names.push(...(page.Functions ?? []).map(({ FunctionName = "" }) => FunctionName));
        Marker = page.NextMarker;
      } while (Marker !== undefined);
      const wanted = Object.keys(contractSources).map((fn) => name(fn as keyof typeof contractSources));
      assert.deepEqual(names.toSorted(), wanted.toSorted());
      await refused(
        lambda.send(new ListFunctionsCommand({ MaxItems: 0 })),
        "InvalidParameterValueException",
        400,
      );
    },
  },
  {
    title: "GetFunction and GetFunctionConfiguration agree, with the qualifier in the ARN if there is one",
    areas: ["read", "qualifier"],
    async run({ lambda, name }) {
      const FunctionName = name("echo");
      const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
      const { $metadata, ...alone } = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      assert.equal($metadata.httpStatusCode, 200);
      assert.deepEqual(alone, Configuration);
      assert.deepEqual([alone.State, alone.Version], ["Active", "$LATEST"]);
      const qualified = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName, Qualifier: "$LATEST" }),
      );
      assert.equal(qualified.FunctionArn, `${alone.FunctionArn}:$LATEST`);
    },
  },
  {
    title: "ListVersionsByFunction lists $LATEST",
    areas: ["read", "qualifier"],
    async run({ lambda, name }) {
      const input = { FunctionName: name("echo") };
      const { Versions } = await lambda.send(new ListVersionsByFunctionCommand(input));
      assert.deepEqual(
        Versions?.map(({ Version }) => Version),
        ["$LATEST"],
      );
    },
  },
  {
    title: "a function without aliases has an empty list, and an unknown alias isn't found",
    areas: ["read", "qualifier"],
    async run({ lambda, name }) {
      const FunctionName = name("echo");
      assert.deepEqual((await lambda.send(new ListAliasesCommand({ FunctionName }))).Aliases, []);
      const call = lambda.send(new GetAliasCommand({ FunctionName, Name: "nothing" }));
      await refused(call, "ResourceNotFoundException", 404);
    },
  },
  {
    title: "reserved concurrency is returned if there is any",
    areas: ["read", "throttle"],
    async run({ lambda, name }) {
      const reserved = async (FunctionName: string) =>
        (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
      assert.deepEqual([await reserved(name("echo")), await reserved(name("none"))], [undefined, 0]);
      const { Concurrency } = await lambda.send(new GetFunctionCommand({ FunctionName: name("none") }));
      assert.equal(Concurrency?.ReservedConcurrentExecutions, 0);
    },
  },
  {
    title: "a function without an event invoke configuration has none",
    areas: ["read", "event config"],
    async run({ lambda, name }) {
      const input = { FunctionName: name("echo") };
      const call = lambda.send(new GetFunctionEventInvokeConfigCommand(input));
      await refused(call, "ResourceNotFoundException", 404);
      const list = await lambda.send(new ListFunctionEventInvokeConfigsCommand(input));
      assert.deepEqual(list.FunctionEventInvokeConfigs, []);
    },
  },
  {
    title: "account settings count the functions, and tags are listed by ARN",
    areas: ["read"],
    async run({ lambda, name }) {
      const { AccountLimit, AccountUsage } = await lambda.send(new GetAccountSettingsCommand({}));
      assert.equal(AccountUsage?.FunctionCount, Object.keys(contractSources).length);
      assert.ok((AccountLimit?.ConcurrentExecutions ?? 0) > 0);
      const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: name("echo") }));
      const { Tags } = await lambda.send(new ListTagsCommand({ Resource: Configuration?.FunctionArn }));
      assert.deepEqual(Tags, {});
    },
  },
  {
    title: "ResourceNotFoundException 404: every read of a function that doesn't exist",
    areas: ["read"],
    async run({ lambda }) {
      const FunctionName = "does-not-exist";
      const calls = [
        () => lambda.send(new GetFunctionCommand({ FunctionName })),
        () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
        () => lambda.send(new ListVersionsByFunctionCommand({ FunctionName })),
        () => lambda.send(new ListAliasesCommand({ FunctionName })),
        () => lambda.send(new GetAliasCommand({ FunctionName, Name: "live" })),
        () => lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })),
        () => lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })),
      ];
      for (const call of calls) await refused(call(), "ResourceNotFoundException", 404);
    },
  },
];

const access: ContractCase[] = [
  {
    title: "403: a wrong key, a wrong secret, and no key",
    areas: ["key"],
    async run({ lambda }) {
      const { accessKeyId, secretAccessKey } = await lambda.config.credentials();
      const config = { endpoint: lambda.config.endpoint, region: "us-east-1", maxAttempts: 1 };
      const other = new LambdaClient({
        ...config,
        credentials: { accessKeyId: "AKIAOTHER", secretAccessKey },
      });
      const wrong = new LambdaClient({
        ...config,
        credentials: { accessKeyId, secretAccessKey: "wrong" },
      });
      const list = () => new ListFunctionsCommand({});
      await refused(other.send(list()), "UnrecognizedClientException", 403);
      await refused(wrong.send(list()), "InvalidSignatureException", 403);
      for (const client of [other, wrong]) client.destroy();
    },
  },
  {
    title: "UnknownOperationException 404: the unsupported operation is named",
    areas: ["unknown operation"],
    async run({ lambda, logs, name }) {
      const deletion = lambda.send(new DeleteFunctionCommand({ FunctionName: name("echo") }));
      assert.match(await refused(deletion, "UnknownOperationException", 404), /DeleteFunction/);
      const filters = logs.send(new DescribeMetricFiltersCommand({}));
      assert.match(await refused(filters, "UnknownOperationException", 400), /DescribeMetricFilters/);
    },
  },
];

/** Invokes a function. Returns the request id and the log group. */
async function run({ lambda, name }: ContractTarget, lines: number): Promise<{ id: string; group: string }> {
  const Payload = JSON.stringify({ lines, width: 5 });
  const { $metadata } = await lambda.send(new InvokeCommand({ FunctionName: name("talk"), Payload }));
  return { id: $metadata.requestId ?? "", group: `/aws/lambda/${name("talk")}` };
}

const logs: ContractCase[] = [
  {
    title: "FilterLogEvents finds an invocation's lines by its request id, from either end",
    areas: ["logs"],
    async run(target) {
      const { id, group } = await run(target, 3);
      const filter = { logGroupName: group, filterPattern: `"${id}"` };
      const { events = [] } = await target.logs.send(new FilterLogEventsCommand(filter));
      const messages = events.map(({ message }) => message ?? "");
      assert.match(messages[0] ?? "", /^START/);
      assert.match(messages.at(-1) ?? "", /^REPORT/);
      assert.ok(
        events.every(({ eventId, logStreamName, timestamp }) => eventId && logStreamName && timestamp),
      );
      const back = { ...filter, startFromHead: false, startTime: Date.parse("2024-01-01") };
      const reversed = await target.logs.send(new FilterLogEventsCommand(back));
      assert.deepEqual(
        reversed.events?.map(({ message }) => message),
        messages.toReversed(),
      );
    },
  },
  {
    title: "DescribeLogGroups and DescribeLogStreams lead to GetLogEvents, which pages in both directions",
    areas: ["logs"],
    async run(target) {
      const { id, group } = await run(target, 5);
      const { logGroups } = await target.logs.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix: group }),
      );
      assert.equal(logGroups?.[0]?.logGroupName, group);
      const latest = { logGroupName: group, orderBy: "LastEventTime" as const, descending: true, limit: 1 };
      const { logStreams } = await target.logs.send(new DescribeLogStreamsCommand(latest));
      const logStreamName = logStreams?.[0]?.logStreamName;
      const get = (more: object) =>
        target.logs.send(new GetLogEventsCommand({ logGroupName: group, logStreamName, limit: 4, ...more }));
      const last = await get({});
      assert.match(last.events?.at(-1)?.message ?? "", new RegExp(`^REPORT RequestId: ${id}`));
      assert.deepEqual((await get({ nextToken: last.nextForwardToken })).events, []);
      const before = await get({ nextToken: last.nextBackwardToken });
      assert.equal(before.events?.length, 4);
      const again = await get({ nextToken: before.nextForwardToken });
      assert.deepEqual(again.events, last.events);
      const first = await get({ startFromHead: true });
      assert.match(first.events?.[0]?.message ?? "", /^INIT_START/);
    },
  },
  {
    title:
      "ResourceNotFoundException and InvalidParameterException 400: unknown groups and streams, and invalid values",
    areas: ["logs"],
    async run({ logs: client, name }) {
      const [logGroupName, missing] = [`/aws/lambda/${name("echo")}`, "/aws/lambda/does-not-exist"];
      const notFound = [
        () => client.send(new FilterLogEventsCommand({ logGroupName: missing })),
        () => client.send(new DescribeLogStreamsCommand({ logGroupName: missing })),
        () => client.send(new GetLogEventsCommand({ logGroupName, logStreamName: "missing" })),
      ];
      for (const call of notFound) await refused(call(), "ResourceNotFoundException", 400);
      const invalid = [
        () => client.send(new FilterLogEventsCommand({})),
        () => client.send(new FilterLogEventsCommand({ logGroupName, logGroupIdentifier: logGroupName })),
        () => client.send(new FilterLogEventsCommand({ logGroupName, limit: 0 })),
        () => client.send(new FilterLogEventsCommand({ logGroupName, startTime: 2, endTime: 1 })),
        () => client.send(new FilterLogEventsCommand({ logGroupName, nextToken: "elsewhere" })),
        () =>
          client.send(
            new FilterLogEventsCommand({ logGroupName, logStreamNames: ["a"], logStreamNamePrefix: "a" }),
          ),
        () => client.send(new FilterLogEventsCommand({ logGroupName, filterPattern: "{ $.a = 1 }" })),
        () => client.send(new DescribeLogStreamsCommand({ logGroupName, limit: 51 })),
        () =>
          client.send(new DescribeLogStreamsCommand({ logGroupName, orderBy: "Size" as "LogStreamName" })),
        () =>
          client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "a", logGroupNamePattern: "b" })),
      ];
      for (const call of invalid) await refused(call(), "InvalidParameterException", 400);
    },
  },
  {
    title: "SerializationException 400: members of the wrong type",
    areas: ["logs"],
    async run({ logs: client, name }) {
      const logGroupName = `/aws/lambda/${name("echo")}`;
      const calls = [
        () => client.send(new FilterLogEventsCommand({ logGroupName, limit: "ten" as unknown as number })),
        () =>
          client.send(
            new FilterLogEventsCommand({ logGroupName, logStreamNames: "a" as unknown as string[] }),
          ),
        () => client.send(new FilterLogEventsCommand({ logGroupName: 7 as unknown as string })),
      ];
      for (const call of calls) await refused(call(), "SerializationException", 400);
    },
  },
];

/** The ARN of a group in the form that StartLiveTail accepts. */
async function groupArn({ logs: client }: ContractTarget, prefix: string): Promise<string> {
  const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix }));
  return logGroups?.[0]?.logGroupArn ?? "";
}

const liveTail: ContractCase[] = [
  {
    title: "StartLiveTail streams new lines that match its pattern",
    areas: ["live tail", "logs"],
    async run(target) {
      const group = `/aws/lambda/${target.name("talk")}`;
      const logGroupIdentifiers = [await groupArn(target, group)];
      const input = { logGroupIdentifiers, logEventFilterPattern: "xxxxx" };
      const leave = new AbortController();
      const command = new StartLiveTailCommand(input);
      const { responseStream } = await target.logs.send(command, { abortSignal: leave.signal });
      const seen: string[] = [];
      for await (const { sessionStart, sessionUpdate } of responseStream ?? []) {
        if (sessionStart) {
          assert.deepEqual(sessionStart.logGroupIdentifiers, logGroupIdentifiers);
          await run(target, 3);
        }
        seen.push(...(sessionUpdate?.sessionResults ?? []).map(({ message }) => message ?? ""));
        if (seen.length >= 3) break;
      }
      leave.abort();
      assert.deepEqual(
        seen.map((line) => line.split("\t").at(-1)),
        ["0 xxxxx\n", "1 xxxxx\n", "2 xxxxx\n"],
      );
    },
  },
  {
    title: "StartLiveTail rejects no group, eleven groups, and an unknown group",
    areas: ["live tail"],
    async run(target) {
      const tail = (logGroupIdentifiers: string[]) =>
        target.logs.send(new StartLiveTailCommand({ logGroupIdentifiers }));
      const arn = await groupArn(target, `/aws/lambda/${target.name("talk")}`);
      await refused(tail([]), "InvalidParameterException", 400);
      await refused(tail(Array.from({ length: 11 }, () => arn)), "InvalidParameterException", 400);
      await refused(tail([`${arn}-missing`]), "ResourceNotFoundException", 400);
    },
  },
];

/** What clients rely on when they read. */
export const readCases: readonly ContractCase[] = [...reads, ...access, ...logs, ...liveTail];
