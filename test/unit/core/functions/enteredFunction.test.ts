import assert from "node:assert/strict";
import { readEnteredFunction } from "../../../../src/core/functions/enteredFunction.ts";

describe("a function that is entered by name", () => {
  it("may be a name, an ARN or a part of one, with or without a version or alias", () => {
    const arn = "arn:aws:lambda:eu-west-1:123456789012:function:order";
    const cases = [
      ["order", "order", undefined],
      ["  order-api_2 ", "order-api_2", undefined],
      ["order:live", "order", "live"],
      ["order:7", "order", "7"],
      ["order:$LATEST", "order", "$LATEST"],
      [arn, arn, undefined],
      [`${arn}:live`, arn, "live"],
      [
        "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:x",
        "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:x",
        undefined,
      ],
      ["123456789012:function:order", "123456789012:function:order", undefined],
      ["123456789012:function:order:live", "123456789012:function:order", "live"],
    ] as const;
    for (const [text, name, qualifier] of cases) {
      const expected = qualifier === undefined ? { function: name } : { function: name, qualifier };
      assert.deepEqual(readEnteredFunction(text), expected, text);
    }
  });

  it("is refused where Lambda takes it for none", () => {
    for (const text of ["", " ", "my function", "order/x", "arn:aws:s3:::bucket", "a:b:c", "x".repeat(65)])
      assert.equal(readEnteredFunction(text), undefined, text);
  });
});
