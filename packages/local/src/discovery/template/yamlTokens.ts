import { setImmediate } from "node:timers/promises";
import { Lexer, Parser, type CST, type LineCounter } from "yaml";

/** How long tokens are found without a break, in ms. */
const STEP_MS = 5;
/** The clock is looked at after so many lexemes, because that takes as long as one of them. */
const LEXEMES_PER_LOOK = 64;

/**
 * The tokens of a YAML file, which the library composes to a document. Finding them takes most of the time of parsing, so
 * other pending work comes in between.
 */
export async function tokensOf(text: string, lines: LineCounter): Promise<CST.Token[]> {
  const parser = new Parser((offset) => lines.addNewLine(offset));
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let count = 0;
  let started = performance.now();
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    count += 1;
    if (count % LEXEMES_PER_LOOK > 0 || performance.now() - started < STEP_MS) continue;
    await setImmediate();
    started = performance.now();
  }
  tokens.push(...parser.end());
  return tokens;
}
