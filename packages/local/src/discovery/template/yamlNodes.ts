import { isAlias, isMap, isScalar, isSeq, visit, type Document, type Pair, type YAMLMap } from "yaml";

/** The offset of the key at this path, or of the nearest enclosing one. Each name is a key or an array index. */
export function keyOffset(document: Document, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const name of path) {
    // An array item has the place of its array.
    if (isSeq(node)) {
      node = node.items[Number(name)];
      continue;
    }
    if (!isMap(node)) return offset;
    const pair = node.items.findLast((item) => isScalar(item.key) && String(item.key.value) === name);
    if (!pair) return offset;
    offset = offsetOf(pair) ?? offset;
    node = pair.value;
  }
  return offset;
}

/** A key that its mapping already has, and where it is. */
interface DuplicateNode {
  key: string;
  offset: number;
}

/**
 * Keeps numbers as they're written where a double can't represent them, as CloudFormation does: an account ID such as
 * `012345678901`. Returns the keys that their mapping already has, in order.
 */
export function tidy(document: Document): DuplicateNode[] {
  const duplicates: DuplicateNode[] = [];
  visit(document, {
    Map: (_key, map) => void duplicates.push(...duplicatesIn(map)),
    Scalar(key, node) {
      const { source, value } = node;
      if (source === undefined || typeof value === "string") return;
      // A key is a name: `ON: …` doesn't become `true: …`.
      if (key === "key" || (typeof value === "number" && String(value) !== source)) node.value = source;
    },
  });
  return duplicates;
}

function duplicatesIn(map: YAMLMap): DuplicateNode[] {
  const duplicates: DuplicateNode[] = [];
  const seen = new Set<string>();
  for (const pair of map.items) {
    // A merge key may be there several times.
    if (!isScalar(pair.key) || isMerge(pair)) continue;
    const { source, value } = pair.key;
    const key = typeof value === "string" ? value : (source ?? String(value));
    if (seen.has(key)) duplicates.push({ key, offset: offsetOf(pair) ?? 0 });
    seen.add(key);
  }
  return duplicates;
}

/** The offset of the first alias without an anchor before it, or of a merge key without a mapping. */
export function wrongReferenceOffset(document: Document): number {
  const anchors = new Set<string>();
  let found = 0;
  visit(document, {
    Node(_key, node) {
      if (!isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias(_key, alias) {
      if (anchors.has(alias.source)) return undefined;
      found = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
    Pair(_key, pair) {
      if (!isMerge(pair) || isMap(pair.value) || isSeq(pair.value) || isAlias(pair.value)) return undefined;
      found = offsetOf(pair) ?? 0;
      return visit.BREAK;
    },
  });
  return found;
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.source === "<<";
}

function offsetOf({ key }: Pair): number | undefined {
  return isScalar(key) ? key.range?.[0] : undefined;
}
