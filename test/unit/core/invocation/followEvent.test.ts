import assert from "node:assert/strict";
import { formatAttemptLine } from "@lambda-invoke/local/contract/attemptLine.ts";
import { RETRY_DELAYS_MS } from "@lambda-invoke/local/contract/retryDelays.ts";
import { type AcceptedEvent, followEvent } from "../../../../src/core/invocation/followEvent.ts";
import { type Attempt } from "../../../../src/core/invocation/attempt.ts";
import type { EventPolicy, LogLine, LogQuery } from "../../../../src/core/ports.ts";
import { LogGroupReaders } from "../../../../src/core/invocation/logGroupReader.ts";
import { ManualClock } from "./manualClock.ts";

const REQUEST = "8f507cfc-1111-2222-3333-444455556666";
const OTHER = "99999999-1111-2222-3333-444455556666";

/** A log group in memory, searched as CloudWatch Logs does. */
class ScriptedLog {
  readonly #lines: LogLine[] = [];
  readonly queries: LogQuery[] = [];
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  write(stream: string, ...messages: string[]): void {
    for (const message of messages) {
      const id = String(this.#lines.length);
      this.#lines.push({ id, stream, message, timestamp: this.#clock.now() });
    }
  }

  searchLog(query: LogQuery): Promise<readonly LogLine[]> {
    this.queries.push(query);
    const { stream, sinceMs, untilMs = Number.POSITIVE_INFINITY } = query;
    const inTime = this.#lines.filter(({ timestamp }) => timestamp >= sinceMs && timestamp < untilMs);
    return Promise.resolve(
      inTime.filter((line) => hasText(line, query) && (stream ?? line.stream) === line.stream),
    );
  }
}

function hasText({ message }: LogLine, { text = "" }: LogQuery): boolean {
  return [text].flat().some((each) => message.includes(each));
}

function start(id = REQUEST): string {
  return `START RequestId: ${id} Version: $LATEST\n`;
}

function report(id = REQUEST, more = ""): string {
  const figures = "Duration: 3.20 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB";
  return `REPORT RequestId: ${id}\t${figures}\t${more}\n`;
}

/** What Local says of an attempt. */
function told(outcome: "returned" | "failed", number = 1, retryInMs?: number): string {
  return formatAttemptLine({ requestId: REQUEST, number, outcome, retryInMs });
}

const FAILURE = `2026-11-21T10:00:00.000Z\t${REQUEST}\tERROR\tInvoke Error \t{"errorType":"Error"}`;

interface Following {
  clock: ManualClock;
  log: ScriptedLog;
  runs: Attempt[];
  stop: AbortController;
  done: Promise<void>;
  isDone: () => boolean;
}

interface Circumstances {
  log?: Pick<ScriptedLog, "searchLog">;
  policy?: EventPolicy;
  isLocal?: boolean;
}

function follow({ log, policy, isLocal }: Circumstances = {}): Following {
  const clock = new ManualClock();
  const scripted = new ScriptedLog(clock);
  const stop = new AbortController();
  const runs: Attempt[] = [];
  const event: AcceptedEvent = {
    requestId: REQUEST,
    function: { name: "f" },
    logGroup: "/aws/lambda/f",
    acceptedAtMs: clock.now(),
    retryDelaysMs: RETRY_DELAYS_MS.aws,
    isLocal,
  };
  const searched = log ?? scripted;
  const api = {
    searchLog: (query: LogQuery) => searched.searchLog(query),
    readLog: () => {
      throw new Error("An event takes no more than its own lines.");
    },
    eventPolicy: () => Promise.resolve(policy),
  };
  const reader = new LogGroupReaders().of("here", { api, clock, logGroup: event.logGroup });
  let ended = false;
  const collect = async (): Promise<void> => {
    try {
      for await (const run of followEvent(event, { api, clock, reader }, stop.signal)) runs.push(run);
    } finally {
      ended = true;
    }
  };
  const done = collect();
  return { clock, log: scripted, runs, stop, done, isDone: () => ended };
}

describe("following an accepted event", () => {
  it("yields a run with its whole log, also the lines that do not name the request, and ends", async () => {
    const { clock, log, runs, done } = follow();
    log.write("s1", "INIT_START\n", start(), "printed by the function\n", report());
    await clock.advance(2_000);
    await done;
    assert.equal(runs.length, 1);
    assert.equal(runs[0]?.outcome, "ended");
    assert.equal(runs[0]?.log, `${start()}printed by the function\n${report()}`.trimEnd());
    assert.deepEqual(runs[0]?.report, {
      durationMs: 3.2,
      billedDurationMs: 4,
      memorySizeMb: 128,
      maxMemoryUsedMb: 64,
    });
  });

  it("leaves out what the same sandbox, or another, logged for other requests", async () => {
    const { clock, log, runs, done } = follow();
    log.write("s1", start(OTHER), "not ours\n", report(OTHER), start(), "ours\n");
    log.write("s2", start(OTHER), "not ours either\n");
    log.write("s1", report());
    await clock.advance(2_000);
    await done;
    assert.match(runs[0]?.log ?? "", /ours/);
    assert.doesNotMatch(runs[0]?.log ?? "", /not ours/);
  });

  it("goes on after each failed attempt, minutes apart, and ends after the third", async () => {
    const { clock, log, runs, done, isDone } = follow();
    for (const [index, pauseMs] of [1_000, 60_000, 120_000].entries()) {
      await clock.advance(pauseMs);
      assert.equal(isDone(), false);
      log.write(`s${index}`, start(), FAILURE, report());
      await clock.advance(6_000);
      assert.equal(runs.length, index + 1);
    }
    await done;
    assert.deepEqual(
      runs.map(({ number, outcome, isLast, retryInMs }) => [number, outcome, isLast, retryInMs]),
      [
        [1, "failed", false, 60_000],
        [2, "failed", false, 120_000],
        [3, "failed", true, undefined],
      ],
    );
  });

  it("ends after as many attempts as the function is configured for, and says where the event goes", async () => {
    for (const maximumRetryAttempts of [0, 1]) {
      const { clock, log, runs, done } = follow({ policy: { maximumRetryAttempts, onFailure: "arn:q" } });
      for (let run = 0; run <= maximumRetryAttempts; run++) {
        log.write("s", start(), FAILURE, report());
        await clock.advance(6_000);
      }
      await done;
      assert.equal(runs.length, maximumRetryAttempts + 1);
      assert.deepEqual([runs.at(-1)?.isLast, runs.at(-1)?.onFailure], [true, "arn:q"]);
    }
  });

  it("tells what Local did for the function's destinations, without the record", async () => {
    const { clock, log, runs, done } = follow({ isLocal: true });
    const delivery = `DESTINATION RequestId: ${REQUEST} OnSuccess: arn:f (invoked with request id x)\t{"version":1}\n`;
    // A function may print such lines, but not to the streams of the service.
    log.write("s1", start(), delivery.replace("invoked", "printed"), report());
    log.write("destinations", delivery);
    log.write("attempts", told("returned"));
    await clock.advance(2_000);
    await done;
    assert.deepEqual(runs[0]?.deliveries, ["OnSuccess: arn:f (invoked with request id x)"]);
  });

  it("goes by what Local says of each attempt, whatever the function prints", async () => {
    const { clock, log, runs, done } = follow({ isLocal: true });
    const forged = [FAILURE, told("failed"), report(REQUEST, "Status: error"), "[ERROR] Payment: declined"];
    log.write("s1", start(), ...forged, report());
    await clock.advance(2_000);
    assert.equal(runs.length, 0);
    log.write("attempts", told("failed", 1, 1_000));
    await clock.advance(2_000);
    log.write("s2", start(), report(REQUEST, "Status: success"), "quiet", report());
    log.write("attempts", told("returned", 2));
    await clock.advance(2_000);
    await done;
    assert.deepEqual(
      runs.map(({ number, outcome, evidence, retryInMs }) => [number, outcome, evidence, retryInMs]),
      [
        [1, "failed", "platform", 1_000],
        [2, "ended", "platform", undefined],
      ],
    );
    assert.match(runs[0]?.log ?? "", /^START[^]*Payment: declined[^]*REPORT/);
    assert.match(runs[1]?.log ?? "", /^START[^]*quiet\nREPORT/);
  });

  it("ends after the attempt that succeeds", async () => {
    const { clock, log, runs, done } = follow();
    log.write("s1", start(), FAILURE, report());
    await clock.advance(60_000);
    log.write("s1", start(), report());
    await clock.advance(5_000);
    await done;
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      ["failed", "ended"],
    );
  });

  it("looks only at the function's group, from a minute before the event", async () => {
    const { clock, log, stop, done } = follow();
    await clock.advance(1_000);
    stop.abort();
    await done;
    assert.deepEqual(log.queries[0], {
      logGroup: "/aws/lambda/f",
      text: REQUEST,
      allPages: true,
      sinceMs: Date.UTC(2026, 10, 21, 9, 59, 0),
    });
  });

  it("asks less and less often, and gives up after twenty quiet minutes", async () => {
    const { clock, log, runs, done, isDone } = follow();
    await clock.advance(15_000);
    const atFirst = log.queries.length;
    await clock.advance(60_000);
    assert.ok(atFirst >= 14, `${atFirst} questions in the first 15 seconds`);
    assert.ok(log.queries.length - atFirst <= 13, `${log.queries.length - atFirst} in the next minute`);
    assert.equal(isDone(), false);
    await clock.advance(20 * 60_000);
    await done;
    assert.deepEqual(runs, []);
  });

  it("stops when it is told to", async () => {
    const { stop, done } = follow();
    stop.abort();
    await done;
  });

  it("throws where the log cannot be read", async () => {
    const { clock, done } = follow({ log: { searchLog: () => Promise.reject(new Error("no permission")) } });
    const refused = assert.rejects(done, /no permission/);
    await clock.advance(1_000);
    await refused;
  });
});

describe("the outcome of a run", () => {
  const json = (status: string): string =>
    `{"type":"platform.report","record":{"requestId":"${REQUEST}","metrics":{"durationMs":1,"billedDurationMs":1,"memorySizeMB":128,"maxMemoryUsedMB":64},"status":"${status}"}}`;
  for (const [what, outcome, ...messages] of [
    ["a good run", "ended", start(), report()],
    [
      "an error that the function logged and handled",
      "ended",
      start(),
      `\t${REQUEST}\tERROR\tno stock`,
      report(),
    ],
    [
      "a good run in JSON",
      "ended",
      `{"type":"platform.start","record":{"requestId":"${REQUEST}"}}`,
      json("success"),
    ],
    [
      "an error in JSON that the function logged and handled",
      "ended",
      `{"level":"ERROR","errorType":"Error","stackTrace":[],"message":"handled"}`,
      json("success"),
    ],
    [
      "what reads like an error in a function's own words",
      "ended",
      start(),
      `2026-11-21T10:00:00.000Z\t${REQUEST}\tINFO\t{"errorType":"Error"}`,
      `2026-11-21T10:00:00.000Z\t${REQUEST}\tINFO\tTask timed out after 3.00 seconds`,
      "[ERROR] no stock",
      report(),
    ],
    ["a module that could not be loaded", "failed", start(), report(REQUEST, "Status: error\tError Type: x")],
    ["an error of Go or Ruby", "failed", start(), `{"errorMessage":"no","errorType":"x"}`, report()],
    ["an error that a Node.js handler threw", "failed", start(), FAILURE, report()],
    [
      "an exception of Python",
      "failed",
      start(),
      "[ERROR] ValueError: no\nTraceback (most recent call last):\n  File",
      report(),
    ],
    ["a timeout", "failed", start(), `2026 ${REQUEST} Task timed out after 3.00 seconds`, report()],
    ["a status in the report", "failed", start(), report(REQUEST, "Status: timeout")],
    [
      "a crash",
      "failed",
      start(),
      `RequestId: ${REQUEST} Error: Runtime exited with error: exit status 1`,
      report(),
    ],
    [
      "an error in a function's own words, at the end of its log",
      "ended",
      start(),
      "[ERROR] Payment: declined",
      report(),
    ],
    [
      "a report that the function printed before its error",
      "failed",
      start(),
      report(REQUEST, "Status: success"),
      `END RequestId: ${REQUEST}`,
      FAILURE,
      `END RequestId: ${REQUEST}`,
      report(),
    ],
    [
      "a success, which Lambda's text format doesn't say",
      "failed",
      start(),
      FAILURE,
      report(REQUEST, "Status: success"),
    ],
    [
      "failures that the function printed, and another start",
      "ended",
      start(),
      FAILURE,
      report(REQUEST, "Status: error"),
      start(),
      `{"type":"platform.report","record":{"requestId":"${REQUEST}","status":"failure"}}`,
      "done",
      report(),
    ],
    ["a report in JSON that the function printed", "failed", start(), json("success"), FAILURE, report()],
    [
      "another request's timeout",
      "ended",
      start(),
      `2026 ${OTHER} Task timed out after 3.00 seconds`,
      report(),
    ],
    [
      "a timeout that Lambda logs after the report",
      "failed",
      start(),
      report(REQUEST, "Status: timeout"),
      `2026-11-21T10:00:03.000Z ${REQUEST} Task timed out after 3.00 seconds\n\n`,
    ],
    [
      "a failure in JSON",
      "failed",
      `{"type":"platform.start","record":{"requestId":"${REQUEST}"}}`,
      json("failure"),
    ],
  ] as const) {
    it(`of ${what} is ${outcome}`, async () => {
      const { clock, log, runs, stop, done } = follow();
      log.write("s1", ...messages);
      await clock.advance(2_000);
      stop.abort();
      await done;
      assert.deepEqual(
        runs.map((run) => run.outcome),
        [outcome],
      );
    });
  }
});
