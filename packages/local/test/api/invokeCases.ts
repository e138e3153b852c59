import assert from "node:assert/strict";
import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  type InvokeCommandInput,
  type InvokeWithResponseStreamCommandInput,
} from "@aws-sdk/client-lambda";
import { refusal, type Refusal } from "../workspace.ts";
import type { ContractCase, ContractTarget, contractSources } from "./contract.ts";

type Name = keyof typeof contractSources;
type More = Partial<InvokeCommandInput>;

const MEGABYTE = 1024 * 1024;
const text = (bytes: number) => `"${"x".repeat(bytes - 2)}"`;

function send(target: ContractTarget, name: Name, payload: string, more: More = {}) {
  const input = { FunctionName: target.name(name), Payload: payload, ...more };
  return target.lambda.send(new InvokeCommand(input));
}

async function refused(call: Promise<unknown>, name: string, status: number): Promise<Refusal> {
  const found = await refusal(call);
  assert.deepEqual([found.name, found.status], [name, status]);
  assert.notEqual(found.message, "");
  return found;
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");

const synchronous: ContractCase[] = [
  {
    title: "a synchronous invocation is answered with the payload",
    areas: ["invoke"],
    async run(target) {
      const { StatusCode, FunctionError, Payload } = await send(target, "echo", '{"a":[1,"ü"]}');
      assert.deepEqual([StatusCode, FunctionError], [200, undefined]);
      assert.deepEqual(JSON.parse(Buffer.from(Payload ?? []).toString()), { a: [1, "ü"] });
    },
  },
  {
    title: "a function's own error is a result with its type, message and stack",
    areas: ["invoke", "error type"],
    async run(target) {
      const { StatusCode, FunctionError, Payload } = await send(target, "throws", "{}");
      assert.deepEqual([StatusCode, FunctionError], [200, "Unhandled"]);
      const error = JSON.parse(Buffer.from(Payload ?? []).toString()) as Record<string, unknown>;
      assert.deepEqual([error["errorType"], error["errorMessage"]], ["RangeError", "out of range"]);
      assert.ok(Array.isArray(error["trace"] ?? error["stackTrace"]));
    },
  },
  {
    title: "each response has its own request id, which the function receives",
    areas: ["invoke", "context", "request id"],
    async run(target) {
      const ids = new Set<string>();
      for (let n = 0; n < 3; n += 1) {
        const { $metadata, Payload } = await send(target, "context", "{}");
        const { awsRequestId } = JSON.parse(Buffer.from(Payload ?? []).toString()) as {
          awsRequestId: string;
        };
        assert.equal($metadata.requestId, awsRequestId);
        ids.add(awsRequestId);
      }
      assert.equal(ids.size, 3);
    },
  },
  {
    title: "the client context reaches the function",
    areas: ["invoke", "context"],
    async run(target) {
      const ClientContext = base64({ custom: { key: "välue" } });
      const { Payload } = await send(target, "context", "{}", { ClientContext });
      const { clientContext } = JSON.parse(Buffer.from(Payload ?? []).toString()) as {
        clientContext: unknown;
      };
      assert.deepEqual(clientContext, { custom: { key: "välue" } });
    },
  },
  {
    title: "the end of the log, at most 4 KB, is returned on request",
    areas: ["invoke", "log tail"],
    async run(target) {
      const { LogResult } = await send(target, "talk", '{"lines":90,"width":90}', { LogType: "Tail" });
      const log = Buffer.from(LogResult ?? "", "base64");
      assert.equal(log.length, 4096);
      assert.match(log.toString(), /REPORT RequestId: [^\n]+\n$/);
      assert.equal((await send(target, "talk", '{"lines":1,"width":1}')).LogResult, undefined);
    },
  },
  {
    title: "the executed version is returned",
    areas: ["invoke", "qualifier"],
    async run(target) {
      assert.equal((await send(target, "echo", "1", { Qualifier: "$LATEST" })).ExecutedVersion, "$LATEST");
    },
  },
];

const otherModes: ContractCase[] = [
  {
    title: "an accepted event returns no payload",
    areas: ["event"],
    async run(target) {
      const { StatusCode, Payload } = await send(target, "echo", "{}", { InvocationType: "Event" });
      assert.deepEqual([StatusCode, Buffer.from(Payload ?? []).toString()], [202, ""]);
    },
  },
  {
    title: "an event is accepted even if its function fails or is throttled",
    areas: ["event", "throttle"],
    async run(target) {
      for (const name of ["throws", "none"] as const)
        assert.equal((await send(target, name, "{}", { InvocationType: "Event" })).StatusCode, 202);
    },
  },
  {
    title: "a dry run returns 204 and runs nothing",
    areas: ["dry run"],
    async run(target) {
      const { StatusCode, Payload } = await send(target, "throws", "{}", { InvocationType: "DryRun" });
      assert.deepEqual([StatusCode, Buffer.from(Payload ?? []).toString()], [204, ""]);
    },
  },
];

const refusals: ContractCase[] = [
  {
    title: "ResourceNotFoundException 404: a function or a qualifier that doesn't exist",
    areas: ["invoke"],
    async run(target) {
      const missing = { FunctionName: "does-not-exist", Payload: "{}" };
      await refused(target.lambda.send(new InvokeCommand(missing)), "ResourceNotFoundException", 404);
    },
  },
  {
    title: "ResourceNotFoundException 404: a qualifier that doesn't exist, in each mode",
    areas: ["qualifier", "event", "dry run"],
    async run(target) {
      for (const InvocationType of ["RequestResponse", "Event", "DryRun"] as const) {
        const call = send(target, "echo", "{}", { Qualifier: "nothing", InvocationType });
        await refused(call, "ResourceNotFoundException", 404);
      }
    },
  },
  {
    title: "InvalidRequestContentException 400: a payload that isn't JSON",
    areas: ["payload check"],
    async run(target) {
      await refused(send(target, "echo", "{ no"), "InvalidRequestContentException", 400);
    },
  },
  {
    title: "InvalidParameterValueException 400: invalid names, types and client context",
    areas: ["payload check"],
    async run(target) {
      const calls = [
        () => send(target, "echo", "{}", { FunctionName: "not a name!" }),
        () =>
          send(target, "echo", "{}", { FunctionName: `${target.name("echo")}:$LATEST`, Qualifier: "other" }),
        () => send(target, "echo", "{}", { InvocationType: "Soon" as "Event" }),
        () => send(target, "echo", "{}", { LogType: "All" as "Tail" }),
        () => send(target, "echo", "{}", { ClientContext: base64("x".repeat(3000)) }),
      ];
      for (const call of calls) await refused(call(), "InvalidParameterValueException", 400);
    },
  },
  {
    title:
      "RequestTooLargeException 413: more than 6 MB, or more than 1 MB for an event, but not exactly that much",
    areas: ["limits", "event"],
    async run(target) {
      const { Payload } = await send(target, "size", text(6 * MEGABYTE));
      assert.equal(Buffer.from(Payload ?? []).toString(), String(6 * MEGABYTE));
      await refused(send(target, "size", text(6 * MEGABYTE + 1)), "RequestTooLargeException", 413);
      const InvocationType = "Event" as const;
      assert.equal((await send(target, "size", text(MEGABYTE), { InvocationType })).StatusCode, 202);
      const more = send(target, "size", text(MEGABYTE + 1), { InvocationType });
      await refused(more, "RequestTooLargeException", 413);
    },
  },
  {
    title: "TooManyRequestsException 429: no concurrency left, with the reason and a retry time",
    areas: ["throttle"],
    async run(target) {
      const { reason } = await refused(send(target, "none", "{}"), "TooManyRequestsException", 429);
      assert.equal(reason, "ReservedFunctionConcurrentInvocationLimitExceeded");
    },
  },
  {
    title: "InvalidRuntimeException 502: a runtime that doesn't run locally",
    areas: ["runtime"],
    async run(target) {
      await refused(send(target, "java", "{}"), "InvalidRuntimeException", 502);
    },
  },
];

/** A complete streamed response. */
async function stream(
  target: ContractTarget,
  name: Name,
  payload: unknown,
  more: Partial<InvokeWithResponseStreamCommandInput> = {},
) {
  const input = { FunctionName: target.name(name), Payload: Buffer.from(JSON.stringify(payload)), ...more };
  const output = await target.lambda.send(new InvokeWithResponseStreamCommand(input));
  const chunks: string[] = [];
  const completes = [];
  for await (const { PayloadChunk, InvokeComplete } of output.EventStream ?? []) {
    if (PayloadChunk) chunks.push(Buffer.from(PayloadChunk.Payload ?? []).toString());
    if (InvokeComplete) completes.push(InvokeComplete);
  }
  return { output, chunks, completes };
}

const streamed: ContractCase[] = [
  {
    title: "a streamed response arrives in chunks, then its end",
    areas: ["stream"],
    async run(target) {
      const { output, chunks, completes } = await stream(target, "chunks", { parts: ["a", "b", "ü"] });
      assert.deepEqual([output.StatusCode, output.ExecutedVersion], [200, "$LATEST"]);
      assert.equal(chunks.join(""), "abü");
      assert.deepEqual(completes, [{}]);
    },
  },
  {
    title: "a response that isn't streamed arrives as one chunk",
    areas: ["stream"],
    async run(target) {
      const { chunks, completes } = await stream(target, "echo", { a: 1 }, { LogType: "Tail" });
      assert.deepEqual(chunks, ['{"a":1}']);
      assert.match(Buffer.from(completes[0]?.LogResult ?? "", "base64").toString(), /^REPORT/m);
    },
  },
  {
    title: "an error in the middle of a stream follows the earlier chunks",
    areas: ["stream"],
    async run(target) {
      const { chunks, completes } = await stream(target, "chunks", { parts: ["begun"], fail: "half way" });
      assert.deepEqual([chunks, completes.length], [["begun"], 1]);
      assert.equal(completes[0]?.ErrorCode, "RangeError");
      assert.equal(
        (JSON.parse(completes[0]?.ErrorDetails ?? "") as Record<string, unknown>)["errorMessage"],
        "half way",
      );
    },
  },
  {
    title: "an error of a function that doesn't stream ends the stream",
    areas: ["stream"],
    async run(target) {
      const { chunks, completes } = await stream(target, "throws", {});
      assert.deepEqual([chunks, completes[0]?.ErrorCode], [[], "RangeError"]);
    },
  },
  {
    title: "a streaming call is rejected before it streams, like any other",
    areas: ["stream", "throttle", "dry run"],
    async run(target) {
      await refused(stream(target, "none", {}), "TooManyRequestsException", 429);
      const missing = stream(target, "echo", {}, { FunctionName: "does-not-exist" });
      await refused(missing, "ResourceNotFoundException", 404);
      const event = stream(target, "echo", {}, { InvocationType: "Event" as "DryRun" });
      await refused(event, "InvalidParameterValueException", 400);
      const dry = { FunctionName: target.name("echo"), InvocationType: "DryRun" as const };
      const { StatusCode } = await target.lambda.send(new InvokeWithResponseStreamCommand(dry));
      assert.equal(StatusCode, 204);
    },
  },
];

/** What clients rely on when they invoke. */
export const invokeCases: readonly ContractCase[] = [...synchronous, ...otherModes, ...refusals, ...streamed];
