import assert from "node:assert/strict";
import fc from "fast-check";
import { tries } from "../../../../tools/testing/variation.ts";
import { parseArgument } from "../../../../src/core/invocation/invokeArgument.ts";
import { parseTask } from "../../../../src/core/invocation/taskDefinition.ts";
import { jsonOf, NotJsonError } from "../../../../src/core/payload/jsonOf.ts";
import { isUserError } from "../../../../src/core/userError.ts";

const KEYS = ["function", "connection", "qualifier", "payload", "clientContext", "tenantId"];

/** What a command is refused with; undefined where the argument is taken. */
function refusalOf(argument: unknown): string | undefined {
  try {
    parseArgument(argument);
    return undefined;
  } catch (error) {
    assert.ok(isUserError(error), String(error));
    return error.message;
  }
}

describe("the argument of an invoking command", () => {
  it("is taken as given", () => {
    const given = {
      function: "order",
      connection: "prod",
      qualifier: "live",
      payload: "{}",
      clientContext: { a: 1 },
      tenantId: "t-1",
    };
    assert.deepEqual(parseArgument(given), given);
  });

  it("may have a value as its payload, which is sent as JSON", () => {
    assert.equal(
      parseArgument({ payload: { a: [1, "é", null, true], b: {} } }).payload,
      '{"a":[1,"é",null,true],"b":{}}',
    );
    assert.equal(parseArgument({ payload: [] }).payload, "[]");
  });

  for (const [argument, reason] of [
    ["fails", /is a string, and must be an object/],
    [5, /is a number/],
    [null, /is null/],
    [true, /is a boolean/],
    [[{ function: "order" }], /is an array/],
    [new Date(), /is a Date/],
    [new Map(), /is a Map/],
    [() => "order", /is a function/],
    [{ Payload: "{}" }, /unknown property “Payload”. Did you mean “payload”\?/],
    [{ fn: "order" }, /unknown property “fn”. Known properties: function, connection,/],
    [{ constructor: "order" }, /unknown property “constructor”/],
    [JSON.parse('{"__proto__":{"function":"order"}}'), /unknown property “__proto__”/],
    [{ function: 5 }, /has a number as “function”, and it must be a string/],
    [{ function: "" }, /has an empty “function”/],
    [{ connection: null }, /has null as “connection”/],
    [{ payload: 5 }, /has a number as “payload”, and it must be a string of JSON or an object/],
    [{ payload: null }, /has null as “payload”/],
    [{ payload: { at: new Date() } }, /“payload.at” is a Date/],
    [{ payload: { list: [1, undefined] } }, /“payload.list\[1\]” is undefined/],
    [{ payload: { n: Number.NaN } }, /“payload.n” is NaN/],
    [{ payload: { n: 1n } }, /“payload.n” is a BigInt/],
    [{ clientContext: [] }, /has an array as “clientContext”/],
    [{ clientContext: { f: () => 1 } }, /“clientContext.f” is a function/],
  ] as const)
    it(`is refused by name: ${String(reason)}`, () => {
      const message = refusalOf(argument) ?? "";
      assert.match(message, reason);
      assert.match(message, /Nothing was sent/);
    });

  it("is refused, or taken exactly, whatever its shape", () => {
    const key = fc.oneof(
      fc.constantFrom(...KEYS),
      fc.string(),
      fc.constantFrom("Payload", "fn", "__proto__"),
    );
    const value = fc.oneof(
      fc.string(),
      fc.jsonValue(),
      fc.anything({ withDate: true, withMap: true, withBigInt: true, withNullPrototype: true }),
    );
    const shape = fc.oneof(fc.dictionary(key, value), fc.anything(), fc.constant(undefined));
    fc.assert(
      fc.property(shape, (argument) => {
        const message = refusalOf(argument);
        if (message !== undefined) return assert.match(message, /Nothing was sent/);
        const given = argument as Record<string, unknown>;
        const { payload, ...rest } = parseArgument(given);
        assert.ok(Object.keys(given).every((each) => KEYS.includes(each)));
        for (const [each, taken] of Object.entries(rest)) assert.equal(taken, given[each]);
        const asJson = typeof given["payload"] === "object" ? JSON.parse(payload ?? "") : payload;
        const wanted = typeof given["payload"] === "object" ? plain(given["payload"]) : given["payload"];
        assert.deepEqual(asJson, wanted);
      }),
      tries(1000, 10_000),
    );
  });
});

const NEGATIVE_ZERO = "the number -0";

/** A value as JSON has it. `JSON.stringify` loses the sign of zero, which JSON has. */
function plain(value: unknown): unknown {
  const mark = (_key: string, each: unknown): unknown => (Object.is(each, -0) ? NEGATIVE_ZERO : each);
  const unmark = (_key: string, each: unknown): unknown => (each === NEGATIVE_ZERO ? -0 : each);
  return JSON.parse(JSON.stringify(value, mark), unmark) as unknown;
}

describe("a value as JSON", () => {
  it("is that value again once it's parsed, for every value of JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        assert.deepEqual(JSON.parse(jsonOf(value, "payload")), plain(value));
      }),
      tries(200, 2000),
    );
    for (const zero of [0, -0]) assert.deepEqual(JSON.parse(jsonOf([zero], "payload")), [zero]);
  });

  it("may be nested a hundred thousand deep", () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) value = [value];
    assert.equal(jsonOf(value, "payload"), `${"[".repeat(100_000)}1${"]".repeat(100_000)}`);
  });

  it("has no loops", () => {
    const loop: Record<string, unknown> = { name: "a" };
    loop["self"] = [loop];
    assert.throws(() => jsonOf(loop, "payload"), NotJsonError);
    const twice = { a: 1 };
    assert.equal(jsonOf([twice, twice], "payload"), '[{"a":1},{"a":1}]');
  });
});

describe("a task's definition", () => {
  it("says what is invoked, how and with what", () => {
    const { mode, argument, file } = parseTask({
      type: "lambda-invoke",
      function: "order",
      file: "order.json",
    });
    assert.deepEqual([mode, argument.function, file], ["RequestResponse", "order", "order.json"]);
    assert.equal(
      parseTask({ type: "x", function: "f", mode: "Event", payload: { a: 1 } }).argument.payload,
      '{"a":1}',
    );
  });

  for (const [definition, reason] of [
    [{ payload: "{}" }, /names no “function”/],
    [{ function: "f" }, /either a “payload” or a “file”/],
    [{ function: "f", payload: "{}", file: "a.json" }, /either a “payload” or a “file”/],
    [{ function: "f", payload: "{}", mode: "sync" }, /unknown “mode”. It must be one of RequestResponse/],
    [{ function: "f", payload: 5 }, /a number as “payload”/],
    [{ function: "f", file: 5 }, /the path of a file/],
    [{ function: "f", payload: "{}", Qualifier: "live" }, /unknown property “Qualifier”/],
  ] as const)
    it(`is refused: ${String(reason)}`, () => {
      assert.throws(() => parseTask({ type: "lambda-invoke", ...definition }), reason);
    });
});
