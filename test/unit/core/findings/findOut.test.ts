import assert from "node:assert/strict";
import { findOut, type LostInvocation } from "../../../../src/core/findings/findOut.ts";
import type { Finding } from "../../../../src/core/invocation/finding.ts";
import type { InvocationMode } from "../../../../src/core/invocation/invocationSpec.ts";
import { findingSection, findingSentence } from "../../../../src/core/output/findingText.ts";
import type { Connection } from "../../../../src/core/connections/connection.ts";
import { arnOf, LambdaServer, type ListedExecution, type LoggedLine } from "../../../support/lambdaServer.ts";
import { useOwnEnvironment } from "../../aws/environment.ts";
import { NEVER } from "../../aws/listing.ts";
import { gatewayTo } from "../../aws/local.ts";
import { idOf, jsonRun, type Logged, textRun, T0 } from "./logs.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Local's connection leads to the server too, with the same client. */
const CONNECTION: Connection = { kind: "local", name: "Local" };

/** How an invocation and what is known beside it differ from one that was sent at `T0` and lost after 1 s. */
interface Given {
  mode?: InvocationMode;
  requestId?: string;
  isLocal?: boolean;
  others?: readonly string[];
  hasRivals?: boolean;
  known?: LostInvocation["known"];
  nowMs?: number;
  durableExecutionName?: string;
  retentionDays?: number;
}

describe("finding out whether an invocation ran", () => {
  useOwnEnvironment();
  let server: LambdaServer;

  beforeEach(async () => {
    server = await LambdaServer.start();
    server.configuration = { Timeout: 3, LoggingConfig: { LogGroup: "/shop/orders" } };
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const logged = (lines: readonly Logged[]): LoggedLine[] =>
    lines.map(({ at, ...line }) => ({ ...line, timestamp: T0 + at }));

  async function find(given: Given = {}, signal = NEVER): Promise<Finding> {
    using gateway = gatewayTo(server.endpoint);
    const { mode = "RequestResponse", requestId, nowMs = T0 + DAY_MS, durableExecutionName } = given;
    const startedAt = new Date(T0).toISOString();
    const lost: LostInvocation = {
      record: {
        function: { name: "order" },
        mode,
        durationMs: 1000,
        requestId,
        startedAt,
        durableExecutionName,
      },
      retentionDays: given.retentionDays,
      isLocal: given.isLocal ?? false,
      known: given.known,
      isOthers: (id) => given.others?.includes(id) ?? false,
      hasRivals: () => given.hasRivals ?? false,
    };
    const api = await gateway.open(CONNECTION, signal);
    return findOut(lost, { api, clock: { now: () => nowMs }, onProgress: () => {} }, signal);
  }

  const ids = ({ runs }: Finding): string[] => runs.map(({ requestId }) => requestId);

  it("finds the runs that belong to no request known here, on every page", async () => {
    server.log = [logged(textRun(1, 100, [])), [], logged([...textRun(2, 200, []), ...textRun(3, 300, [])])];
    const finding = await find({ others: [idOf(2)] });
    assert.deepEqual([finding.result, ids(finding)], ["mayHaveRun", [idOf(1), idOf(3)]]);
    assert.deepEqual(finding.limits, []);
    assert.match(
      findingSentence(finding),
      /^The log shows 2 runs of which one may be this invocation's from /,
    );
    const [query] = server.logQueries;
    assert.equal(server.searches, 3);
    assert.deepEqual(
      [query?.["logGroupName"], query?.["startTime"], query?.["endTime"]],
      ["/shop/orders", T0 - MINUTE_MS, T0 + 1000 + 10_000 + 3000 + MINUTE_MS],
    );
  });

  it("finds none if all of them are known, and claims no more than that", async () => {
    server.log = [logged(textRun(1, 100, []))];
    const finding = await find({ others: [idOf(1)] });
    assert.deepEqual([finding.result, ids(finding), finding.limits], ["noRunLogged", [], []]);
    assert.match(findingSentence(finding), /^The log shows no run that could be this invocation's from /);
  });

  it("is certain if the request id is known, and the log has it", async () => {
    server.log = [logged([...textRun(1, 100, []), ...jsonRun(2, 200, "success")])];
    const finding = await find({ requestId: idOf(2) });
    assert.deepEqual([finding.result, ids(finding)], ["ran", [idOf(2)]]);
    assert.match(findingSentence(finding), /^The function ran.*It returned\.$/);
    const without = await find({ requestId: idOf(9) });
    assert.deepEqual([without.result, ids(without)], ["mayHaveRun", [idOf(1), idOf(2)]]);
  });

  it("tells runs apart that began before, which are its own only if the clocks differ", async () => {
    server.log = [logged([...textRun(1, -MINUTE_MS - 1000, []), ...textRun(2, -5000, [])])];
    const finding = await find();
    assert.deepEqual([finding.result, ids(finding)], ["noRunLogged", [idOf(2)]]);
    assert.equal(finding.runs[0]?.isBefore, true);
    assert.match(findingSection(finding), /only if this machine's clock is ahead/);
    assert.deepEqual(ids(await find({ isLocal: true })), []);
  });

  it("says that the function may still run, or the event still wait, and that lines arrive late", async () => {
    const nowMs = T0 + 5000;
    assert.deepEqual((await find({ nowMs })).limits, ["noLines", "mayStillRun", "recent"]);
    const event = await find({ mode: "Event", nowMs: T0 + 60 * MINUTE_MS });
    assert.deepEqual(event.limits, ["noLines", "eventMayWait", "recent"]);
    assert.deepEqual((await find({ mode: "Event" })).limits, ["noLines"]);
    assert.deepEqual((await find({ isLocal: true, nowMs })).limits, [
      "noLines",
      "localMemory",
      "mayStillRun",
    ]);
  });

  for (const [type, facts, limit, sentence] of [
    ["ResourceNotFoundException", {}, "noGroup", /log group doesn't exist/],
    ["AccessDeniedException", {}, "noPermission", /can't be read/],
    ["InvalidParameterException", {}, "notReadable", /can't be read/],
    [
      "InvalidOperationException",
      { logGroupClass: "INFREQUENT_ACCESS" },
      "infrequentAccess",
      /can't be read/,
    ],
    ["InvalidParameterException", { logGroupClass: "DELIVERY" }, "delivery", /can't be read/],
  ] as const)
    it(`says why nothing can be read: ${type}, ${limit}`, async () => {
      server.log = type;
      server.logGroup = facts;
      const finding = await find();
      assert.deepEqual([finding.result, finding.runs, finding.limits], ["unreadable", [], [limit]]);
      assert.match(findingSentence(finding), sentence);
      assert.match(findingSection(finding), /\/shop\/orders/);
    });

  it("throws if reading fails for another reason, which may pass", async () => {
    server.log = "ExpiredTokenException";
    await assert.rejects(find(), { name: "UserError", message: /log \/shop\/orders can't be read/ });
  });

  it("says what else keeps the log from telling more", async () => {
    server.configuration = { Timeout: 3, LoggingConfig: { SystemLogLevel: "WARN" } };
    assert.deepEqual((await find()).limits, ["noLines", "levelHidesRuns"]);
    server.configuration = { Timeout: 3 };
    server.logGroup = { logGroupClass: "DELIVERY" };
    assert.deepEqual((await find()).limits, ["delivery"]);
    server.logGroup = { creationTime: T0 + DAY_MS - 1, retentionInDays: 1 };
    assert.deepEqual((await find()).limits, ["noLines", "groupIsNewer", "retention"]);
    server.logGroup = { creationTime: T0 + 10, retentionInDays: 30 };
    assert.deepEqual((await find({ hasRivals: true })).limits, ["noLines", "othersUnknown"]);
  });

  it("does without the function's configuration, and says so", async () => {
    server.configuration = undefined;
    const finding = await find();
    assert.deepEqual(
      [finding.logGroup, finding.limits],
      ["/aws/lambda/order", ["noLines", "configurationUnknown"]],
    );
    assert.equal(server.logQueries[0]?.["endTime"], T0 + 1000 + 10_000 + 900_000 + MINUTE_MS);
    const known = await find({ known: { logGroup: "/listed", timeoutSeconds: 3 } });
    assert.deepEqual([known.logGroup, known.limits], ["/listed", ["noLines"]]);
  });

  it("keeps the first runs of many, and counts the others", async () => {
    server.log = [logged(Array.from({ length: 60 }, (_, index) => textRun(index, index * 10, [])).flat())];
    const finding = await find();
    assert.deepEqual([finding.runs.length, finding.moreRuns], [50, 10]);
    assert.match(findingSentence(finding), /60 runs/);
  });

  it("stops reading when it's canceled", async () => {
    const canceled = new AbortController();
    server.log = [[], [], []];
    server.beforeLogPage = (page) => {
      if (page === 1) canceled.abort();
      return Promise.resolve();
    };
    await assert.rejects(find({}, canceled.signal), { name: "AbortError" });
    assert.equal(server.searches, 2);
  });

  it("ends on a log that has no end, and says that it's more", async () => {
    server.log = Array.from({ length: 300 }, () => []);
    const finding = await find();
    assert.ok(finding.limits.includes("cut"), finding.limits.join());
    assert.equal(server.searches, 201);
    assert.match(findingSentence(finding), /in the part of the log that was read\.$/);
  });

  it("shows nothing of a log at the start of a line", async () => {
    const section = findingSection({
      ...(await find()),
      runs: [{ requestId: `a\nFAILED  b`, startedAt: new Date(T0).toISOString(), outcome: "open" }],
      logGroup: "/a\nError",
    });
    const [title, ...lines] = section.split("\n");
    assert.match(title ?? "", /^Finding \(read /);
    for (const line of lines) assert.match(line, /^ {2}\S/);
  });

  describe("that named its durable execution", () => {
    const named = { durableExecutionName: "ours", nowMs: T0 + 20 * MINUTE_MS };
    const execution = (name: string, Status: string): ListedExecution => ({
      DurableExecutionName: name,
      DurableExecutionArn: `arn:aws:lambda:us-east-1:123456789012:function:order:1/durable-execution/${name}/1`,
      FunctionArn: arnOf("order"),
      Status,
      StartTimestamp: T0 / 1000 + 1,
    });

    for (const [status, sentence] of [
      ["RUNNING", /^The function ran, for certain: .* It's still running\.$/],
      ["SUCCEEDED", /It succeeded\.$/],
      ["FAILED", /It failed\.$/],
      ["TIMED_OUT", /ended at its timeout\.$/],
      ["STOPPED", /It was stopped\.$/],
    ] as const)
      it(`is certain to have run if Lambda has it, and asks for no log: ${status}`, async () => {
        server.executions = [execution("ours-not", "FAILED"), execution("ours", status)];
        const finding = await find(named);
        assert.deepEqual([finding.result, finding.limits], ["executionFound", []]);
        assert.match(findingSentence(finding), sentence);
        assert.match(findingSection(finding), /durable execution ours · began 20\d\d-.*\n.*\/ours\/1$/);
        assert.equal(server.searches, 0);
        assert.ok(server.seen.includes("GET /2025-12-01/functions/order/durable-executions"));
      });

    it("is certain not to have run if Lambda doesn't have it", async () => {
      server.executions = [execution("ours-not", "SUCCEEDED")];
      const finding = await find(named);
      assert.deepEqual([finding.result, finding.limits], ["noExecution", []]);
      assert.match(findingSentence(finding), /^The function didn't run, for certain/);
      assert.equal(server.searches, 0);
    });

    for (const [what, given, limit] of [
      ["a moment ago", { nowMs: T0 + 5000 }, "listMayLag"],
      ["as an event that Lambda may still keep", { mode: "Event" }, "eventMayWait"],
      ["longer ago than any execution is kept for", { nowMs: T0 + 2 * DAY_MS }, "executionsExpire"],
      ["longer ago than its own are", { nowMs: T0 + 8 * DAY_MS, retentionDays: 7 }, "executionsExpire"],
    ] as const)
      it(`isn't said to be certain if it was sent ${what}`, async () => {
        const finding = await find({ ...named, ...given });
        assert.deepEqual([finding.result, finding.limits], ["noExecution", [limit]]);
        assert.doesNotMatch(findingSection(finding), /certain/);
      });

    it("is looked for for as long as executions are kept", async () => {
      const finding = await find({ ...named, nowMs: T0 + 6 * DAY_MS, retentionDays: 7 });
      assert.deepEqual([finding.result, finding.limits], ["noExecution", []]);
    });

    it("is looked for in the log if executions can't be listed, which says what would help", async () => {
      server.executions = "AccessDeniedException";
      server.log = [logged(textRun(1, 100, []))];
      const finding = await find(named);
      assert.deepEqual([finding.result, ids(finding)], ["mayHaveRun", [idOf(1)]]);
      assert.deepEqual(finding.limits, ["executionsUnreadable"]);
      assert.match(findingSection(finding), /lambda:ListDurableExecutionsByFunction/);
    });
  });
});
