import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { toReported, type TemplateProblem } from "../../src/model/problem.ts";

const place = { file: "/template.yaml", line: 3, column: 2 };
const problem: TemplateProblem = {
  kind: "invalidProperty",
  subject: "Fn",
  property: "Timeout",
  text: "Timeout is 901. Use a whole number from 1 to 900.",
  place,
};

describe("local: reported problems", () => {
  it("have an id that doesn't depend on the text", () => {
    const [first] = toReported([problem]);
    const [second] = toReported([{ ...problem, text: "Timeout is 902. Use a whole number from 1 to 900." }]);
    assert.equal(first?.id, second?.id);
    assert.match(first?.id ?? "", /^invalidProperty:/);
  });

  it("have different ids, also at the same place", () => {
    const problems: TemplateProblem[] = [
      problem,
      { ...problem, property: "MemorySize" },
      { ...problem, subject: "Other" },
      { ...problem, kind: "cannotRun" },
      { ...problem, place: { ...place, line: 4 } },
      { kind: "tooManyFolders", text: "Too many." },
      problem,
    ];
    const ids = toReported(problems).map(({ id }) => id);
    assert.equal(new Set(ids).size, problems.length);
  });

  it("keep subject, text and place, but not the property", () => {
    const [{ id: _id, ...rest } = assert.fail()] = toReported([problem]);
    assert.deepEqual(rest, {
      subject: "Fn",
      text: problem.text,
      place,
      severity: "warning",
      functions: [],
    });
  });
});
