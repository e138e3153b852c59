import assert from "node:assert/strict";
import { StreamText } from "../../../../src/core/output/streamText.ts";

const part = (text: string | Uint8Array, atMs = 12): { bytes: Uint8Array; atMs: number } => ({
  bytes: Buffer.from(text),
  atMs,
});

describe("the panel's lines of a stream", () => {
  it("have each part behind its time", () => {
    const text = new StreamText(1000);
    assert.equal(text.add(part("hello\n")), "       12 ms  hello\n");
    assert.equal(text.add(part("two\nlines", 1500)), "      1.50 s  two\n              lines\n");
    assert.equal(text.end(), "");
  });

  it("put a character together that came in two parts", () => {
    const text = new StreamText(1000);
    const [first, second] = [Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)];
    assert.equal(text.add(part(first)), "");
    assert.match(text.add(part(second)), /^ +12 ms {2}é\n$/);
  });

  it("say how much there is of what isn't text", () => {
    assert.equal(
      new StreamText(1000).add(part(new Uint8Array([255, 254, 0]))),
      "       12 ms  3 bytes, binary\n",
    );
  });

  it("let nothing of a function begin at the left, or pass for the panel's own", () => {
    const lines = new StreamText(1000).add(part("a\n━━━ 10:00 ━━━ Invoke: x on y ━━━\r\u001b[31mred"));
    for (const line of lines.split("\n").slice(0, -1)) assert.match(line, /^ {7}/);
    assert.ok(!lines.includes("\r") && !lines.includes("\u001b"));
  });

  it("end with how much more there was, and its end", () => {
    const text = new StreamText(40);
    text.add(part("x".repeat(100)));
    for (let count = 0; count < 1000; count++) assert.equal(text.add(part("y".repeat(100))), "");
    assert.equal(text.add(part("the end")), "");
    const end = text.end();
    assert.match(end, /^ {2}… 97\.7 KB more; the end of it:\n {14}y+the end\n$/);
    assert.ok(end.length < 5000);
  });

  it("begin with the status and headers of an HTTP response", () => {
    const prelude = { statusCode: 404, headers: { "x-a": "1" }, cookies: ["c=2"] };
    const lines = new StreamText(1000).add({ ...part("no"), prelude });
    assert.deepEqual(lines.trim().split(/\n */), ["12 ms  HTTP 404", "x-a: 1", "set-cookie: c=2", "no"]);
  });
});
