import type { Schema } from "js-yaml";
import type { SourcePlace } from "../../contract/state.ts";
import { parseFile, type ParsedDocument, type Parsing } from "./document.ts";
import { isRecord } from "./values.ts";
import { nextTurn } from "../workspace/nextTurn.ts";

/** How much of a YAML template is parsed without a break; takes some milliseconds. */
const CHUNK_CHARACTERS = 16 * 1024;

/**
 * Parses like `parseFile`, but yields to other work between the resources of a large YAML template. One that can't be split
 * by its indentation, or has a syntax error, is parsed as a whole.
 */
export async function parseTemplate(
  text: string,
  file: string,
  schema: Schema,
  size = CHUNK_CHARACTERS,
): Promise<Parsing> {
  const parts = text.length <= size ? undefined : splitResources(text, size);
  return (parts && (await parseChunks(parts, file, schema))) ?? parseFile(text, file, schema);
}

/** Some lines of a file. Lines from `fromLine` on are `lineOffset` lines further down in the file. Lines count from 0. */
interface Chunk {
  text: string;
  fromLine: number;
  lineOffset: number;
}

interface Parts {
  /** The file without its resources. */
  rest: Chunk;
  resources: readonly Chunk[];
}

const topKey = /^[\w-]+:(?:\s|$)/;
const innerKey = /^ +(?:[\w.:-]+|"[\w.:-]+"|'[\w.:-]+'):(?:\s|$)/;
const noContent = /^\s*(?:#|$)/;

/** Splits a file between its resources; undefined where its layout is unusual. */
function splitResources(text: string, size: number): Parts | undefined {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  const top = lines.flatMap((line, index) => (/^[^\s#]/.test(line) ? [index] : []));
  const marker = top.length > 0 && /^---\s*$/.test(lines[top[0] ?? 0] ?? "") ? 1 : 0;
  if (!top.slice(marker).every((index) => topKey.test(lines[index] ?? ""))) return undefined;
  const [start, ...others] = top.filter((index) => /^Resources:\s*(?:#.*)?$/.test(lines[index] ?? ""));
  if (start === undefined || others.length > 0) return undefined;
  const end = top.find((index) => index > start) ?? lines.length;
  const heads = resourceLines(lines, start + 1, end);
  if (!heads || heads.length === 0) return undefined;
  const rest = [...lines.slice(0, start + 1), ...lines.slice(end)].join("\n");
  return {
    rest: { text: rest, fromLine: start + 1, lineOffset: end - start - 1 },
    resources: groupIntoChunks(lines, heads, end, size),
  };
}

/** The lines where resources begin; undefined where their indentation is irregular. */
function resourceLines(lines: readonly string[], fromLine: number, to: number): number[] | undefined {
  const heads: number[] = [];
  let indent: number | undefined;
  for (let index = fromLine; index < to; index += 1) {
    const line = lines[index] ?? "";
    if (noContent.test(line)) continue;
    const own = line.search(/[^ ]/);
    indent ??= own;
    if (own > indent) continue;
    if (own < indent || !innerKey.test(line)) return undefined;
    heads.push(index);
  }
  return heads;
}

/** Joins successive resources into chunks of about `size` characters. */
function groupIntoChunks(
  lines: readonly string[],
  heads: readonly number[],
  end: number,
  size: number,
): Chunk[] {
  const chunks: Chunk[] = [];
  let first = heads[0] ?? end;
  let length = 0;
  for (const [index, head] of heads.entries()) {
    const next = heads[index + 1] ?? end;
    for (const line of lines.slice(head, next)) length += line.length + 1;
    if (length < size && next < end) continue;
    const ending = next < lines.length ? "\n" : "";
    chunks.push({ text: lines.slice(first, next).join("\n") + ending, fromLine: 0, lineOffset: first });
    [first, length] = [next, 0];
  }
  return chunks;
}

async function parseChunks(parts: Parts, file: string, schema: Schema): Promise<Parsing | undefined> {
  const rest = await parseChunk(parts.rest, file, schema);
  const all: [string, unknown][] = [];
  const documents = new Map<string, ParsedDocument>();
  for (const chunk of parts.resources) {
    const parsed = await parseChunk(chunk, file, schema);
    const entries = Object.entries(isRecord(parsed?.value) ? parsed.value : {});
    if (!parsed || entries.length === 0 || entries.some(([id]) => documents.has(id))) return undefined;
    for (const [id] of entries) documents.set(id, parsed);
    all.push(...entries);
  }
  if (!rest || !isRecord(rest.value)) return undefined;
  const value = { ...rest.value, Resources: Object.fromEntries(all) };
  const placeOf = ([section, ...path]: readonly string[]): SourcePlace => {
    const found = section === "Resources" ? documents.get(path[0] ?? "") : undefined;
    return found ? found.placeOf(path) : rest.placeOf(section === undefined ? [] : [section, ...path]);
  };
  const chunks = [rest, ...new Set(documents.values())];
  const duplicateKeys = chunks
    .flatMap((document) => document.duplicateKeys)
    .sort((a, b) => a.place.line - b.place.line);
  return { kind: "parsed", document: { value, placeOf, duplicateKeys } };
}

/** Parses a chunk after other pending work. */
async function parseChunk(
  { text, fromLine, lineOffset }: Chunk,
  file: string,
  schema: Schema,
): Promise<ParsedDocument | undefined> {
  await nextTurn();
  const parsed = parseFile(text, file, schema);
  if (parsed.kind === "broken") return undefined;
  const { document } = parsed;
  const moved = (place: SourcePlace): SourcePlace =>
    place.line < fromLine ? place : { ...place, line: place.line + lineOffset };
  return {
    value: document.value,
    placeOf: (path) => moved(document.placeOf(path)),
    duplicateKeys: document.duplicateKeys.map(({ key, place }) => ({ key, place: moved(place) })),
  };
}
