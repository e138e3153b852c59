import assert from "node:assert/strict";
import fc from "fast-check";
import { findPrelude } from "../../../../src/core/invocation/httpPrelude.ts";
import {
  MAX_KEPT_BYTES,
  type StreamChunk,
  StreamedResponse,
} from "../../../../src/core/invocation/streamedResponse.ts";
import { tries } from "../../../../tools/testing/variation.ts";

/** Takes bytes in parts that end at these places. */
function takeAll(bytes: Buffer, ends: readonly number[]): { stream: StreamedResponse; shown: Buffer } {
  const stream = new StreamedResponse();
  const chunks: (StreamChunk | undefined)[] = [];
  const places = [...new Set([...ends.map((end) => end % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  let from = 0;
  for (const to of places) {
    chunks.push(stream.take(bytes.subarray(from, to), to));
    from = to;
  }
  chunks.push(stream.finish(bytes.length));
  return { stream, shown: Buffer.concat(chunks.map((chunk) => chunk?.bytes ?? Buffer.alloc(0))) };
}

const PRELUDE = { statusCode: 201, headers: { "content-type": "text/html" }, cookies: ["a=1"] };
const withPrelude = (body: string): Buffer =>
  Buffer.concat([Buffer.from(JSON.stringify(PRELUDE)), Buffer.alloc(8), Buffer.from(body)]);

describe("a streamed response in parts", () => {
  it("is the same however it's cut, and shown as a whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(400)), (bytes, ends) => {
        fc.pre(findPrelude(bytes).kind !== "found");
        const { stream, shown } = takeAll(Buffer.from(bytes), ends);
        assert.deepEqual(Buffer.from(stream.body()), Buffer.from(bytes));
        assert.deepEqual(shown, Buffer.from(bytes));
        assert.equal(stream.total, bytes.length);
      }),
      tries(2_000, 200),
    );
  });

  it("has its prelude however it's cut", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(400)), (body, ends) => {
        const { stream, shown } = takeAll(withPrelude(body), ends);
        assert.deepEqual(stream.facts(true).prelude, PRELUDE);
        assert.equal(shown.toString(), Buffer.from(body).toString());
      }),
      tries(2_000, 200),
    );
  });

  for (const [name, text] of [
    ["JSON that goes on", '{"statusCode":200,"body":"hello"}'],
    ["JSON of something else", '{"id":1}'],
    ["text", "Once upon a time"],
    ["an array", `["statusCode"]${"\0".repeat(8)}`],
    ["text before zero bytes", `hello${"\0".repeat(8)}`],
  ] as const)
    it(`has no prelude where it's ${name}`, () => {
      const { stream, shown } = takeAll(Buffer.from(text), [3, 20]);
      assert.equal(stream.facts(true).prelude, undefined);
      assert.equal(shown.toString(), text);
    });

  it("is shown at once where it can't have a prelude", () => {
    const stream = new StreamedResponse();
    assert.equal(Buffer.from(stream.take(Buffer.from('{"id":'), 5)?.bytes ?? "").toString(), '{"id":');
    assert.deepEqual(stream.facts(false), { chunks: 1, complete: false, firstByteMs: 5 });
  });

  it("keeps the first megabytes, and no half of a character", () => {
    const stream = new StreamedResponse();
    const part = Buffer.from(`x${"é".repeat(500_000)}`);
    for (let count = 0; count < 10; count++) stream.take(part, count);
    assert.equal(stream.total, part.length * 10);
    assert.equal(stream.facts(true).keptBytes, MAX_KEPT_BYTES);
    const body = stream.body();
    assert.ok(body.length <= MAX_KEPT_BYTES && body.length >= MAX_KEPT_BYTES - 3);
    new TextDecoder("utf-8", { fatal: true }).decode(body);
  });
});
