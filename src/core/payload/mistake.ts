import { JsonGrammar, type Expected } from "./jsonGrammar.ts";
import { jsonTokens, type JsonToken } from "./jsonTokens.ts";

/** A mistake in JSON; `offset` and `length` count UTF-16 units of the source text. */
export interface PayloadProblem {
  message: string;
  offset: number;
  length: number;
}

/** Finds the first mistake in JSON with comments and trailing commas, however deeply it's nested. */
export function findMistake(source: string): PayloadProblem | undefined {
  const grammar = new JsonGrammar({ trailingCommas: true });
  for (const token of jsonTokens(source, source.startsWith("\uFEFF") ? 1 : 0)) {
    const { kind, offset, length } = token;
    if (kind === "space" || kind === "comment") continue;
    if (kind === "broken") return { message: BROKEN[token.error], offset, length: Math.max(length, 1) };
    if (!grammar.take(kind, source.charAt(offset)))
      return { message: unexpected(grammar, token, source), offset, length: Math.max(length, 1) };
  }
  if (grammar.complete) return undefined;
  return { message: WANTED[grammar.expected](grammar.open), offset: source.length, length: 1 };
}

function unexpected(grammar: JsonGrammar, { kind, offset }: JsonToken, source: string): string {
  const { open, expected } = grammar;
  if (kind !== "close" || expected !== "separator") return WANTED[expected](open);
  return `The bracket ${source.charAt(offset)} doesn't close ${open}`;
}

const BROKEN: Readonly<Record<Extract<JsonToken, { kind: "broken" }>["error"], string>> = {
  comment: "This comment isn't closed",
  string: "This string isn't closed",
  number: "This number is incomplete",
  unicode: "A \\u escape needs four hexadecimal digits",
  escape: "JSON doesn't have this escape",
  control: "A control character in a string must be written as an escape, such as \\n",
  word: "This isn't a JSON value. Strings and names need double quotes",
};

/** What the grammar waits for, by the bracket that is open. */
const WANTED: Readonly<Record<Expected, (open: string | undefined) => string>> = {
  value: () => "A value is missing here",
  "first value": () => "A value or ] is missing here",
  name: () => "A name in double quotes is missing here",
  "first name": () => "A name in double quotes or } is missing here",
  colon: () => "A colon is missing here",
  separator: (open) => `A comma or ${open === "{" ? "}" : "]"} is missing here`,
  nothing: () => "JSON has one value, and it ends before this",
};
