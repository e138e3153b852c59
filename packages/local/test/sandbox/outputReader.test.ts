import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { tries } from "../../../../tools/testing/variation.ts";
import { OutputReader } from "../../src/sandbox/telemetry.ts";
import type { LogEvent } from "../../src/logs/logEvent.ts";

const MEGABYTE = 1024 * 1024;
/** A line of a megabyte, with what stands before it in a frame. */
const MAX_FRAME = MEGABYTE + 64 * 1024;
const NOW = Date.UTC(2026, 0, 1);

function reader(framed: boolean): { output: OutputReader; lines: LogEvent[] } {
  const lines: LogEvent[] = [];
  return {
    lines,
    output: new OutputReader({ framed, now: () => NOW, onLine: (line) => lines.push(line) }),
  };
}

/** A frame as AWS's runtime client writes it. */
function frame(message: string | Buffer, time = NOW, length = Buffer.byteLength(message)): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(0xa55a0003, 0);
  header.writeUInt32BE(length, 4);
  header.writeBigUInt64BE(BigInt(time) * 1000n, 8);
  return Buffer.concat([header, Buffer.from(message)]);
}

/** What the reader passes on of these bytes, written in pieces of this size. */
function read(bytes: Buffer, size: number, framed = true): string[] {
  const { output, lines } = reader(framed);
  for (let at = 0; at < bytes.length; at += size) output.write(bytes.subarray(at, at + size));
  output.end();
  return lines.map(({ message }) => message);
}

describe("local: output of a process", () => {
  const line = fc.string({ unit: "binary", maxLength: 50 }).map((text) => `${text.replaceAll("\n", "")}\n`);
  const part = fc.record({ message: line, isFrame: fc.boolean() });

  it("gives the same lines and records in whatever pieces it arrives", () => {
    fc.assert(
      fc.property(fc.array(part), fc.integer({ min: 1, max: 300 }), (parts, size) => {
        const bytes = Buffer.concat(
          parts.map(({ message, isFrame }) => (isFrame ? frame(message) : Buffer.from(message))),
        );
        assert.deepEqual(
          read(bytes, size),
          parts.map(({ message }) => Buffer.from(message).toString()),
        );
      }),
      tries(100, 5000),
    );
  });

  it("of random bytes is passed on whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 1, max: 300 }), (bytes, size) => {
        const text = Buffer.from(bytes);
        assert.equal(read(text, size, false).join(""), text.toString());
      }),
      tries(100, 5000),
    );
  });

  it("has frames only where they're looked for", () => {
    const bytes = Buffer.concat([frame("record", NOW, 600 * MEGABYTE), Buffer.from("\nnext\n")]);
    assert.equal(read(bytes, 64, false).at(-1), "next\n");
  });

  it("is passed on in parts of a megabyte that end with a whole character", () => {
    for (const character of ["x", "é", "€", "😀"]) {
      const written = character.repeat((3 * MEGABYTE) / Buffer.byteLength(character));
      for (const bytes of [Buffer.from(written), frame(written)]) {
        const parts = read(bytes, 65_536);
        assert.equal(parts.join(""), written);
        assert.ok(parts.every((each) => Buffer.byteLength(each) <= MAX_FRAME));
        assert.ok(parts.length <= 4);
      }
    }
  });

  it("of a frame that never ends is passed on as it arrives, and at the end of an invocation", () => {
    const { output, lines } = reader(true);
    output.write(frame("begun", NOW, 4 * 1024 * MEGABYTE - 1));
    output.flush();
    output.write(Buffer.alloc(2 * MEGABYTE + 1, "x"));
    output.flush();
    assert.deepEqual(
      lines.map(({ message }) => message.length),
      [5, MAX_FRAME, 2 * MEGABYTE + 1 - MAX_FRAME],
    );
  });

  it("of a frame that isn't complete yet waits for the rest, and a line doesn't", () => {
    const { output, lines } = reader(true);
    const bytes = frame("one record");
    output.write(Buffer.concat([Buffer.from("no end"), bytes.subarray(0, 20)]));
    output.flush();
    output.write(bytes.subarray(20));
    assert.deepEqual(
      lines.map(({ message }) => message),
      ["no end", "one record"],
    );
  });

  it("has the time of its frame, unless that is one that CloudWatch Logs refuses", () => {
    const { output, lines } = reader(true);
    const day = 24 * 60 * 60 * 1000;
    for (const time of [NOW - day, NOW - 15 * day, NOW + day]) output.write(frame("x", time));
    output.write(Buffer.from("line\n"));
    assert.deepEqual(
      lines.map(({ timestamp }) => timestamp),
      [NOW - day, NOW, NOW, NOW],
    );
  });
});
