import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Tags } from "yaml";
import type { SourcePlace } from "../../contract/state.ts";
import type { Problem } from "../../model/localFunction.ts";

/** A parsed file: its plain value, and a way from a key to its place. */
export interface ParsedDocument {
  value: unknown;
  /** The place of the key at this path, or of the nearest enclosing key that exists. */
  placeOf(path: readonly string[]): SourcePlace;
}

/** A file's content, or what is wrong with its syntax, and where. */
export type Parsing = { kind: "parsed"; document: ParsedDocument } | { kind: "broken"; problem: Problem };

/** Parses YAML or JSON; `tags` are read beside YAML's own. Numbers that a double cannot hold as written stay text. */
export function parseFile(text: string, file: string, tags: Tags): Parsing {
  const plain = text.replace(/^\uFEFF/, "");
  try {
    return parseJson(plain, file) ?? parseYaml(plain, file, tags);
  } catch (error) {
    // The parser refuses some content late: aliases that multiply, merges of what is no mapping.
    const why = error instanceof RangeError ? "it is nested too deeply" : messageOf(error);
    return broken(why, { file, line: 0, column: 0 });
  }
}

function broken(why: string, place: SourcePlace): Parsing {
  return { kind: "broken", problem: { message: `The file cannot be read: ${why}.`, place } };
}

/** Large templates are JSON, made by a tool; this takes a tenth of the time that YAML's parser needs for them. */
function parseJson(text: string, file: string): Parsing | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text, keepNumber);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    // YAML's parser says what is wrong, and where; it also reads flow mappings, which look like JSON.
    return undefined;
  }
  let tree: ReturnType<typeof parseTree>;
  const placeOf = (path: readonly string[]): SourcePlace => {
    tree ??= parseTree(text);
    return placeAt(text, file, jsonKeyOffset(tree, path));
  };
  return { kind: "parsed", document: { value, placeOf } };
}

function keepNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  return typeof value === "number" && source !== undefined && String(value) !== source ? source : value;
}

function jsonKeyOffset(tree: ReturnType<typeof parseTree>, path: readonly string[]): number {
  if (!tree) return 0;
  for (let length = path.length; length > 0; length -= 1) {
    const property = findNodeAtLocation(tree, path.slice(0, length))?.parent;
    if (property?.type === "property") return property.offset;
  }
  return 0;
}

function placeAt(text: string, file: string, offset: number): SourcePlace {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { file, line: before.split("\n").length - 1, column: offset - lineStart };
}

function parseYaml(text: string, file: string, tags: Tags): Parsing {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    customTags: (all) => [...all, ...tags],
    merge: true,
    logLevel: "error",
  });
  const place = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(0, line - 1), column: Math.max(0, col - 1) };
  };
  const error = document.errors[0];
  if (error) return broken(sentence(error.message), place(error.pos[0]));
  keepNumbersAsWritten(document);
  const placeOf = (path: readonly string[]) => place(keyOffset(document, path));
  return { kind: "parsed", document: { value: document.toJS({ maxAliasCount: 1000 }), placeOf } };
}

/** An account id such as `012345678901`, and an integer too long for a double, are text to CloudFormation. */
function keepNumbersAsWritten(document: Document): void {
  visit(document, {
    Scalar: (key, node) => {
      const { source, value } = node;
      if (source === undefined || typeof value === "string") return;
      // A key is a name: `ON: …` does not become `true: …`.
      if (key === "key" || (typeof value === "number" && String(value) !== source)) node.value = source;
    },
  });
}

/** Of a message with an excerpt under it, what it says. */
function sentence(message: string): string {
  const [line = message] = message.split("\n");
  return line.replace(/; please use .*$| at line \d+, column \d+:?$/, "").replace(/\.$/, "");
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

/** A name is a key, or the index of an item; an item is where its list is. */
function keyOffset(document: Document, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const name of path) {
    if (isSeq(node)) {
      node = node.items[Number(name)];
      continue;
    }
    if (!isMap(node)) return offset;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === name);
    if (!pair) return offset;
    offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
    node = pair.value;
  }
  return offset;
}
