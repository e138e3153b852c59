import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { tries } from "../../../../tools/testing/variation.ts";
import { decodeLines, encodeLine } from "../../../../src/core/history/historyFormat.ts";
import { lines as someLines } from "./samples.ts";

describe("a line of the history", () => {
  it("is read as it was written, whatever is in its strings", () => {
    fc.assert(
      fc.property(someLines, (lines) => {
        const bytes = Buffer.concat(lines.map((line) => encodeLine(line, crc32)));
        const read = decodeLines(bytes, crc32);
        assert.equal(read.damaged, 0);
        assert.equal(read.complete, bytes.length);
        const found = read.lines.map(({ item, revision, details }) => ({
          item,
          revision,
          details: JSON.parse(details) as unknown,
        }));
        assert.deepEqual(found, JSON.parse(JSON.stringify(lines)));
      }),
      tries(100, 2000),
    );
  });

  it("is whole or not there, wherever its file was cut off", () => {
    fc.assert(
      fc.property(someLines, fc.double({ min: 0, max: 1, noNaN: true }), (lines, part) => {
        const encoded = lines.map((line) => encodeLine(line, crc32));
        const bytes = Buffer.concat(encoded);
        const cut = Math.floor(bytes.length * part);
        const read = decodeLines(bytes.subarray(0, cut), crc32);
        let whole = 0;
        for (let end = 0; whole < encoded.length; whole++) {
          end += encoded[whole]?.length ?? 0;
          if (end > cut) break;
        }
        assert.equal(read.lines.length, whole);
        assert.equal(read.damaged, 0);
      }),
      tries(100, 2000),
    );
  });

  it("is found again after a line that was cut off", () => {
    fc.assert(
      fc.property(someLines, fc.nat(), (lines, at) => {
        const [first, ...others] = lines.map((line) => encodeLine(line, crc32));
        if (!first) return;
        const torn = first.subarray(0, at % (first.length - 1));
        const read = decodeLines(Buffer.concat([torn, Buffer.from("\n"), ...others]), crc32);
        assert.equal(read.lines.length, others.length);
      }),
      tries(100, 2000),
    );
  });

  it("isn't taken for one of the history if any byte was changed", () => {
    fc.assert(
      fc.property(someLines, fc.nat(), fc.integer({ min: 1, max: 255 }), (lines, at, change) => {
        const [first] = lines.map((line) => encodeLine(line, crc32));
        if (!first) return;
        const place = at % (first.length - 1);
        first[place] = (first[place] ?? 0) ^ change;
        assert.deepEqual(decodeLines(first, crc32).lines, []);
      }),
      tries(100, 2000),
    );
  });

  it("of another version is left out", () => {
    const content = `{"version":2,"revision":0,"item":{}}\t{}`;
    const bytes = Buffer.from(`${crc32(content).toString(16).padStart(8, "0")} ${content}\n`);
    assert.deepEqual(decodeLines(bytes, crc32), { lines: [], damaged: 1, complete: bytes.length });
  });
});
