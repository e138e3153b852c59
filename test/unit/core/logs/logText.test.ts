import assert from "node:assert/strict";
import { formatTime } from "../../../../src/core/format.ts";
import { LogText } from "../../../../src/core/logs/logText.ts";
import { finish } from "../../../../src/core/output/steps.ts";
import type { LogLine } from "../../../../src/core/ports.ts";

const ID = "8f8ec770-f820-45fe-b373-72680b729dfc";
const OTHER = "11111111-2222-4333-8444-555555555555";
const AT = Date.parse("2026-01-02T03:04:05.678Z");
const time = formatTime(new Date(AT).toISOString());

function line(message: string, changes: Partial<LogLine> = {}): LogLine {
  return { id: message, stream: "s", timestamp: AT, message, ...changes };
}

/** What is shown of lines, below the heading. */
function shown(...lines: (string | LogLine)[]): string {
  const log = new LogText({ function: "order", connection: "prod" }, false);
  log.showsDetails = true;
  finish(log.add(lines.map((each) => (typeof each === "string" ? line(each) : each))));
  return bodyOf(log);
}

function bodyOf(log: LogText): string {
  return log.toString().split("\n").slice(2, -1).join("\n");
}

const json = (value: object): string => JSON.stringify(value);

describe("the text of a log that is followed", () => {
  for (const [runtime, message, expected] of [
    ["Node.js", `2026-01-02T03:04:05.700Z\t${ID}\tINFO\tpacked`, "INFO  8f8ec770  packed"],
    ["Node.js outside of a run", "2026-01-02T03:04:05.700Z\tundefined\tWARN\tcold", "WARN            cold"],
    ["Python", `[WARNING]\t2026-01-02T03:04:05.700Z\t${ID}\tfew left`, "WARN  8f8ec770  few left"],
    ["Python outside of a run", "[INFO]\t2026-01-02T03:04:05.700Z\t\tloaded", "INFO            loaded"],
    [".NET", `2026-01-02T03:04:05.700Z\t${ID}\tfail\tnone`, "ERROR 8f8ec770  none"],
    ["Java", `2026-01-02 03:04:05 ${ID} DEBUG Handler:12 - in`, "DEBUG 8f8ec770  Handler:12 - in"],
    ["Ruby", `I, [2026-01-02T03:04:05.7 #8]  INFO RequestId: ${ID} -- : hi`, "INFO  8f8ec770  hi"],
    ["an unhandled error of Python", "[ERROR] KeyError: 'id'", "ERROR           KeyError: 'id'"],
    ["a level in front", "ERROR: no stock", "ERROR           no stock"],
    ["a timeout", `2026-01-02T03:04:05.700Z ${ID} Task timed out after 3.00 seconds`, "ERROR 8f8ec770  2026"],
    ["plain text", "hello", "                hello"],
    ["a word in brackets that isn't a level", "[main] ready", "                [main] ready"],
  ] as const) {
    it(`lays out the text of ${runtime}`, () => {
      const text = shown(`${message}\n`);
      assert.ok(text.startsWith(`${time} ${expected}`), text);
    });
  }

  it("lays out the lines of Lambda itself", () => {
    assert.equal(
      shown(`START RequestId: ${ID} Version: $LATEST\n`, `REPORT RequestId: ${ID}\tDuration: 5 ms\t\n`),
      [
        `${time}       8f8ec770  START RequestId: ${ID} Version: $LATEST`,
        `${time}       8f8ec770  REPORT RequestId: ${ID}  Duration: 5 ms`,
      ].join("\n"),
    );
    const report = json({
      time: "2026-01-02T03:04:05.700Z",
      type: "platform.report",
      record: {
        requestId: ID,
        status: "success",
        metrics: { durationMs: 5.2, billedDurationMs: 6, memorySizeMB: 128, maxMemoryUsedMB: 64 },
      },
    });
    const text = shown(report);
    assert.ok(text.startsWith(`${time}       8f8ec770  platform.report  success\n`), text);
    assert.match(text, /\n {2}5.2 ms in the function · billed 6 ms · memory 64 of 128 MB\n/);
  });

  it("shows level, request and message of a structured line first, what Powertools adds next, and the rest below", () => {
    const text = shown(
      json({
        level: "INFO",
        location: "handler:12",
        message: "order taken",
        timestamp: "2026-01-02 03:04:05,700+0000",
        service: "payments",
        cold_start: true,
        function_name: "order",
        function_memory_size: "128",
        function_arn: "arn:aws:lambda:eu-west-1:123456789012:function:order",
        function_request_id: ID,
        correlation_id: "c-1",
        xray_trace_id: "1-2-3",
        order_id: 12,
      }),
    );
    assert.equal(
      text,
      [
        `${time} INFO  8f8ec770  order taken`,
        "  service payments · cold start · at handler:12 · correlation id c-1 · X-Ray trace 1-2-3 · function order · memory 128 MB · arn:aws:lambda:eu-west-1:123456789012:function:order",
        "  order_id: 12",
      ].join("\n"),
    );
  });

  /** What is shown of lines whose details aren't asked for. */
  function folded(...messages: string[]): string {
    const log = new LogText({ function: "order", connection: "prod" }, false);
    finish(log.add(messages.map((message) => line(message))));
    return bodyOf(log);
  }

  it("hides the details of a line at first, and says how many there are", () => {
    const taken = json({
      level: "INFO",
      message: "order\ntaken",
      service: "payments",
      order_id: 12,
      items: [1],
    });
    assert.equal(
      folded(taken, json({ level: "WARN", msg: "few left" }), "plain"),
      [
        `${time} INFO            order  … 3 more`,
        "  taken",
        `${time} WARN            few left`,
        `${time}                 plain`,
      ].join("\n"),
    );
    const log = new LogText({ function: "order", connection: "prod" }, false);
    finish(log.add([line(taken)]));
    log.showsDetails = true;
    assert.equal(bodyOf(log), shown(taken));
    log.showsDetails = false;
    assert.equal(bodyOf(log), folded(taken));
  });

  it("doesn't hide what failed, whatever a line calls it, nor what Lambda measured", () => {
    for (const failed of [
      { level: "ERROR", message: "m", order_id: 12 },
      { level: "critical", message: "m", order_id: 12 },
      { errorType: "TypeError", errorMessage: "no", stackTrace: ["at f"] },
      { level: "WARN", message: "m", err: { message: "no" } },
      { level: "INFO", message: "m", exception: "Traceback\n  File" },
      { level: "INFO", message: "m", exception_name: "KeyError" },
    ])
      assert.equal(folded(json(failed)), shown(json(failed)));
    const metrics = { durationMs: 5.2, billedDurationMs: 6, memorySizeMB: 128, maxMemoryUsedMB: 64 };
    const report = json({ type: "platform.report", record: { requestId: ID, status: "success", metrics } });
    const text = folded(report);
    assert.match(text, /platform\.report {2}success {2}… \d more\n {2}5\.2 ms in the function · [^\n]*$/);
  });

  it("knows the same fields as Powertools for TypeScript, Java and .NET write them", () => {
    const text = shown(
      json({ Level: "Warning", Message: "a", FunctionRequestId: ID, ColdStart: true, Service: "s" }),
      json({ level: "WARN", message: "b", functionRequestId: ID, coldStart: true, service: "s" }),
    );
    assert.equal(
      text.replaceAll(/ (?:a|b)\n/g, " _\n"),
      `${time} WARN  8f8ec770  _\n  service s · cold start\n`.repeat(2).trimEnd(),
    );
  });

  it("keeps numbers, escapes and duplicate names as they came", () => {
    const text = shown('{"msg":"m","level":30,"id":12345678901234567890,"price":1.0,"a":"\\u0041","a":2}');
    assert.equal(
      text,
      `${time} INFO            m\n  id: 12345678901234567890\n  price: 1.0\n  a: "\\u0041"\n  a: 2`,
    );
  });

  it("shows a time of the line's own only if it's another one", () => {
    assert.doesNotMatch(shown(json({ message: "m", time: "2026-01-02T03:04:05.700Z" })), /time/);
    assert.match(shown(json({ message: "m", time: "2026-01-01T00:00:00Z" })), /time: "2026-01-01T00:00:00Z"/);
    assert.doesNotMatch(shown(json({ msg: "m", time: AT })), /time/);
  });

  it("shows stacks and strings of several lines as they are", () => {
    const text = shown(
      json({
        level: "ERROR",
        message: "failed",
        exception: 'Traceback (most recent call last):\n  File "/var/task/app.py", line 3, in handler',
        error: { name: "Error", stack: "Error: no\n    at check (/var/task/index.mjs:20:11)" },
      }),
      json({ errorType: "TypeError", errorMessage: "no", stackTrace: ["    at f (/var/task/a.js:1:2)"] }),
    );
    assert.match(text, /\n {2}exception:\n {4}Traceback[^\n]*\n {6}File "\/var\/task\/app.py", line 3,/);
    assert.match(text, /\n {2}error:\n {4}name: "Error"\n {4}stack:\n {6}Error: no\n {10}at check \(/);
    assert.match(text, /TypeError: no\n/);
    assert.match(text, /\n {2}stackTrace:\n {8}at f \(\/var\/task\/a.js:1:2\)$/);
  });

  it("shows an object without a message, and one as the message, by what it says", () => {
    assert.match(shown('{"a":1}'), /^\S+ {17}\{"a":1\}\n {2}a: 1$/);
    assert.match(
      shown(json({ level: "INFO", message: { order: 1 } })),
      /INFO {12}\{"order":1\}\n {2}message: \{"order":1\}$/,
    );
    assert.match(
      shown(json({ level: "ERROR", message: { errorType: "E", errorMessage: "m" } })),
      /ERROR {11}E: m\n/,
    );
  });

  it("lays out large objects, each with its lines indented below its name", () => {
    const items = Array.from({ length: 30 }, (_, id) => ({ id }));
    const text = shown(json({ message: "m", items }));
    assert.match(text, /\n {2}items: \[\n {4}\{\n {6}"id": 0\n {4}\},\n/);
  });

  it("takes what isn't an object of JSON as text", () => {
    for (const message of ['{"a":', "{a: 1}", "[1,2]", '"text"', "{}{}"])
      assert.equal(shown(message), `${time}                 ${message}`);
  });

  it("lets nothing of a function begin a line, color it or turn it", () => {
    const text = shown(
      "a\n━━━ 10:00:00 ━━━ a note of ours\r\u001b[31mred\u001b[0m \u202e",
      json({ message: "m\n━━━ b", "x\n━━━ c": "d\n━━━ e\u0007" }),
    );
    for (const each of text.split("\n")) assert.match(each, /^(?:\d\d:\d\d:\d\d\.\d{3} | {2})/);
    assert.match(text, /\\rred \\u202e/);
    assert.match(text, /\\u0007/);
  });

  it("cuts a line that goes on for ever, and says so", () => {
    for (const message of ["x\n".repeat(100_000), json({ message: "m", a: "y\n".repeat(100_000) })]) {
      const text = shown(message);
      assert.ok(text.length < 40_000, `${text.length}`);
      assert.match(text, /… the line goes on: [\d,]+ characters in all$/);
    }
    assert.ok(shown("z".repeat(1024 * 1024)).length < 40_000);
  });

  it("shows the lines of one request alone, also those of its run that don't name it, and our notes", () => {
    const log = new LogText({ function: "order", connection: "prod" }, false);
    const lines = [
      line(`START RequestId: ${ID} Version: $LATEST\n`),
      line(`START RequestId: ${OTHER} Version: $LATEST\n`, { stream: "t" }),
      line("of the first\n"),
      line("of the second\n", { stream: "t" }),
      line(`REPORT RequestId: ${ID}\tDuration: 5 ms\tBilled Duration: 6 ms\tMemory Size: 128 MB\t\n`),
      line("between two runs\n"),
      line(json({ message: "structured", requestId: ID })),
    ];
    finish(log.add(lines));
    log.note("Paused.", AT);
    assert.deepEqual(
      log.requests.map(({ requestId }) => requestId),
      [OTHER, ID],
    );
    log.filter = ID;
    const text = log.toString();
    assert.match(text, new RegExp(`only request ${ID}`));
    assert.match(text, /START[^]*of the first[^]*REPORT[^]*structured[^]*Paused\./);
    assert.doesNotMatch(text, /second|between/);
    log.filter = undefined;
    assert.match(log.toString(), /of the second[^]*between two runs/);
  });

  it("keeps the last lines of a long log, and says how many went", () => {
    const log = new LogText({ function: "order", connection: "prod" }, false);
    const lines = Array.from({ length: 30_000 }, (_, n) => line(`line ${n} of many`));
    finish(log.add(lines));
    const text = log.toString();
    assert.ok(text.length < 520 * 1024, `${text.length}`);
    const [, dropped = ""] = /… ([\d,]+) earlier lines are in the log group only/.exec(text) ?? [];
    const [, first] = /line (\d+) of many/.exec(text) ?? [];
    assert.equal(Number(dropped.replaceAll(",", "")), Number(first));
    assert.match(text, /line 29999 of many\n$/);
    log.clear();
    assert.equal(bodyOf(log), "");
    assert.doesNotMatch(log.toString(), /earlier/);
  });
});
