import { findNodeAtLocation, parseTree } from "jsonc-parser";
import type { Schema } from "js-yaml";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { SourcePlace } from "../../contract/state.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import { indentFlow, type IndentedFile } from "./looseFlow.ts";
import { formatList } from "./values.ts";
import { parseYaml, type YamlFile } from "./yaml.ts";
import { YamlError } from "./yamlError.ts";

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

/** Parses YAML or JSON. Numbers that a double can't represent as written become strings. */
export function parseFile(text: string, file: string, schema: Schema): Parsing {
  const content = text.replace(/^\uFEFF/, "");
  try {
    return parseJson(content, file) ?? parseLooseYaml(content, file, schema);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return broken("it's nested too deeply", { file, line: 0, column: 0 });
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

/** Undefined for what isn't JSON. */
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
  const place = placesIn(text, file);
  const placeOf = (path: readonly string[]): SourcePlace => {
    tree ??= parseTree(text);
    return place(jsonKeyOffset(tree, path));
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

/** Finds places by their offsets in UTF-16 code units. */
function placesIn(text: string, file: string): (offset: number) => SourcePlace {
  const document = TextDocument.create(file, "", 0, text);
  return (offset) => {
    const { line, character } = document.positionAt(offset);
    return { file, line, column: character };
  };
}

/** How much is parsed again in all, in characters; each place that is indented loosely takes another parsing of the file. */
const MAX_PARSED = 2 * 1024 * 1024;

function parseLooseYaml(text: string, file: string, schema: Schema): Parsing {
  const first = parseIndented({ text, added: new Map() }, file, schema);
  let last = first;
  for (let left = MAX_PARSED - text.length; left > 0 && last.kind === "failed"; left -= text.length) {
    const flow = indentFlow(last.indented, last.offset);
    if (flow?.kind === "unclosed") return unclosed(last.indented, flow.offset, file);
    if (!flow) break;
    last = parseIndented(flow.file, file, schema);
  }
  return last.kind === "parsed" ? last.parsing : first.parsing;
}

function unclosed(indented: IndentedFile, offset: number, file: string): Parsing {
  return broken(`this ${indented.text[offset]} isn't closed`, placesAsWritten(indented, file)(offset));
}

type Attempt =
  | { kind: "parsed"; parsing: Parsing }
  | { kind: "failed"; parsing: Parsing; indented: IndentedFile; offset: number };

function parseIndented(indented: IndentedFile, file: string, schema: Schema): Attempt {
  const place = placesAsWritten(indented, file);
  try {
    return { kind: "parsed", parsing: toParsing(parseYaml(indented.text, schema), place) };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { message, offset } = error;
    return { kind: "failed", parsing: broken(message, place(offset)), indented, offset };
  }
}

function toParsing({ value, nodes }: YamlFile, place: (offset: number) => SourcePlace): Parsing {
  const placeOf = (path: readonly string[]) => place(nodes.keyOffset(path));
  const duplicateKeys = nodes.duplicates.map(({ key, offset }) => ({ key, place: place(offset) }));
  return { kind: "parsed", document: { value, placeOf, duplicateKeys } };
}

/** Places as they are in the file, without the spaces that were put in front of lines. */
function placesAsWritten({ text, added }: IndentedFile, file: string): (offset: number) => SourcePlace {
  const place = placesIn(text, file);
  return (offset) => {
    const { line, column } = place(offset);
    return { file, line, column: Math.max(0, column - (added.get(line) ?? 0)) };
  };
}
