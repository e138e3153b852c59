import assert from "node:assert/strict";
import fc from "fast-check";
import { tries } from "../../../../tools/testing/variation.ts";
import {
  formatInvocationLink,
  type InvocationLink,
  parseInvocationLink,
} from "../../../../src/core/links/invocationLink.ts";

const BASE = "vscode://lambda-invoke.lambda-invoke";
const LINK: InvocationLink = {
  function: "order",
  qualifier: "live",
  connection: "prod eu-west-1",
  mode: "Event",
  payload: '{"a": "x&y=z#100%+%41 ü\\n", "b": 1e+5}',
};

/** What an extension gets of a link: each part decoded once. */
function received(link: string, decode = decodeURIComponent): { path: string; query: string } {
  const [, path = "", query = ""] = /^[\w.:/-]+?:\/\/[\w.-]+(\/\w+)\?(.*)$/.exec(link) ?? [];
  return { path, query: decode(query) };
}

const parse = (query: string, path = "/invoke"): InvocationLink => parseInvocationLink({ path, query });

describe("a link to an invocation", () => {
  it("has everything as it was, to the byte, whether or not its first encoding is removed", () => {
    const link = formatInvocationLink(LINK, BASE);
    assert.match(link, /^vscode:\/\/lambda-invoke\.lambda-invoke\/invoke\?[\w=&%.!~*'()-]+$/);
    assert.deepEqual(parseInvocationLink(received(link)), LINK);
    assert.deepEqual(parseInvocationLink(received(link, (query) => query)).payload, LINK.payload);
  });

  it("has any JSON as it was", () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: "grapheme" }), (payload) => {
        const link = formatInvocationLink({ ...LINK, payload }, BASE);
        assert.equal(parseInvocationLink(received(link)).payload, payload);
      }),
      tries(100, 2000),
    );
  });

  it("may leave out all but the function and the connection", () => {
    assert.deepEqual(parse("function=order&connection=dev"), {
      function: "order",
      qualifier: undefined,
      connection: "dev",
      mode: "RequestResponse",
      payload: "{}",
    });
  });

  const whole = "function=order&connection=dev";
  for (const [query, message] of [
    ["", /unknown parameter “”/],
    ["function=order", /has no “connection”/],
    ["connection=dev", /has no “function”/],
    ["function=&connection=dev", /has no “function”/],
    [`${whole}&function=other`, /has the parameter “function” twice/],
    [
      `${whole}&endpoint=http://localhost`,
      /unknown parameter “endpoint”\. Known parameters: function, connection/,
    ],
    [`${whole}&__proto__=1`, /unknown parameter “__proto__”/],
    [`${whole}&FUNCTION=1`, /unknown parameter/],
    [`${whole}&mode=Delete`, /unknown mode “Delete”\. Known modes: RequestResponse, Event/],
    [`${whole}&payload={`, /payload that isn't JSON/],
    [`${whole}&payload=100%`, /isn't encoded/],
    [`${whole}&payload="${"x".repeat(17_000)}"`, /payload of more than 16,384 bytes/],
    [`${whole}&payload="${"x".repeat(170_000)}"`, /too long/],
    [`function=${"x".repeat(300)}&connection=dev`, /“function” that is too long/],
    ["function=a b&connection=dev", /“function” that isn't a name or ARN/],
    [`${whole}&qualifier=[x](command:y)`, /“qualifier” that doesn't go with it/],
    ["function=order:7&connection=dev&qualifier=8", /“qualifier” that doesn't go with it/],
  ] as const)
    it(`is refused as a whole: ${query.slice(0, 60)}`, () => {
      assert.throws(() => parse(query), { name: "UserError", message });
    });

  it("leads to invocations only, and what is wrong with it is never a link in a message", () => {
    assert.throws(() => parse(whole, "/settings"), /leads to “\/settings”/);
    for (const query of [
      `${whole}&[a](command:b)=1`,
      `${whole}&mode=[a](command:b)`,
      "function=[a](command:b)&connection=c",
    ])
      assert.throws(
        () => parse(query),
        (error: Error) => !/[[\]()]/.test(error.message),
      );
  });

  it("isn't made for a payload that's too large for one", () => {
    const payload = JSON.stringify("x".repeat(16 * 1024));
    assert.throws(() => formatInvocationLink({ ...LINK, payload }, BASE), /bytes, and a link takes 16,384/);
    const largest = JSON.stringify("%".repeat(16 * 1024 - 2));
    const link = formatInvocationLink({ ...LINK, payload: largest }, BASE);
    assert.equal(parseInvocationLink(received(link)).payload, largest);
  });
});
