import { setImmediate } from "node:timers/promises";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { Composer, LineCounter, parseDocument, type CST, type Document, type Tags } from "yaml";
import type { SourcePlace } from "../../contract/state.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import { indentFlowCollections, type IndentedFile } from "./looseFlow.ts";
import { formatList } from "./values.ts";
import { tokensOf } from "./yamlTokens.ts";
import { keyOffset, tidy, wrongReferenceOffset } from "./yamlNodes.ts";

/** A parsed file, with the places of its keys. */
export interface ParsedDocument {
  value: unknown;
  /** The place of the key at this path, or of the nearest enclosing key that exists. */
  placeOf(path: readonly string[]): SourcePlace;
  /** Keys that their mapping has more than once, of which the last counts. */
  duplicateKeys: readonly DuplicateKey[];
}

/** A key that its mapping already has. */
export interface DuplicateKey {
  key: string;
  place: SourcePlace;
}

/** A parsed file, or its syntax error: as a clause, and as a problem. */
export type Parsing =
  { kind: "parsed"; document: ParsedDocument } | { kind: "broken"; why: string; problem: TemplateProblem };

/** Parses YAML, with additional `tags`, or JSON. Numbers that a double can't represent as written become strings. */
export function parseFile(text: string, file: string, tags: Tags): Parsing {
  const content = text.replace(/^\uFEFF/, "");
  try {
    return parseJson(content, file) ?? parseYaml(content, file, tags);
  } catch (error) {
    return unparsed(error, file);
  }
}

function unparsed(error: unknown, file: string): Parsing {
  const why = error instanceof RangeError ? "it's nested too deeply" : messageOf(error);
  return broken(why, { file, line: 0, column: 0 });
}

/** Parses like `parseFile`, but yields to other work while it reads a long text. */
export async function parseInSteps(text: string, file: string, tags: Tags): Promise<Parsing> {
  const content = text.replace(/^\uFEFF/, "");
  if (isJson(content)) return parseFile(text, file, tags);
  const lines = new LineCounter();
  const tokens = await tokensOf(content, lines);
  try {
    await setImmediate();
    const document = compose(tokens, content, lines, tags);
    await setImmediate();
    const isBroken = document === undefined || document.errors.length > 0;
    return isBroken ? parseFile(text, file, tags) : toParsing(document, placeIn(lines, file));
  } catch (error) {
    return unparsed(error, file);
  }
}

/** How many duplicate keys are named. */
const MAX_NAMED_KEYS = 3;

/** One problem for the keys that the file has more than once. */
export function duplicateKeysProblem({ duplicateKeys }: ParsedDocument): TemplateProblem[] {
  const names = [...new Set(duplicateKeys.map(({ key }) => key))];
  const rest = names.length - MAX_NAMED_KEYS;
  const shown = [...names.slice(0, MAX_NAMED_KEYS), ...(rest > 0 ? [`${rest} more`] : [])];
  const verb = names.length === 1 ? "is" : "are";
  const text = `${formatList(shown)} ${verb} given more than once, and the last one counts. Remove the others.`;
  return duplicateKeys.slice(0, 1).map(({ place }) => ({ kind: "duplicateKey", text, place }));
}

function broken(why: string, place: SourcePlace): Parsing {
  const text = `The file can't be read: ${why}.`;
  return { kind: "broken", why, problem: { kind: "fileUnreadable", text, place } };
}

/** Undefined for what isn't JSON. Takes a tenth of the time that the YAML parser needs for the large templates of the CDK. */
function parseJson(text: string, file: string): Parsing | undefined {
  if (!isJson(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text, keepNumber);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    // The YAML parser reports the error and its place. It also reads flow mappings, which look like JSON.
    return undefined;
  }
  let tree: ReturnType<typeof parseTree>;
  const placeOf = (path: readonly string[]): SourcePlace => {
    tree ??= parseTree(text);
    return placeAt(text, file, jsonKeyOffset(tree, path));
  };
  return { kind: "parsed", document: { value, placeOf, duplicateKeys: [] } };
}

function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
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
  const parsed = parseIndented({ text, added: new Map() }, file, tags);
  // The library's code for what is further left than it must be.
  const loose = parsed.errorCode === "BAD_INDENT" ? indentFlowCollections(text) : undefined;
  const again = loose && parseIndented(loose, file, tags);
  return again?.parsing.kind === "parsed" ? again.parsing : parsed.parsing;
}

function parseIndented({ text, added }: IndentedFile, file: string, tags: Tags) {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...optionsFor(tags, text), lineCounter: lines });
  const place = placeIn(lines, file, added);
  const error = document.errors[0];
  if (error) return { parsing: broken(sentence(error.message), place(error.pos[0])), errorCode: error.code };
  return { parsing: toParsing(document, place) };
}

/** Undefined unless the text is one document. */
function compose(
  tokens: Iterable<CST.Token>,
  text: string,
  lines: LineCounter,
  tags: Tags,
): Document | undefined {
  const composer = new Composer({ ...optionsFor(tags, text), lineCounter: lines });
  const [document, ...others] = composer.compose(tokens, true, text.length);
  return others.length === 0 ? document : undefined;
}

function optionsFor(tags: Tags, text: string) {
  const used = usedTags(tags, text);
  return {
    customTags: (all: Tags) => [...all, ...used],
    merge: true,
    uniqueKeys: false,
    logLevel: "error" as const,
  };
}

/** Without those that the text doesn't have: the library tries each with each value. */
function usedTags(tags: Tags, text: string): Tags {
  // A tag may be written in another way then.
  if (text.includes("%TAG")) return tags;
  return tags.filter((tag) => typeof tag === "string" || tag.default === true || text.includes(tag.tag));
}

function placeIn(lines: LineCounter, file: string, added: IndentedFile["added"] = new Map()) {
  return (offset: number): SourcePlace => {
    const { line: count, col } = lines.linePos(offset);
    const line = Math.max(0, count - 1);
    return { file, line, column: Math.max(0, col - 1 - (added.get(line) ?? 0)) };
  };
}

function toParsing(document: Document, place: (offset: number) => SourcePlace): Parsing {
  const duplicateKeys = tidy(document).map(({ key, offset }) => ({ key, place: place(offset) }));
  const placeOf = (path: readonly string[]) => place(keyOffset(document, path));
  try {
    const value: unknown = document.toJS({ maxAliasCount: 1000 });
    return { kind: "parsed", document: { value, placeOf, duplicateKeys } };
  } catch (error) {
    // The library checks aliases and merges only now: aliases that expand without end, merges of a value that isn't a mapping.
    if (error instanceof RangeError) throw error;
    return broken(messageOf(error), place(wrongReferenceOffset(document)));
  }
}

/** The first line of a message, without its position and the excerpt below. */
function sentence(message: string): string {
  const [line = message] = message.split("\n");
  return line.replace(/; please use .*$| at line \d+, column \d+:?$/, "").replace(/\.$/, "");
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
