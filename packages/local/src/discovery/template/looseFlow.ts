/** A file some of whose lines are indented further than they are written. */
export interface IndentedFile {
  text: string;
  /** How many spaces were put in front of a line, by line from 0. */
  added: ReadonlyMap<number, number>;
}

/** How far up the bracket is looked for, in lines and in characters. */
const MAX_LINES = 500;
const MAX_CHARACTERS = 20_000;

/** Lines are indented by as much as the line of the bracket is long, which is enough wherever it is. */
const MAX_INDENT = 400;

/** Quoted strings, comments and brackets; other text has none of them. */
const flowParts = /(?<![^\s,[{:])"(?:[^"\\]|\\.)*"|(?<![^\s,[{:])'(?:[^']|'')*'|(?<!\S)#[^\n]*|[[\]{}]/gs;

/** What is found of a line that begins too far left. */
export type LooseFlow =
  | { kind: "indented"; file: IndentedFile }
  /** The bracket at this offset has no end. */
  | { kind: "unclosed"; offset: number };

/**
 * Indents the lines of the bracket, or of the quoted string, that the line at this offset is in: it begins further left than
 * YAML 1.2 allows. The YAML parsers of CloudFormation, SAM and the Serverless Framework ignore indentation there. Undefined
 * where the line is in neither, or was indented before.
 */
export function indentFlow(file: IndentedFile, offset: number): LooseFlow | undefined {
  const { text, added } = file;
  const from = text.lastIndexOf("\n", offset - 1) + 1;
  const line = text.slice(0, from).split("\n").length - 1;
  if (added.has(line)) return undefined;
  let start = from;
  for (let count = 0; count < MAX_LINES && start > 0 && from - start < MAX_CHARACTERS; count += 1) {
    const next = start;
    start = text.lastIndexOf("\n", start - 2) + 1;
    const flow = findFlow(text, start, from);
    if (!flow) continue;
    if (flow.end === undefined) return { kind: "unclosed", offset: flow.start };
    return indentLines(file, { from, end: flow.end, line, indent: next - start });
  }
  return undefined;
}

/** A bracket or a string, by the offsets of its first and last character; `end` is undefined if it has no end. */
interface Flow {
  start: number;
  end: number | undefined;
}

/** The bracket or string that begins after `from` and that the offset is in. */
function findFlow(text: string, from: number, offset: number): Flow | undefined {
  const part = new RegExp(flowParts);
  part.lastIndex = from;
  const open: number[] = [];
  for (let match = part.exec(text); match; match = part.exec(text)) {
    const { 0: found, index } = match;
    const [start = index] = open;
    if (start >= offset) return undefined;
    if (found === "{" || found === "[") open.push(index);
    else if (found === "}" || found === "]") open.pop();
    const end = part.lastIndex - 1;
    if (open.length === 0 && end >= offset && !found.startsWith("#")) return { start, end };
  }
  const [start] = open;
  return start === undefined ? undefined : { start, end: undefined };
}

interface Lines {
  /** Where the first one begins, as an offset. */
  from: number;
  /** An offset in the last one. */
  end: number;
  /** The number of the first one. */
  line: number;
  indent: number;
}

function indentLines(file: IndentedFile, { from, end, line, indent }: Lines): LooseFlow | undefined {
  if (indent > MAX_INDENT) return undefined;
  const { text } = file;
  const lines = text.slice(from, end).split("\n");
  const added = new Map(file.added);
  for (const [index] of lines.entries()) added.set(line + index, (added.get(line + index) ?? 0) + indent);
  const padded = lines.map((each) => " ".repeat(indent) + each).join("\n");
  return { kind: "indented", file: { text: text.slice(0, from) + padded + text.slice(end), added } };
}
