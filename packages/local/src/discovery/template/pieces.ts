import { setImmediate } from "node:timers/promises";
import type { Tags } from "yaml";
import type { SourcePlace } from "../../contract/state.ts";
import { parseFile, type ParsedDocument, type Parsing } from "./document.ts";
import { isRecord } from "./plain.ts";

/** So much YAML, in characters, is parsed at a time; it takes 10 to 20 ms. */
const pieceSize = 16 * 1024;

/**
 * Parses as `parseFile` does, but lets the service do other things between the resources of a large YAML template. One
 * that cannot be told apart by its indentation, or has a mistake, is parsed as a whole.
 */
export async function parseTemplate(
  text: string,
  file: string,
  tags: Tags,
  size = pieceSize,
): Promise<Parsing> {
  const parts = text.length > size ? cut(text, size) : undefined;
  return (parts && (await parseParts(parts, file, tags))) ?? parseFile(text, file, tags);
}

/** Some lines of a file; those from line `from` on are so many lines further down in it. Lines count from 0. */
interface Piece {
  text: string;
  from: number;
  down: number;
}

interface Parts {
  /** The file without its resources. */
  rest: Piece;
  resources: readonly Piece[];
}

const topKey = /^[\w-]+:(?:\s|$)/;
const innerKey = /^ +(?:[\w.:-]+|"[\w.:-]+"|'[\w.:-]+'):(?:\s|$)/;
const noContent = /^\s*(?:#|$)/;

/** Cuts a file between its resources; undefined where it is not written as is usual. */
function cut(text: string, size: number): Parts | undefined {
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
    rest: { text: rest, from: start + 1, down: end - start - 1 },
    resources: gather(lines, heads, end, size),
  };
}

/** The lines that resources begin at. */
function resourceLines(lines: readonly string[], from: number, to: number): number[] | undefined {
  const heads: number[] = [];
  let indent: number | undefined;
  for (let index = from; index < to; index += 1) {
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

/** Resources that follow each other, together until they have the size. */
function gather(lines: readonly string[], heads: readonly number[], end: number, size: number): Piece[] {
  const pieces: Piece[] = [];
  let first = heads[0] ?? end;
  let length = 0;
  for (const [index, head] of heads.entries()) {
    const next = heads[index + 1] ?? end;
    for (const line of lines.slice(head, next)) length += line.length + 1;
    if (length < size && next < end) continue;
    const ending = next < lines.length ? "\n" : "";
    pieces.push({ text: lines.slice(first, next).join("\n") + ending, from: 0, down: first });
    [first, length] = [next, 0];
  }
  return pieces;
}

async function parseParts(parts: Parts, file: string, tags: Tags): Promise<Parsing | undefined> {
  const rest = await parsePiece(parts.rest, file, tags);
  const all: [string, unknown][] = [];
  const documents = new Map<string, ParsedDocument>();
  for (const piece of parts.resources) {
    const parsed = await parsePiece(piece, file, tags);
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
  return { kind: "parsed", document: { value, placeOf } };
}

/** Parses a piece when whatever else waits has been done. */
async function parsePiece(
  { text, from, down }: Piece,
  file: string,
  tags: Tags,
): Promise<ParsedDocument | undefined> {
  await setImmediate();
  const parsed = parseFile(text, file, tags);
  if (parsed.kind === "broken") return undefined;
  const { document } = parsed;
  return {
    value: document.value,
    placeOf(path) {
      const place = document.placeOf(path);
      return place.line < from ? place : { ...place, line: place.line + down };
    },
  };
}
