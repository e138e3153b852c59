import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { nearest } from "../../../src/runtime/nodejs/nodeChoice.ts";

/** The version that is chosen from these for a major version. */
function chosen(wanted: number, ...versions: string[]): string | undefined {
  return nearest(
    versions.map((version, index) => ({ path: `/${index}/node`, version })),
    wanted,
  )?.version;
}

describe("local: the Node.js for a function", () => {
  it("has the runtime's major version where there is one, the first of several", () => {
    assert.equal(chosen(24, "26.1.0", "24.1.0", "24.11.0", "22.16.0"), "24.1.0");
    assert.equal(chosen(22, "24.1.0", "22.16.0"), "22.16.0");
  });

  it("is else the next newer one", () => {
    assert.equal(chosen(18, "26.1.0", "24.1.0", "22.16.0"), "22.16.0");
    assert.equal(chosen(22, "26.1.0", "24.1.0", "23.5.0"), "23.5.0");
    assert.equal(chosen(0, "24.1.0", "22.16.0"), "22.16.0");
  });

  it("is else the next older one", () => {
    assert.equal(chosen(24, "22.16.0", "23.5.0"), "23.5.0");
    assert.equal(chosen(24, "22.16.0", "26.0.0"), "26.0.0");
  });

  it("is never one without the module hooks that Local uses", () => {
    const tooOld = ["0.12.18", "18.20.0", "20.20.2", "22.0.0", "22.14.0", "23.4.0"];
    assert.equal(chosen(20, ...tooOld), undefined);
    assert.equal(chosen(22, ...tooOld, "23.5.0"), "23.5.0");
    assert.equal(chosen(20, ...tooOld, "22.15.0"), "22.15.0");
    assert.equal(chosen(24, "25.0.0-nightly20251001", "22.15.0"), "25.0.0-nightly20251001");
  });
});
