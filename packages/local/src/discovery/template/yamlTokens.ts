import { setImmediate } from "node:timers/promises";
import { Lexer, Parser, type CST, type LineCounter } from "yaml";

/** So many lexemes take a few milliseconds. */
const LEXEMES_PER_STEP = 1000;

/**
 * The tokens of a YAML file, which the library composes to a document. Finding them takes most of the time of parsing, so
 * other pending work comes in between.
 */
export async function tokensOf(text: string, lines: LineCounter): Promise<CST.Token[]> {
  const parser = new Parser((offset) => lines.addNewLine(offset));
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    count += 1;
    if (count % LEXEMES_PER_STEP === 0) await setImmediate();
  }
  tokens.push(...parser.end());
  return tokens;
}
