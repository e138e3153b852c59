import { createScanner, type ScanError, type SyntaxKind } from "jsonc-parser";

/** A token of JSON with comments; `offset` and `length` count UTF-16 units. */
export interface JsonToken {
  kind: JsonTokenKind;
  offset: number;
  length: number;
}

/** `broken` is what no JSON has: an unknown word, an unclosed string, a bad escape. */
export type JsonTokenKind = "open" | "close" | "comma" | "colon" | "value" | "comment" | "space" | "broken";

/** Walks a text token by token, without ever building values. */
export function* jsonTokens(text: string, from = 0): Generator<JsonToken, void, undefined> {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  for (let kind = scanner.scan(); kind !== END; kind = scanner.scan()) {
    const broken = scanner.getTokenError() !== NO_ERROR;
    yield {
      kind: broken ? "broken" : KINDS[kind],
      offset: scanner.getTokenOffset(),
      length: scanner.getTokenLength(),
    };
  }
}

/** The library's numbers: its enums are `const` and cannot be imported under `verbatimModuleSyntax`. */
const END: SyntaxKind.EOF = 17;
const NO_ERROR: ScanError.None = 0;
const KINDS: Readonly<Record<Exclude<SyntaxKind, SyntaxKind.EOF>, JsonTokenKind>> = {
  1: "open",
  2: "close",
  3: "open",
  4: "close",
  5: "comma",
  6: "colon",
  7: "value",
  8: "value",
  9: "value",
  10: "value",
  11: "value",
  12: "comment",
  13: "comment",
  14: "space",
  15: "space",
  16: "broken",
};
