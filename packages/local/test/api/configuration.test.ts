import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { handleLambda, type LambdaBackend } from "../../src/api/lambda.ts";
import type { LocalFunction } from "../../src/model/localFunction.ts";
import type { Invocation } from "../../src/model/invocation.ts";
import { declare, returned } from "../events/queueHost.ts";
import { never } from "../workspace.ts";

const FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:fn";
const SQS_ARN = "arn:aws:sqs:us-east-1:000000000000:lost";

/** Sends a request about a function with these properties. Returns the response and the invocations. */
async function ask(declared: Partial<LocalFunction>, method: string, target: string, headers = {}) {
  const [invocations, accepted]: [Invocation[], (string | undefined)[]] = [[], []];
  const backend: LambdaBackend = {
    concurrency: 50,
    entries: () => Promise.resolve(new Map([declare("fn", declared)])),
    run(_, invocation) {
      invocations.push(invocation);
      return Promise.resolve({ outcome: returned(1), log: [] });
    },
    accept({ qualifier }) {
      accepted.push(qualifier);
      return Promise.resolve();
    },
  };
  const url = new URL(target, "http://localhost");
  const parts = { requestId: "id", method, path: url.pathname, query: url.searchParams };
  const request = { ...parts, headers, body: Buffer.alloc(0), service: "lambda" };
  const { status, body } = await handleLambda(request, backend, never);
  const json = typeof body === "string" && body !== "" ? (JSON.parse(body) as Record<string, unknown>) : {};
  return { status, json, invocations, accepted };
}

describe("local: a template's declarations in the API", () => {
  const aliases = ["blue", "live"];

  it("lists aliases in pages, each for $LATEST", async () => {
    const path = "/2015-03-31/functions/fn/aliases";
    const { json } = await ask({ aliases }, "GET", path);
    const found = json["Aliases"] as Record<string, unknown>[];
    assert.deepEqual(
      found.map(({ AliasArn, Name, FunctionVersion }) => [AliasArn, Name, FunctionVersion]),
      [
        [`${FUNCTION_ARN}:blue`, "blue", "$LATEST"],
        [`${FUNCTION_ARN}:live`, "live", "$LATEST"],
      ],
    );
    const first = (await ask({ aliases }, "GET", `${path}?MaxItems=1`)).json;
    const second = (await ask({ aliases }, "GET", `${path}?MaxItems=1&Marker=${String(first["NextMarker"])}`))
      .json;
    assert.deepEqual([...(first["Aliases"] as object[]), ...(second["Aliases"] as object[])], found);
    assert.equal(second["NextMarker"], undefined);
    assert.deepEqual((await ask({ aliases }, "GET", `${path}?FunctionVersion=3`)).json["Aliases"], []);
    assert.deepEqual((await ask({ aliases }, "GET", `${path}/live`)).json, found[1]);
  });

  for (const target of [
    "fn/invocations?Qualifier=live",
    "fn:live/invocations",
    `${encodeURIComponent(`${FUNCTION_ARN}:live`)}/invocations`,
  ]) {
    it(`passes an alias to the function as its qualifier (${target})`, async () => {
      const { status, invocations } = await ask({ aliases }, "POST", `/2015-03-31/functions/${target}`);
      assert.deepEqual([status, invocations[0]?.invokedArn], [200, `${FUNCTION_ARN}:live`]);
      const event = { "x-amz-invocation-type": "Event" };
      assert.deepEqual((await ask({ aliases }, "POST", `/2015-03-31/functions/${target}`, event)).accepted, [
        "live",
      ]);
    });
  }

  it("includes the requested alias in the ARN of the configuration", async () => {
    const { json } = await ask({ aliases }, "GET", "/2015-03-31/functions/fn/configuration?Qualifier=live");
    assert.equal(json["FunctionArn"], `${FUNCTION_ARN}:live`);
    await assert.rejects(ask({ aliases }, "GET", "/2015-03-31/functions/fn/configuration?Qualifier=green"), {
      status: 404,
      message: `Function not found: ${FUNCTION_ARN}:green`,
    });
  });

  it("returns the configuration of asynchronous invocation, alone and in a list", async () => {
    const eventInvoke = { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60, onFailure: SQS_ARN };
    const path = "/2019-09-25/functions/fn/event-invoke-config";
    const { json } = await ask({ eventInvoke }, "GET", path);
    assert.equal(typeof json["LastModified"], "number");
    assert.deepEqual(
      { ...json, LastModified: 0 },
      {
        LastModified: 0,
        FunctionArn: `${FUNCTION_ARN}:$LATEST`,
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
        DestinationConfig: { OnSuccess: {}, OnFailure: { Destination: SQS_ARN } },
      },
    );
    const list = (await ask({ eventInvoke }, "GET", `${path}/list`)).json;
    assert.deepEqual(list["FunctionEventInvokeConfigs"], [json]);
  });

  it("returns the dead-letter queue, reserved concurrency and tags with the function", async () => {
    const declared = { deadLetterArn: SQS_ARN, reservedConcurrency: 3, tags: { team: "orders" } };
    const { json } = await ask(declared, "GET", "/2015-03-31/functions/fn");
    assert.deepEqual((json["Configuration"] as Record<string, unknown>)["DeadLetterConfig"], {
      TargetArn: SQS_ARN,
    });
    assert.deepEqual(
      [json["Concurrency"], json["Tags"]],
      [{ ReservedConcurrentExecutions: 3 }, { team: "orders" }],
    );
    const settings = (await ask(declared, "GET", "/2016-08-19/account-settings")).json;
    const limit = settings["AccountLimit"] as Record<string, unknown>;
    assert.deepEqual([limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]], [50, 47]);
    const tags = await ask(declared, "GET", `/2017-03-31/tags/${encodeURIComponent(FUNCTION_ARN)}`);
    assert.deepEqual(tags.json, { Tags: { team: "orders" } });
  });

  it("returns the log format, with levels in JSON format", async () => {
    const logging = async (declared: Partial<LocalFunction>) =>
      (await ask(declared, "GET", "/2015-03-31/functions/fn/configuration")).json["LoggingConfig"];
    const LogGroup = "/aws/lambda/fn";
    assert.deepEqual(await logging({}), { LogFormat: "Text", LogGroup });
    assert.deepEqual(await logging({ logging: { format: "JSON", systemLevel: "WARN" } }), {
      LogFormat: "JSON",
      ApplicationLogLevel: "INFO",
      SystemLogLevel: "WARN",
      LogGroup,
    });
  });

  it("returns the only version when all versions are requested", async () => {
    const { json } = await ask({}, "GET", "/2015-03-31/functions/?FunctionVersion=ALL");
    const found = json["Functions"] as Record<string, unknown>[];
    assert.deepEqual(
      found.map(({ FunctionArn }) => FunctionArn),
      [`${FUNCTION_ARN}:$LATEST`],
    );
  });
});
