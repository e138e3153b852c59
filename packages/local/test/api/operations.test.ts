import assert from "node:assert/strict";
import * as model from "@aws-sdk/client-lambda";
import { describe, it } from "mocha";
import { matchOperation } from "../../src/api/operations.ts";
import { ApiError, invalidParameter, notFound, throttled, tooLarge } from "../../src/model/errors.ts";
import { errorResponse } from "../../src/api/errorResponse.ts";

/** A shape of the API's model in the SDK: kind, namespace, name, traits, names of members. */
type Shape = readonly [
  number,
  string,
  string,
  { http?: [string, string, number]; httpError?: number },
  unknown,
];

const shapes = Object.entries(model)
  .filter(([name]) => name.endsWith("$"))
  .map(([, shape]) => shape as unknown as Shape);

function shapeOf(name: string): Shape {
  const found = shapes.find((shape) => shape[2] === name);
  assert.ok(found, `${name} is in the model`);
  return found;
}

describe("local: the operations of the Lambda API", () => {
  const operations = shapes.filter(([kind]) => kind === 9);

  it("has operations", () => assert.ok(operations.length > 80));

  for (const [, , name, { http }] of operations) {
    it(`recognizes ${name} by its method and path`, () => {
      const [method, target = ""] = http ?? [];
      const url = new URL(target.replaceAll(/\{\w+\}/g, "arn%3Aaws%3Alambda%2Fx"), "http://localhost");
      const found = matchOperation(method ?? "", url.pathname, url.searchParams);
      assert.equal(found.operation, name);
      const parameters = target.match(/\{\w+\}/g) ?? [];
      assert.deepEqual(
        found.parameters,
        parameters.map(() => "arn:aws:lambda/x"),
      );
    });
  }

  it("have errors with the modeled status and members", () => {
    const errors = [
      notFound("why"),
      invalidParameter("why"),
      throttled("CallerRateLimitExceeded"),
      tooLarge("why"),
      new ApiError("InvalidRequestContentException", 400, "why"),
      new ApiError("InvalidRuntimeException", 502, "why"),
      new ApiError("ServiceException", 500, "why"),
    ];
    for (const error of errors) {
      const [, , name, { httpError }, members] = shapeOf(error.type);
      assert.equal(error.status, httpError, name);
      const { status, headers, body } = errorResponse(error, {});
      assert.deepEqual([status, headers?.["x-amzn-errortype"]], [httpError, name]);
      const own = Object.keys(JSON.parse(body as string) as object);
      assert.deepEqual(
        own.filter((member) => !(members as string[]).includes(member)),
        [],
        name,
      );
      assert.ok(
        own.some((member) => member.toLowerCase() === "message"),
        name,
      );
    }
  });
});
