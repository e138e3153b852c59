import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { tries } from "../../../../tools/testing/variation.ts";
import { hasControlCharacters } from "../../../../src/core/invocation/controlCharacters.ts";

const allowed = [0x09, 0x0a, 0x0c, 0x0d, 0x1b];
const isControl = (byte: number): boolean => byte < 0x20 && !allowed.includes(byte);

describe("control characters in a response", () => {
  it("are found wherever they are, however the bytes lie in memory", () => {
    const byte = fc.oneof(fc.nat(255), fc.nat(0x1f), fc.constantFrom(...allowed));
    const bytes = fc.array(fc.oneof({ arbitrary: fc.integer({ min: 0x20, max: 255 }), weight: 9 }, byte));
    const property = fc.property(bytes, fc.nat(7), (values, offset) => {
      const memory = Uint8Array.from([...Array.from({ length: offset }, () => 0), ...values, 0]);
      const found = hasControlCharacters(memory.subarray(offset, offset + values.length));
      assert.equal(found, values.some(isControl));
    });
    fc.assert(property, tries(2000, 100_000));
  });

  for (let byte = 0; byte < 0x22; byte += 1)
    it(`${isControl(byte) ? "are" : "aren't"} what the byte ${byte} is, at each of nine places`, () => {
      for (let at = 0; at < 9; at += 1) {
        const bytes = new Uint8Array(9).fill(0x61);
        bytes[at] = byte;
        assert.equal(hasControlCharacters(bytes), isControl(byte));
      }
    });
});
