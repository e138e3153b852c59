import { createScanner, type ScanError, type SyntaxKind } from "jsonc-parser";

/** A token of JSON with comments; `offset` and `length` count UTF-16 units. */
export type JsonToken = { offset: number; length: number } & (
  { kind: Exclude<JsonTokenKind, "broken"> } | { kind: "broken"; error: BrokenToken }
);

/** What is wrong with a token that no JSON has. */
export type BrokenToken = "comment" | "string" | "number" | "unicode" | "escape" | "control" | "word";

/** `broken` is what no JSON has: an unknown word, an unclosed string, a bad escape. */
export type JsonTokenKind = "open" | "close" | "comma" | "colon" | "value" | "comment" | "space" | "broken";

/** Walks JSON token by token, without building values. */
export function* jsonTokens(text: string, from = 0): Generator<JsonToken, void, undefined> {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  for (let kind = scanner.scan(); kind !== END; kind = scanner.scan()) {
    const place = { offset: scanner.getTokenOffset(), length: scanner.getTokenLength() };
    const error = ERRORS[scanner.getTokenError()] ?? (kind === UNKNOWN ? "word" : undefined);
    if (error !== undefined) yield { ...place, kind: "broken", error };
    else if (kind !== UNKNOWN) yield { ...place, kind: KINDS[kind] };
  }
}

/** The library's numbers: its enums are `const` and cannot be imported under `verbatimModuleSyntax`. */
const END: SyntaxKind.EOF = 17;
const UNKNOWN: SyntaxKind.Unknown = 16;
const ERRORS: Readonly<Record<ScanError, BrokenToken | undefined>> = {
  0: undefined,
  1: "comment",
  2: "string",
  3: "number",
  4: "unicode",
  5: "escape",
  6: "control",
};
const KINDS: Readonly<
  Record<Exclude<SyntaxKind, SyntaxKind.EOF | SyntaxKind.Unknown>, Exclude<JsonTokenKind, "broken">>
> = {
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
};
