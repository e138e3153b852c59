import { EVENT_ID, getScalarValue, SCALAR_STYLE, type Event, type ScalarEvent } from "js-yaml";
import { YamlError } from "./yamlError.ts";

/** A value of a YAML file, with the places of what is in it. */
interface Node {
  /** How many values it stands for, with those that its aliases repeat. */
  size: number;
  /** Of a mapping: the last pair of each key, which is the one that counts. */
  pairs?: Map<string, Pair>;
  /** Of a sequence, or a document. */
  items?: Node[];
  isScalar?: boolean;
}

interface Pair {
  offset: number;
  value: Node;
}

/** A collection whose end isn't reached. */
interface OpenNode {
  node: Node;
  anchor: string | undefined;
  /** The key whose value comes next. */
  key?: Key | undefined;
}

interface Key {
  /** Undefined for a collection, or an alias. */
  name: string | undefined;
  offset: number;
  /** A mapping may have several merge keys. */
  isMerge: boolean;
}

/** A key that its mapping already has, and where it is. */
interface DuplicateNode {
  key: string;
  offset: number;
}

/** How many values the aliases of a file may make of it; aliases of aliases can stand for billions. */
const MAX_VALUES = 100_000;

const noKey: Key = { name: undefined, offset: 0, isMerge: false };

/** The structure of a YAML file. */
export class YamlNodes {
  readonly duplicates: DuplicateNode[] = [];
  readonly #text: string;
  readonly #stream: Node = { size: 0, items: [] };
  readonly #open: OpenNode[] = [{ node: this.#stream, anchor: undefined }];
  readonly #anchors = new Map<string, Node>();
  #largestAlias = { size: 0, offset: 0 };

  /** Throws a `YamlError` where aliases have no anchor, have no end, or stand for too much. */
  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    for (const event of events) this.#add(event);
    const { size, offset } = this.#largestAlias;
    if (size > 0 && this.#stream.size > MAX_VALUES)
      throw new YamlError(`its aliases stand for more than ${MAX_VALUES} values`, offset);
  }

  /** The offset of the key at this path, or of the nearest enclosing one. Each name is a key or an array index. */
  keyOffset(path: readonly string[]): number {
    let node = this.#stream.items?.[0]?.items?.[0];
    let offset = 0;
    for (const name of path) {
      // An array item has the place of its array.
      if (node?.items) {
        node = node.items[Number(name)];
        continue;
      }
      const pair: Pair | undefined = node?.pairs?.get(name);
      if (!pair) return offset;
      ({ offset, value: node } = pair);
    }
    return offset;
  }

  #add(event: Event): void {
    if (event.type === EVENT_ID.POP) this.#close();
    else if (event.type === EVENT_ID.ALIAS) this.#addAlias(this.#name(event) ?? "", event.anchorStart - 1);
    else if (event.type === EVENT_ID.SCALAR) this.#addScalar(event);
    else if (event.type === EVENT_ID.MAPPING) this.#openNode({ size: 1, pairs: new Map() }, event);
    else this.#openNode({ size: 1, items: [] }, event.type === EVENT_ID.SEQUENCE ? event : undefined);
  }

  #openNode(node: Node, event: Anchored | undefined): void {
    this.#open.push({ node, anchor: event && this.#name(event) });
  }

  #close(): void {
    const closed = this.#open.pop();
    if (!closed) return;
    if (closed.anchor !== undefined) this.#anchors.set(closed.anchor, closed.node);
    this.#place(closed.node, noKey);
  }

  #addAlias(name: string, offset: number): void {
    if (this.#open.some(({ anchor }) => anchor === name))
      throw new YamlError(`the alias *${name} is inside what it refers to`, offset);
    const target = this.#anchors.get(name);
    if (!target) throw new YamlError(`there's no anchor &${name} before its alias`, offset);
    if (target.size > this.#largestAlias.size) this.#largestAlias = { size: target.size, offset };
    this.#place({ size: target.size, isScalar: target.isScalar }, noKey);
  }

  #addScalar(event: ScalarEvent): void {
    const node: Node = { size: 1, isScalar: true };
    const anchor = this.#name(event);
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    this.#place(node, event);
  }

  /** Puts a node where it belongs: a key, a value, or an item. */
  #place(node: Node, written: Key | ScalarEvent): void {
    const parent = this.#open.at(-1);
    if (!parent) return;
    const { items, pairs } = parent.node;
    parent.node.size += node.size;
    items?.push(node);
    if (!pairs) return;
    const { key } = parent;
    parent.key = key ? undefined : this.#keyOf(written);
    if (key) placeValue(pairs, key, node);
    else this.#noteDuplicate(pairs, parent.key ?? noKey);
  }

  #noteDuplicate(pairs: ReadonlyMap<string, Pair>, { name, offset }: Key): void {
    if (name !== undefined && pairs.has(name)) this.duplicates.push({ key: name, offset });
  }

  #keyOf(written: Key | ScalarEvent): Key {
    if ("name" in written) return written;
    const name = getScalarValue(this.#text, written);
    const { style, valueStart } = written;
    const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
    const offset = Math.max(0, isQuoted ? valueStart - 1 : valueStart);
    return { name, offset, isMerge: style === SCALAR_STYLE.PLAIN && name === "<<" };
  }

  #name({ anchorStart, anchorEnd }: Anchored): string | undefined {
    return anchorStart < 0 ? undefined : this.#text.slice(anchorStart, anchorEnd);
  }
}

function placeValue(pairs: Map<string, Pair>, { name, offset, isMerge }: Key, value: Node): void {
  if (isMerge && value.isScalar === true) throw new YamlError("<< needs a mapping", offset);
  if (!isMerge && name !== undefined) pairs.set(name, { offset, value });
}

interface Anchored {
  anchorStart: number;
  anchorEnd: number;
}
