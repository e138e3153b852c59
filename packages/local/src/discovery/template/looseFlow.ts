import { Lexer } from "yaml";

/** The token with which the lexer reports that a flow collection ends before its bracket. */
const UNFINISHED_FLOW = "\u0018";

/** The token in front of a scalar. */
const SCALAR = "\u001f";

/** How much is read again in all; each collection takes another reading of the file. */
const MAX_CHARACTERS = 2 * 1024 * 1024;

/** The column of a bracket up to which its lines are indented. */
const MAX_INDENT = 200;

/** A file whose flow collections are indented as YAML 1.2 requires it. */
export interface IndentedFile {
  text: string;
  /** How many spaces were put in front of a line, by line from 0. */
  added: ReadonlyMap<number, number>;
}

/**
 * Indents the lines of flow collections that are further left than their parent. The YAML parsers of CloudFormation, SAM and
 * the Serverless Framework ignore indentation inside brackets. Undefined where there's no such line, or a bracket is never
 * closed.
 */
export function indentFlowCollections(text: string): IndentedFile | undefined {
  const added = new Map<number, number>();
  let current = text;
  for (let read = text.length; read <= MAX_CHARACTERS; read += current.length) {
    const unfinished = findUnfinished(current);
    if (!unfinished) return added.size > 0 ? { text: current, added } : undefined;
    const end = endOfFlow(current, unfinished.from, unfinished.depth);
    if (end === undefined) return undefined;
    current = indentLines(current, unfinished, end, added);
  }
  return undefined;
}

/** A collection that the lexer ends early. */
interface Unfinished {
  /** Where its next line begins. */
  from: number;
  /** How many brackets are open there. */
  depth: number;
  /** Enough spaces for any of its lines. */
  indent: number;
}

function findUnfinished(text: string): Unfinished | undefined {
  let offset = 0;
  let depth = 0;
  let indent = 0;
  let previous = "";
  for (const token of new Lexer().lex(text)) {
    if (token === UNFINISHED_FLOW) {
      const from = text.lastIndexOf("\n", offset - 1) + 1;
      return depth > 0 && indent <= MAX_INDENT ? { from, depth, indent } : undefined;
    }
    const isBracket = previous !== SCALAR && /^[[\]{}]$/.test(token);
    if (isBracket && depth === 0) indent = offset - text.lastIndexOf("\n", offset);
    if (isBracket) depth += token === "{" || token === "[" ? 1 : -1;
    // The lexer's own signs aren't in the text.
    if (text.startsWith(token, offset)) offset += token.length;
    previous = token;
  }
  return undefined;
}

/** Where the bracket is that closes the outermost of `depth` collections. */
function endOfFlow(text: string, from: number, depth: number): number | undefined {
  const part = /(?<![^\s,[{:])"(?:[^"\\]|\\.)*"|(?<![^\s,[{:])'(?:[^']|'')*'|(?<!\S)#[^\n]*|[[\]{}]/gs;
  part.lastIndex = from;
  let open = depth;
  for (let match = part.exec(text); match; match = part.exec(text)) {
    const [found] = match;
    if (found === "{" || found === "[") open += 1;
    else if (found === "}" || found === "]") open -= 1;
    if (open === 0) return match.index;
  }
  return undefined;
}

function indentLines(
  text: string,
  { from, indent }: Unfinished,
  end: number,
  added: Map<number, number>,
): string {
  const first = text.slice(0, from).split("\n").length - 1;
  const lines = text.slice(from, end).split("\n");
  for (const [index] of lines.entries()) added.set(first + index, (added.get(first + index) ?? 0) + indent);
  const padded = lines.map((line) => " ".repeat(indent) + line).join("\n");
  return text.slice(0, from) + padded + text.slice(end);
}
