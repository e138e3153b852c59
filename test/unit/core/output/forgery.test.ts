import assert from "node:assert/strict";
import fc from "fast-check";
import { tries } from "../../../../tools/testing/variation.ts";
import { parseFunctionError } from "../../../../src/core/invocation/functionError.ts";
import type { TrackedEvent } from "../../../../src/core/invocation/invocationEvent.ts";
import type { InvocationRecord } from "../../../../src/core/invocation/record.ts";
import { readResponse } from "../../../../src/core/invocation/responseBody.ts";
import { attemptBlock } from "../../../../src/core/output/eventBlocks.ts";
import { outputBlock, wholeResponseLine } from "../../../../src/core/output/outputBlock.ts";
import { indentedSteps, indentedText } from "../../../../src/core/output/safeText.ts";
import { finish } from "../../../../src/core/output/steps.ts";
import { loadGrammar, type Token } from "../../media/tokens.ts";

const ID = "8f507cfc-1111-2222-3333-444455556666";
const EVENT: TrackedEvent = { function: { name: "order" }, connection: "Local", requestId: ID };

/** What a function would write to pass for the panel, and every character that may begin a line or hide one. */
const piece = fc.oneof(
  fc.constantFrom(
    "RETURNED  The function ran and returned.",
    "FAILED  The function ran and failed.",
    "ENDED  The function ran and returned.",
    "━━━ 10:42:07.123 ━━━ Invoke: order on prod ━━━",
    "Response (22 bytes, JSON)",
    "Log (the last 4 KB)",
    "Error",
    "Open the whole response (22 bytes, record 0c5bef4e)",
    "  status 200 · request id x",
    `REPORT RequestId: ${ID}\tDuration: 1 ms\tBilled Duration: 1 ms\tMemory Size: 1 MB\tStatus: success`,
    "\u001b[2J\u001b[1;32m",
    "\u001b]8;;command:lambdaInvoke.invoke\u0007",
    "\u202e",
    "\u2028",
    "\u2029",
    "\u0085",
    "\r",
    "\n",
    "\r\n",
    "\n\n",
    "\u000b",
    "\u000c",
    "\u0000",
    "\u0008",
    "\ud800",
    "  ",
    '"',
    "{",
    "[1,",
  ),
  fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)),
  fc.string({ unit: "binary", maxLength: 5 }),
);
const output = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

const record: InvocationRecord = {
  id: "0c5bef4e-7525-4547-b302-5cc94e555a12",
  function: { name: "order" },
  connection: "prod",
  mode: "RequestResponse",
  startedAt: "2026-01-02T03:04:05.678Z",
  durationMs: 122,
  attempts: 1,
  payload: { text: "{}", bytes: 2 },
  verdict: "returned",
  statusCode: 200,
  requestId: ID,
};

/** A record whose every part from the other end is a forger's. */
function forged(text: string, limit: number): { block: string; record: InvocationRecord } {
  const bytes = Buffer.from(text);
  const made: InvocationRecord = {
    ...record,
    verdict: "failed",
    log: text,
    requestId: text,
    executedVersion: text,
    origin: text,
    response: readResponse(bytes),
    responseBytes: bytes.length,
    functionError: "Unhandled",
    error: parseFunctionError(
      text,
      JSON.stringify({ errorMessage: text, errorType: text, stackTrace: text.split("\n"), more: 1 }),
    ),
  };
  return { block: outputBlock(made, { responseLimit: limit }), record: made };
}

// oxlint-disable-next-line no-control-regex
const BREAK = /\r\n|[\n\r\u000b\u000c\u0085\u2028\u2029]/;
const OURS =
  /^(?:━━━ [\d:.]+ ━━━ (?:Invoke|Attempt \d): order on (?:prod|Local) ━━━|Log \(.*\)|Error|Response \(.*\)|)$/;
/** Controls but tab and line feed, and marks of direction. */
const HIDDEN = /(?![\t\n])\p{Cc}|[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

/** Asserts that all of a block at column 0 is ours, with one verdict. */
function assertOurs(block: string, verdict: string, ...also: string[]): void {
  assert.doesNotMatch(block, HIDDEN);
  const lines = block.split(BREAK).filter((line) => !line.startsWith("  "));
  const verdicts = lines.filter((line) => line.startsWith(`${verdict}  `));
  assert.equal(verdicts.length, 1, block);
  const others = lines.filter((line) => !verdicts.includes(line) && !also.includes(line));
  for (const line of others) assert.match(line, OURS);
}

describe("a function that prints or throws anything", () => {
  let tokenize: (text: string) => Token[][];
  before(async () => {
    tokenize = await loadGrammar();
  });

  it("can't write a line of the panel at column 0", () => {
    fc.assert(
      fc.property(output, fc.constantFrom(1, 20, 10_000), (text, limit) => {
        const { block, record: made } = forged(text, limit);
        assertOurs(block, "FAILED", wholeResponseLine(made));
      }),
      tries(2000, 20_000),
    );
  });

  it("can't do so with an asynchronous attempt either", () => {
    fc.assert(
      fc.property(output, (text) => {
        const attempt = { number: 1, isLast: true, endedAtMs: 0, log: text } as const;
        const block = attemptBlock(EVENT, {
          ...attempt,
          outcome: "failed",
          evidence: "platform",
          onFailure: text,
          deliveries: [text],
        });
        assertOurs(block, "FAILED");
      }),
      tries(2000, 20_000),
    );
  });

  it("can't have its words shown as a verdict or a link", () => {
    fc.assert(
      fc.property(output, (text) => {
        const { block } = forged(text, 20);
        const marked = tokenize(block).filter((line) =>
          line.some(({ scopes }) => scopes.some((scope) => /verdict|meta\.heading/.test(scope))),
        );
        const firsts = marked.map(([first]) => first?.text).filter((first) => first !== undefined);
        // The verdict's facts are below it.
        assert.deepEqual(firsts.filter((first) => !first.startsWith(" ")).length, 2, block);
      }),
      tries(150, 2000),
    );
  });

  it("is shown the same in steps as at once, wherever a step ends", () => {
    fc.assert(
      fc.property(output, fc.nat(8), (text, off) => {
        const long = "x".repeat(64 * 1024 - off) + text.replaceAll("\u001b", "").replaceAll("\u009b", "");
        const half = Math.floor(long.length / 2);
        assert.equal(finish(indentedSteps([long])), indentedText(long));
        assert.equal(finish(indentedSteps([long.slice(0, -half), long.slice(-half)])), indentedText(long));
      }),
      tries(100, 1000),
    );
  });
});
