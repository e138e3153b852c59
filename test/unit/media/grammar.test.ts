import assert from "node:assert/strict";
import { attemptBlock } from "../../../src/core/output/eventBlocks.ts";
import { outputBlock } from "../../../src/core/output/outputBlock.ts";
import { ATTEMPT_TITLES, RULE, SECTIONS, VERDICTS } from "../../../src/core/output/titles.ts";
import type { InvocationRecord, Verdict } from "../../../src/core/invocation/record.ts";
import { loadGrammar, readGrammar, type Token } from "./tokens.ts";

const requestId = "8f8ec770-f820-45fe-b373-72680b729dfc";
const record: InvocationRecord = {
  id: "0c5bef4e-7525-4547-b302-5cc94e555a12",
  function: { name: "order", arn: "arn:aws:lambda:eu-west-1:123456789012:function:order" },
  connection: "prod eu-west-1",
  mode: "RequestResponse",
  startedAt: "2026-01-02T03:04:05.678Z",
  durationMs: 122,
  attempts: 1,
  payload: { text: "{}", bytes: 2 },
  verdict: "returned",
  statusCode: 200,
  requestId,
  response: { text: '{"total":2190,"currency":"EUR","Error":"none"}' },
  responseBytes: 46,
  report: { durationMs: 15, billedDurationMs: 90, memorySizeMb: 128, maxMemoryUsedMb: 52 },
  log: [
    `START RequestId: ${requestId} Version: $LATEST`,
    `2026-01-02T03:04:05.700Z\t${requestId}\tINFO\tpieces`,
    `2026-01-02T03:04:05.701Z\t${requestId}\tWARN\tfew left`,
    "[ERROR] none left",
    "[DEBUG] stock",
    "",
    "after an empty line: ERROR",
    `REPORT RequestId: ${requestId}\tDuration: 15.00 ms`,
  ].join("\n"),
};

const colors: Record<Verdict, string> = {
  returned: "markup.inserted",
  accepted: "markup.inserted",
  valid: "markup.inserted",
  failed: "markup.deleted",
  notRun: "markup.changed",
  unknown: "markup.changed",
};

describe("the grammar of the output panel", () => {
  it("knows the titles of the panel's text, and no others", async () => {
    const { heading, verdict, error, response, log } = (await readGrammar()).repository;
    const verdicts = [...Object.values(VERDICTS).map(({ title }) => title), ATTEMPT_TITLES.ended];
    const [colored = ""] = /\(\?:.*\)(?= {2})/.exec(verdict.begin) ?? [];
    assert.deepEqual(wordsOf(colored), verdicts.toSorted());
    // What a function wrote is indented: a section ends at the first line that isn't.
    assert.deepEqual([error.end, log.end, verdict.end], ["^(?!  )", "^(?!  )", "^(?!  )"]);
    assert.ok(log.begin.startsWith(`^(${SECTIONS.log}) `));
    assert.equal(error.begin, `^${SECTIONS.error}$`);
    assert.ok(response.patterns[0]?.begin?.startsWith(`^(${SECTIONS.response}) `));
    assert.ok(heading.match.startsWith(`^(${RULE}) `) && heading.match.endsWith(` (${RULE})$`));
  });

  let tokenize: (text: string) => Token[][];
  before(async () => {
    tokenize = await loadGrammar();
  });

  const show = (changes: Partial<InvocationRecord> = {}, responseLimit = 10_000): Token[][] =>
    tokenize(outputBlock({ ...record, ...changes }, { responseLimit }));

  for (const [verdict, { title }] of Object.entries(VERDICTS) as [Verdict, { title: string }][]) {
    it(`shows ${title} bold and in a color of its own`, () => {
      const scopes = scopesOf(show({ verdict }), title);
      assertScope(scopes, "markup.bold");
      assertScope(scopes, colors[verdict]);
    });
  }

  it("tells the heading's mode, function and connection apart", () => {
    const lines = show();
    assertScope(scopesOf(lines, "Invoke: "), "keyword.control");
    assertScope(scopesOf(lines, "order"), "entity.name.function");
    assertScope(scopesOf(lines, "prod eu-west-1"), "entity.name.type");
  });

  it("tells each fact's name from its value", () => {
    const lines = show({ attempts: 2, executedVersion: "7" });
    for (const name of [
      "at the client",
      "in the function",
      "billed",
      "memory",
      "status",
      "request id",
      "payload",
      "requests sent",
      "version",
    ])
      assertScope(scopesOf(lines, name), "variable.other.property");
    assertScope(scopesOf(lines, "122 ms"), "constant.numeric");
    assertScope(scopesOf(lines, "52 of 128 MB"), "constant.numeric");
    assertScope(scopesOf(lines, "arn:aws:lambda:eu-west-1:123456789012:function:order"), "string");
    assertScope(scopesOf(lines, requestId), "string");
  });

  it("shows a status of an error as one, and any other as a number", () => {
    assertScope(scopesOf(show(), "200"), "constant.numeric");
    assertScope(scopesOf(show({ statusCode: 429 }), "429"), "token.error-token");
  });

  it("colors a response's JSON as JSON, and what follows it as what it is", () => {
    const lines = show();
    assertScope(scopesOf(lines, '"total"'), "support.type.property-name.json");
    assertScope(scopesOf(lines, "2190"), "constant.numeric.json");
    assertScope(scopesOf(lines, '"EUR"'), "meta.embedded.block.json");
    assertScope(scopesOf(lines, "RETURNED"), "markup.inserted");
  });

  it("ends with the response, also where a string of it was cut", () => {
    const text = JSON.stringify({ long: "x".repeat(500) });
    const lines = show({ response: { text }, responseBytes: text.length }, 50);
    assertScope(scopesOf(lines, "x".repeat(20)), "string.quoted.double.json");
    assertScope(scopesOf(lines, "Open the whole response"), "markup.underline.link");
    const rest = lines.slice(lines.findIndex(([first]) => first?.text.includes("Open the whole")));
    assert.ok(rest.flat().every(({ scopes }) => !scopes.some((scope) => scope.includes("json"))));
  });

  it("doesn't color a response that isn't JSON", () => {
    const lines = show({ response: { text: '<p>"a": 1</p>' }, responseBytes: 13 });
    assert.deepEqual(scopesOf(lines, '  <p>"a": 1</p>'), []);
  });

  it("shows the log's levels, and the platform's own lines as less important", () => {
    const lines = show();
    assertScope(scopesOf(lines, "INFO"), "token.info-token");
    assertScope(scopesOf(lines, "WARN"), "token.warn-token");
    assertScope(scopesOf(lines, "ERROR"), "token.error-token");
    assertScope(scopesOf(lines, "DEBUG"), "comment");
    assertScope(scopesOf(lines, "  START RequestId"), "comment");
    assertScope(scopesOf(lines, "  REPORT RequestId"), "comment");
    assertScope(scopesOf(lines, "2026-01-02T03:04:05.700Z"), "constant.numeric");
  });

  it("keeps to the log after an empty line in it", () => {
    const lines = show();
    const after = lines.filter((line) =>
      line.some(({ text }) => text.trimStart().startsWith("after an empty line")),
    );
    assertScope(scopesOf(after, "ERROR"), "token.error-token");
  });

  it("takes no word of a response for a heading or a level", () => {
    const lines = show();
    assertScope(scopesOf(lines, '"Error"'), "support.type.property-name.json");
  });

  it("shows an error's type as an error, and its stack as less important", () => {
    const error = { name: "Unhandled", message: "none left", errorType: "OrderError" };
    const lines = show({
      verdict: "failed",
      error: { ...error, stackTrace: ["    at check (index.mjs:20:11)"] },
    });
    assertScope(scopesOf(lines, "OrderError"), "token.error-token");
    assertScope(scopesOf(lines, "      at check"), "comment");
  });

  it("shows the runs of an event like an invocation", () => {
    const run = {
      number: 2,
      log: "[ERROR] none left",
      outcome: "failed",
      evidence: "platform",
      isLast: false,
      endedAtMs: 0,
      deliveries: [],
    } as const;
    const lines = tokenize(attemptBlock({ ...record, requestId }, run));
    assertScope(scopesOf(lines, "Attempt 2: "), "keyword.control");
    assertScope(scopesOf(lines, "ERROR"), "token.error-token");
    assertScope(scopesOf(lines, "FAILED"), "markup.deleted");
  });
});

/** The titles in an alternation of a regular expression. */
function wordsOf(alternation: string): string[] {
  return (alternation.match(/[A-Z]+(?: [A-Z]+)*/g) ?? []).toSorted();
}

/** The scopes of the last token that begins with a string. */
function scopesOf(lines: readonly Token[][], text: string): readonly string[] {
  const found = lines.flat().findLast((token) => token.text.startsWith(text));
  assert.ok(found, `nothing begins with ${text}`);
  return found.scopes;
}

function assertScope(scopes: readonly string[], wanted: string): void {
  const has = scopes.some((scope) => scope === wanted || scope.startsWith(`${wanted}.`));
  assert.ok(has, `${wanted} is not among ${scopes.join(" ")}`);
}
