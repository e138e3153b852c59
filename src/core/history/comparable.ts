import { type Node, type ParseError, parseTree } from "jsonc-parser";
import picomatch from "picomatch";

/** A longer text is compared as it is: to sort it would take seconds. */
const MAX_LENGTH = 2 * 1024 * 1024;
const MASK = '"…"';

/**
 * Lays JSON out for a comparison: the keys of each object sorted, and what a pattern masks as `"…"`. Patterns match the
 * path of a value, such as `items/0/id`. Every other value stays as it was typed: numbers aren't read. `undefined` for
 * what isn't JSON.
 */
export function comparable(text: string, masked: readonly string[]): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const isMasked = masked.length === 0 ? () => false : picomatch([...masked], { dot: true });
  try {
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { disallowComments: true });
    if (!root || errors.length > 0) return undefined;
    return formatNode(root, { text, isMasked, path: "", indent: "" });
  } catch (error) {
    // It's nested too deeply.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Layout {
  text: string;
  isMasked: (path: string) => boolean;
  path: string;
  indent: string;
}

function formatNode(node: Node, layout: Layout): string {
  const { text, isMasked, path, indent } = layout;
  if (path !== "" && isMasked(path)) return MASK;
  const deeper = (name: string): Layout => ({
    text,
    isMasked,
    path: path === "" ? escapeName(name) : `${path}/${escapeName(name)}`,
    indent: `${indent}  `,
  });
  const children = node.children ?? [];
  if (node.type === "array") {
    const items = children.map((child, index) => formatNode(child, deeper(`${index}`)));
    return wrap("[", items, "]", indent);
  }
  if (node.type === "object") {
    const properties = children.map(({ children: [key, value] = [] }) => ({ key, value }));
    const sorted = properties.toSorted((a, b) => (nameOf(a.key) < nameOf(b.key) ? -1 : 1));
    const items = sorted.map(({ key, value }) =>
      key && value ? `${source(key, text)}: ${formatNode(value, deeper(nameOf(key)))}` : "",
    );
    return wrap("{", items, "}", indent);
  }
  return source(node, text);
}

function wrap(open: string, items: readonly string[], close: string, indent: string): string {
  if (items.length === 0) return open + close;
  const lines = items.map((item) => `${indent}  ${item}`).join(",\n");
  return `${open}\n${lines}\n${indent}${close}`;
}

function source({ offset, length }: Node, text: string): string {
  return text.slice(offset, offset + length);
}

function nameOf(key: Node | undefined): string {
  return String(key?.value ?? "");
}

/** A name that has a slash is one step of a path. */
function escapeName(name: string): string {
  return name.replaceAll("/", "~1");
}
