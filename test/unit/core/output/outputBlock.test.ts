import assert from "node:assert/strict";
import type { Attempt } from "../../../../src/core/invocation/attempt.ts";
import { attemptBlock, gaveUpBlock, resumedBlock } from "../../../../src/core/output/eventBlocks.ts";
import {
  adviceOf,
  outputBlock,
  summary,
  wholeResponseLine,
} from "../../../../src/core/output/outputBlock.ts";
import { VERDICTS } from "../../../../src/core/output/titles.ts";
import type { FailureReason } from "../../../../src/core/invocation/failureReason.ts";
import type { TrackedEvent } from "../../../../src/core/invocation/invocationEvent.ts";
import type { InvocationError, InvocationRecord } from "../../../../src/core/invocation/record.ts";

const RECORD: InvocationRecord = {
  id: "id-1",
  function: { name: "order" },
  connection: "Local",
  mode: "RequestResponse",
  startedAt: new Date(2026, 10, 21, 10, 42, 7, 123).toISOString(),
  durationMs: 45.4,
  attempts: 1,
  payload: { text: '{"a":1}', bytes: 7 },
  verdict: "returned",
  statusCode: 200,
  requestId: "8f507cfc",
  response: { text: '{"ok":true,"items":[]}' },
  responseBytes: 22,
};

function block(changes: Partial<InvocationRecord>, responseLimit = 1000): string {
  return outputBlock({ ...RECORD, ...changes }, { responseLimit });
}

/** A record of a call that came to no answer. */
function failed(changes: Partial<InvocationRecord>): InvocationRecord {
  const { statusCode: _status, requestId: _id, response: _body, responseBytes: _bytes, ...rest } = RECORD;
  return { ...rest, verdict: "unknown", ...changes };
}

function lines(...text: string[]): string {
  return `${text.join("\n")}\n\n`;
}

describe("the block of the output panel", () => {
  it("shows what was invoked, what became of it, the facts, the response and the log apart", () => {
    const text = block({
      function: {
        name: "order",
        arn: "arn:aws:lambda:eu-central-1:123456789012:function:order",
        qualifier: "live",
      },
      connection: "prod",
      executedVersion: "7",
      report: {
        durationMs: 3.2,
        billedDurationMs: 4,
        memorySizeMb: 128,
        maxMemoryUsedMb: 64,
        initDurationMs: 150.5,
      },
      log: "START RequestId: 8f507cfc\nhello\n\n",
    });
    assert.equal(
      text,
      lines(
        "━━━ 10:42:07.123 ━━━ Invoke: order on prod ━━━",
        "",
        "Log (the last 4 KB)",
        "  START RequestId: 8f507cfc",
        "  hello",
        "",
        "Response (22 bytes, JSON)",
        "  {",
        '    "ok": true,',
        '    "items": []',
        "  }",
        "",
        "RETURNED  The function ran and returned.",
        "  45 ms at the client · 3.2 ms in the function · billed 4 ms · cold start 151 ms · memory 64 of 128 MB",
        "  status 200 · request id 8f507cfc · payload 7 bytes",
        "  arn:aws:lambda:eu-central-1:123456789012:function:order:live · version 7",
      ),
    );
  });

  it("shows a function's own error as a result, with its stack and without advice", () => {
    const text = block({
      verdict: "failed",
      functionError: "Unhandled",
      response: { text: '{"errorType":"OrderError"}' },
      responseBytes: 26,
      error: {
        name: "Unhandled",
        message: "no items\nin the order",
        errorType: "OrderError",
        stackTrace: ["OrderError: no items", "    at handler (order.js:3:9)"],
      },
    });
    assert.equal(
      text,
      lines(
        "━━━ 10:42:07.123 ━━━ Invoke: order on Local ━━━",
        "",
        "Error",
        "  OrderError: no items",
        "    in the order",
        "      at handler (order.js:3:9)",
        "",
        "FAILED  The function ran and failed. OrderError: no items",
        "  45 ms at the client",
        "  status 200 · request id 8f507cfc · payload 7 bytes",
      ),
    );
  });

  it("shows the response of a failed function where it says more than the error", () => {
    const text = block({
      verdict: "failed",
      functionError: "Unhandled",
      response: { text: '{"errorType":"OrderError","order":7}' },
      responseBytes: 36,
      error: { name: "Unhandled", message: "no items", errorType: "OrderError" },
    });
    assert.match(
      text,
      /\n\nResponse \(36 bytes, JSON\)\n {2}\{\n {4}"errorType": "OrderError",\n {4}"order": 7\n {2}\}\n\n/,
    );
    assert.match(text, /\n\nError\n {2}OrderError: no items\n\n/);
  });

  it("says of an asynchronous invocation that it is queued, and shows no response", () => {
    const accepted = failed({ mode: "Event", verdict: "accepted", statusCode: 202, requestId: "r" });
    assert.equal(
      outputBlock(accepted, { responseLimit: 1000 }),
      lines(
        "━━━ 10:42:07.123 ━━━ Invoke Asynchronously: order on Local ━━━",
        "",
        "ACCEPTED  The event is queued. Lambda runs the function in the background.",
        "  45 ms at the client",
        "  status 202 · request id r · payload 7 bytes",
      ),
    );
  });

  it("says what to do where the answer was lost", () => {
    const lost = failed({ error: { name: "ECONNRESET", message: "The connection broke." } });
    assert.equal(
      outputBlock(lost, { responseLimit: 1000 }),
      lines(
        "━━━ 10:42:07.123 ━━━ Invoke: order on Local ━━━",
        "",
        "Error",
        "  ECONNRESET: The connection broke.",
        "  The function may have run. Look at its log before you send the event again; it wasn't sent twice.",
        "",
        "UNKNOWN  Whether the function ran is not known. ECONNRESET: The connection broke.",
        "  45 ms at the client",
        "  payload 7 bytes",
      ),
    );
  });

  it("says how many requests were sent where it was not one", () => {
    assert.match(block({ attempts: 3 }), / · 3 requests sent\n/);
    assert.match(block({ attempts: 0 }), / · 0 requests sent\n/);
    assert.doesNotMatch(block({ attempts: 1 }), /requests/);
  });

  it("shows what is known of an execution whose memory is not", () => {
    const report = { durationMs: 3.2, billedDurationMs: 4, memorySizeMb: 128 };
    assert.match(block({ report }), /client · 3\.2 ms in the function · billed 4 ms · memory 128 MB\n/);
  });

  it("names a function's qualifier and version where there is no ARN", () => {
    const text = block({ function: { name: "order", qualifier: "live" }, executedVersion: "7" });
    assert.match(text, /\n {2}order:live · version 7\n\n$/);
  });

  it("puts the stack's part in AWS's runtime client into a line, and leaves the record as it is", () => {
    const own = "    at check (file:///code/aws-lambda-rice/order.mjs:3:9)";
    const sdk = "    at send (/var/runtime/node_modules/@aws-sdk/client.js:1:2)";
    const error = { name: "Unhandled", message: "none left", errorType: "OrderError" };
    for (const client of [
      "    at Runtime.handle (file:///var/runtime/index.mjs:1173:29)",
      "    at Runtime.handle (file:///ext/dist/local/aws-lambda-ric-4/index.mjs:7:1)",
      "    at Runtime.handle (C:\\ext\\node_modules\\aws-lambda-ric\\dist\\index.mjs:7:1)",
    ]) {
      const stackTrace = ["OrderError: none left", own, sdk, client, client];
      const text = block({ verdict: "failed", functionError: "Unhandled", error: { ...error, stackTrace } });
      const more = "      … 2 more in AWS's runtime client";
      assert.ok(text.includes(`  OrderError: none left\n  ${own}\n  ${sdk}\n${more}\n\n`), text);
      assert.equal(stackTrace.length, 5);
    }
  });

  it("says that a response is empty", () => {
    assert.match(block({ response: { text: "" }, responseBytes: 0 }), /\n\nResponse \(empty\)\n\nRETURNED/);
  });

  it("shows text as text and bytes as bytes", () => {
    const text = block({ response: { text: "hello" }, responseBytes: 5 });
    assert.match(text, /\n\nResponse \(5 bytes, text, not JSON\)\n {2}hello\n\nRETURNED/);
    const binary = block({ response: { base64: "/wA=" }, responseBytes: 2 });
    assert.match(
      binary,
      /\n\nResponse \(2 bytes, binary, not text\)\n {2}00000000 {2}ff 00 .*\|\.\.\|\n\nRETURNED/,
    );
  });

  it("cuts a long response, and leads to the whole", () => {
    const whole = "x".repeat(5 * 1024 * 1024);
    const text = block({ response: { text: whole }, responseBytes: whole.length }, 10);
    const shown = text.slice(text.indexOf("Response"), text.indexOf("RETURNED"));
    assert.equal(
      shown,
      lines(
        "Response (5.0 MB, text, not JSON, cut)",
        "  xxxxxxxxxx",
        "  …",
        "Open the whole response (5.0 MB, record id-1)",
      ),
    );
    const record = { ...RECORD, responseBytes: whole.length };
    assert.ok(shown.split("\n").includes(wholeResponseLine(record)));
  });

  it("shows no log where there is none", () => {
    assert.doesNotMatch(block({ log: "" }), /Log/);
  });
});

describe("the blocks of an accepted event", () => {
  const EVENT: TrackedEvent = { function: { name: "order" }, connection: "Local", requestId: "8f507cfc" };
  const at = new Date(2026, 10, 21, 11, 2, 7, 123).getTime();
  const failed: Attempt = {
    number: 1,
    outcome: "failed",
    evidence: "platform",
    isLast: false,
    endedAtMs: at,
    log: "hello",
    deliveries: [],
  };

  it("show a run with its log, its verdict and its facts", () => {
    const report = { durationMs: 3.2, billedDurationMs: 4, memorySizeMb: 128, maxMemoryUsedMb: 64 };
    assert.equal(
      attemptBlock(EVENT, { ...failed, number: 2, retryInMs: 120_000, report }),
      lines(
        "━━━ 11:02:07.123 ━━━ Attempt 2: order on Local ━━━",
        "",
        "Log (all of it)",
        "  hello",
        "",
        "FAILED  The function ran and failed. Lambda tries the event again in about 2 minutes.",
        "  3.2 ms in the function · billed 4 ms · memory 64 of 128 MB",
        "  request id 8f507cfc",
      ),
    );
  });

  it("say what is next, and when: Local need not wait as long as Lambda", () => {
    const next = (run: Partial<Attempt>): string => attemptBlock(EVENT, { ...failed, ...run });
    assert.match(
      next({ retryInMs: 1000 }),
      /Local tries the event again in 1 second, AWS would in about 1 minute\.\n/,
    );
    assert.match(next({ retryInMs: 60_000 }), /Lambda tries the event again in about 1 minute\.\n/);
    assert.match(
      next({ isLast: true }),
      /doesn't try again: a destination or dead-letter queue gets the event, if/,
    );
    assert.match(
      next({ isLast: true, onFailure: "arn:aws:sns:x" }),
      /doesn't try again: arn:aws:sns:x gets the event\.\n/,
    );
  });

  it("say what became of the function's destinations on Local", () => {
    const deliveries = ["OnFailure: arn:aws:sqs:x (recorded, not sent)"];
    assert.match(
      attemptBlock(EVENT, { ...failed, isLast: true, onFailure: "arn:aws:sqs:x", deliveries }),
      /doesn't try again\.\n {2}request id \w+\n {2}OnFailure: arn:aws:sqs:x \(recorded, not sent\)\n/,
    );
  });

  it("say what they go by where Lambda doesn't say how an attempt ended", () => {
    const run = (changes: Partial<Attempt>): string => attemptBlock(EVENT, { ...failed, ...changes });
    assert.match(run({ outcome: "ended", isLast: true }), /\nENDED {2}The function ran and returned\.\n/);
    assert.match(
      run({ outcome: "ended", isLast: true, evidence: "log" }),
      /\nENDED {2}The function ran, and its log shows no error\. A log in text format doesn't say more\.\n/,
    );
    assert.match(run({ evidence: "log" }), /failed, going by the error at the end of its log\. Lambda tries/);
  });

  it("say that it runs only now", () => {
    const acceptedAt = new Date(2026, 10, 20, 23, 0, 0, 5).getTime();
    assert.equal(
      resumedBlock(EVENT, acceptedAt, at),
      lines(
        "━━━ 11:02:07.123 ━━━ Resume: order on Local ━━━",
        "",
        "ACCEPTED  The event was queued when the local service ended. It runs now.",
        "  accepted 2026-11-20 23:00:00.005 · request id 8f507cfc",
      ),
    );
  });

  it("say that it is not followed any more, since when, and what to do", () => {
    assert.equal(
      gaveUpBlock(EVENT, 0, at),
      lines(
        "━━━ 11:02:07.123 ━━━ Not Followed Any More: order on Local ━━━",
        "",
        "UNKNOWN  Nothing of the event was logged for 20 minutes. It's not followed any more.",
        "  Look for its request id in the function's log. Where that has no lines at all, the function's role may not write any.",
        "  request id 8f507cfc",
      ),
    );
    assert.match(gaveUpBlock(EVENT, 1, at), /After attempt 1, nothing more of the event[^]*destination/);
  });
});

describe("the advice of a record", () => {
  for (const [name, changes, advice] of [
    [
      "a throttle",
      { verdict: "notRun", statusCode: 429, error: named("TooManyRequestsException", "throttled") },
      /throttling/,
    ],
    [
      "a name not found",
      { verdict: "notRun", attempts: 0, error: named("ENOTFOUND", "nameNotFound") },
      /region and endpoint/,
    ],
    [
      "no listener after a throttle",
      { verdict: "notRun", attempts: 1, error: named("ECONNREFUSED", "connectionRefused") },
      /Nothing listens/,
    ],
    [
      "credentials that are refused before anything is sent",
      { verdict: "notRun", attempts: 0, statusCode: 403, error: named("ExpiredToken", "keysRefused") },
      /renew those/,
    ],
    [
      "credentials that are missing",
      {
        verdict: "notRun",
        attempts: 0,
        error: {
          ...named("LoginExpired", "noCredentials"),
          credential: { reason: "loginExpired", profile: "dev", signInProfile: "dev" },
        },
      },
      /^Sign in with `aws login --profile dev`\.$/,
    ],
    ["a cancelled call", { error: named("Cancelled", "canceled") }, /may still be running/],
    ["a deadline", { error: named("DeadlineExceeded", "deadlineExceeded") }, /may still be running/],
    [
      "a deadline before sending",
      { verdict: "notRun", attempts: 0, error: named("DeadlineExceeded", "connectionBroken") },
      /network/,
    ],
    [
      "a check that was not answered",
      { mode: "DryRun", error: named("ECONNRESET", "answerLost") },
      /^Check again\.$/,
    ],
    [
      "a refused check",
      { mode: "DryRun", verdict: "notRun", statusCode: 404, error: named("HTTP 404", "functionNotFound") },
      /name/,
    ],
  ] as const) {
    it(`fits ${name}`, () => assert.match(adviceOf(failed(changes)) ?? "", advice));
  }

  for (const [name, reason] of [
    ["InvalidRuntimeException", "runtimeUnsupported"],
    ["CodeArtifactUserFailedException", "codeNotPrepared"],
  ] as const) {
    it(`is left to Local's own message where that is an ${name}`, () => {
      const error = { name, reason, message: "py: Python functions need awslambdaric. Run: pip install it" };
      const refused = { verdict: "notRun", statusCode: 502, error } as const;
      assert.equal(adviceOf(failed(refused)), undefined);
      const text = outputBlock(failed(refused), { responseLimit: 10 });
      assert.ok(text.includes(`\n\nError\n  ${name}: ${error.message}\n\nNOT RUN`), text);
      assert.match(adviceOf(failed({ ...refused, connection: "prod" })) ?? "", /deploy/i);
    });
  }

  function named(name: string, reason: FailureReason): InvocationError {
    return { name, message: ".", reason };
  }
});

describe("a verdict in a sentence", () => {
  it("is there for every verdict", () => {
    for (const [verdict, { title, sentence }] of Object.entries(VERDICTS)) {
      assert.match(sentence, /^[A-Z].*\.$/);
      assert.equal(title.replace(" ", "").toLowerCase(), verdict.toLowerCase());
    }
  });

  it("names the function and the connection", () => {
    assert.equal(summary(RECORD), "order (Local): The function ran and returned.");
  });

  it("does not say of a check that the function may have run", () => {
    const lost = failed({ mode: "DryRun", error: { name: "ECONNRESET", message: "." } });
    assert.equal(summary(lost), "order (Local): The check was not answered. Nothing ran.");
    assert.doesNotMatch(outputBlock(lost, { responseLimit: 10 }), /may have run|not known/);
  });
});
