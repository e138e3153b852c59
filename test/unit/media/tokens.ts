import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

/** A token with the scopes that themes color it by, outermost first. */
export interface Token {
  text: string;
  scopes: readonly string[];
}

/** What stands in for VS Code's own JSON grammar. */
const json = {
  scopeName: "source.json",
  patterns: [
    { match: '"[^"]*"(?=\\s*:)', name: "support.type.property-name.json" },
    { match: '"[^"]*"', name: "string.quoted.double.json" },
    // Open until the quote that ends it, as a string that was cut never is.
    { begin: '"', end: '"', name: "string.quoted.double.json" },
    { match: "-?\\d[\\d.eE+-]*", name: "constant.numeric.json" },
  ],
};

/** The languages that have a grammar of ours. */
type Language = "lambda-output" | "lambda-log";

function pathOf(language: Language): string {
  return join(import.meta.dirname, "..", "..", "..", "media", `${language}.tmLanguage.json`);
}

/** The rules that begin the parts of a block, as the grammar's file has them. */
export interface GrammarFile {
  repository: {
    heading: { match: string };
    verdict: { begin: string; end: string };
    error: { begin: string; end: string };
    response: { patterns: readonly { begin?: string }[] };
    log: { begin: string; end: string };
  };
}

export async function readGrammar(): Promise<GrammarFile> {
  return JSON.parse(await readFile(pathOf("lambda-output"), "utf8")) as GrammarFile;
}

/** Tokenizes the text of the output panel, or of a log, as VS Code does. */
export async function loadGrammar(
  language: Language = "lambda-output",
): Promise<(text: string) => Token[][]> {
  const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(await readFile(wasm));
  const ours = await readFile(pathOf(language), "utf8");
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: (scope) =>
      Promise.resolve(
        textmate.parseRawGrammar(scope === json.scopeName ? JSON.stringify(json) : ours, `${scope}.json`),
      ),
  });
  const grammar = await registry.loadGrammar(`text.${language}`);
  if (!grammar) throw new Error(`There's no grammar for text.${language}.`);
  return (text) => tokenize(grammar, text);
}

function tokenize(grammar: textmate.IGrammar, text: string): Token[][] {
  let state: textmate.StateStack = textmate.INITIAL;
  return text.split("\n").map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens.map(({ startIndex, endIndex, scopes }) => ({
      text: line.slice(startIndex, endIndex),
      scopes: scopes.slice(1),
    }));
  });
}
