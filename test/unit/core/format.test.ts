import assert from "node:assert/strict";
import {
  formatDateTime,
  formatBytes,
  formatDuration,
  formatElapsed,
  formatTime,
} from "../../../src/core/format.ts";

describe("numbers for a user", () => {
  for (const [bytes, text] of [
    [0, "0 bytes"],
    [1, "1 byte"],
    [1023, "1023 bytes"],
    [1024, "1.0 KB"],
    [1536, "1.5 KB"],
    [1024 * 1024 - 1, "1.0 MB"],
    [1024 * 1024, "1.0 MB"],
    [6 * 1024 * 1024, "6.0 MB"],
  ] as const) {
    it(`${bytes} bytes are ${text}`, () => assert.equal(formatBytes(bytes), text));
  }

  for (const [ms, text] of [
    [0, "0.0 ms"],
    [3.21, "3.2 ms"],
    [9.97, "10 ms"],
    [45.4, "45 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [1240, "1.24 s"],
    [59_994, "59.99 s"],
    [59_996, "1 min 0 s"],
    [60_000, "1 min 0 s"],
    [125_400, "2 min 5 s"],
    [119_600, "2 min 0 s"],
    [900_000, "15 min 0 s"],
  ] as const) {
    it(`${ms} ms last ${text}`, () => assert.equal(formatDuration(ms), text));
  }

  for (const [ms, text] of [
    [0, "0 s"],
    [999, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min 0 s"],
    [72_500, "1 min 12 s"],
  ] as const) {
    it(`a count that has run for ${ms} ms shows ${text}`, () => assert.equal(formatElapsed(ms), text));
  }

  it("a time of day is the machine's own, to the millisecond", () => {
    const local = new Date(2026, 10, 21, 7, 4, 9, 5);
    assert.equal(formatTime(local.toISOString()), "07:04:09.005");
    assert.equal(formatDateTime(local.toISOString()), "2026-11-21 07:04:09.005");
  });
});
